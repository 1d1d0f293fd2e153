// Tests of the driver itself, with the published VM also in the place of ours: unchanged, and broken on purpose.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { runCampaign } from "./campaign.mjs";
import { ReferenceEngine, ReferenceVariants, StdioEngine } from "./engines.mjs";
import { replayGolden } from "./golden.mjs";

const STAND_IN = fileURLToPath(new URL("reference-stdio.mjs", import.meta.url));
const GOLDEN = fileURLToPath(new URL("golden", import.meta.url));

async function withEngines(args, action) {
  const ours = new StdioEngine([process.execPath, STAND_IN, ...args]);
  const goldenFolder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    return await action({ ours, reference: await ReferenceEngine.create(), variants: new ReferenceVariants() }, goldenFolder);
  } finally {
    ours.close();
    rmSync(goldenFolder, { recursive: true });
  }
}

for (const check of ["lockstep", "mutate"]) {
  test(`the same VM with another order of its hash maps agrees: ${check}`, () =>
    withEngines(["--random-seed", "4"], async (engines, goldenFolder) => {
      const tally = await runCampaign({ engines, check, seed: 1000, count: 80, goldenFolder });
      assert.deepEqual(tally.mismatches, []);
      assert.equal(tally.scripts, 80);
      assert.equal(tally.rejected, 0, "the generator makes valid scripts only");
    }));
}

test("data written again by the encoder is accepted", () =>
  withEngines(["--break", "reencode"], async (engines, goldenFolder) => {
    const tally = await runCampaign({ engines, check: "lockstep", seed: 0, count: 40, goldenFolder });
    assert.deepEqual(tally.mismatches, []);
  }));

test("the golden cases pass", () =>
  withEngines([], async (engines) => {
    const verdicts = await replayGolden(GOLDEN, engines);
    assert.deepEqual(verdicts.filter(({ mismatch }) => mismatch), []);
  }));

for (const [breakage, path] of [["next-peer", "nextPeers"], ["generation", "data"], ["par", "data"], ["crash", "trap"]]) {
  test(`a broken VM is found out, shrunk and saved: ${breakage}`, () =>
    withEngines(["--break", breakage], async (engines, goldenFolder) => {
      const tally = await runCampaign({ engines, check: "lockstep", seed: 100, count: 25, goldenFolder });
      assert.ok(tally.mismatches.length > 0);
      assert.match(tally.mismatches[0].title, new RegExp(`^(ours|mixed): ${path}`));
      const saved = readdirSync(goldenFolder);
      assert.ok(saved.length > 0);
      for (const name of saved) {
        const { air } = JSON.parse(readFileSync(join(goldenFolder, name), "utf8"));
        assert.ok(air.length <= 12, `small after shrinking:\n${air.join("\n")}`);
      }
      const verdicts = await replayGolden(goldenFolder, engines);
      assert.ok(verdicts.every(({ mismatch }) => mismatch), "still a mismatch when replayed");
    }));
}

test("a result that is not JSON may be signed", () =>
  withEngines(["--break", "sign"], async (engines) => {
    const verdicts = await replayGolden(GOLDEN, engines);
    assert.equal(verdicts.find(({ name }) => name === "result-not-json.json").rule.name, "signed-bad-result");
  }));

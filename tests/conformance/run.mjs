// Command line of the conformance tests; see README.md.
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.mjs";
import { ReferenceEngine, ReferenceVariants, StdioEngine } from "./engines.mjs";
import { replayGolden, titleOf } from "./golden.mjs";
import { printFeatures, printSummary } from "./report.mjs";
import { Tally } from "./tally.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DEFAULT_AQUA = join(HERE, "../../aqua");
const PROGRESS_EVERY = 20;

const USAGE = `usage: run [--count N] [--seed S] [--jobs J] [--mutate] [--golden] [--coverage] [--json]
           [--aqua PATH | --command "PROGRAM ARGS"] [--golden-folder PATH]`;

const OPTIONS = {
  count: { type: "string" },
  seed: { type: "string", default: "0" },
  jobs: { type: "string", default: "1" },
  mutate: { type: "boolean", default: false },
  golden: { type: "boolean", default: false },
  coverage: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  aqua: { type: "string" },
  command: { type: "string" },
  "golden-folder": { type: "string", default: join(HERE, "golden") },
  help: { type: "boolean", short: "h", default: false },
};

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function engineCommand(options) {
  if (options.command) return options.command.split(" ");
  const aqua = options.aqua ?? process.env.AQUA ?? DEFAULT_AQUA;
  if (!existsSync(aqua)) {
    console.error(`no aqua at ${aqua}; give one with --aqua PATH`);
    process.exit(2);
  }
  return [resolve(aqua), "vm", "--stdio"];
}

async function createEngines(options) {
  const ours = new StdioEngine(engineCommand(options));
  return { ours, reference: await ReferenceEngine.create(), variants: new ReferenceVariants() };
}

// ---------- one process ----------

async function runShare(options, { seed, count }, onProgress) {
  const engines = await createEngines(options);
  const check = options.mutate ? "mutate" : "lockstep";
  const tally = await runCampaign({ engines, check, seed, count, goldenFolder: options["golden-folder"], onProgress });
  engines.ours.close();
  return tally;
}

/** A worker gets its share from its parent and answers with progress and a tally. */
async function runWorker(options) {
  const share = await new Promise((resolveShare) => process.once("message", resolveShare));
  let done = 0;
  const tally = await runShare(options, share, () => ++done % PROGRESS_EVERY === 0 && process.send({ progress: PROGRESS_EVERY }));
  process.send({ tally }, () => process.disconnect());
}

// ---------- several processes ----------

function runInWorker({ seed, count }, onProgress) {
  return new Promise((settle, fail) => {
    const worker = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { env: { ...process.env, CONFORMANCE_WORKER: "1" } });
    let tally;
    worker.on("message", (message) => {
      if (message.progress) onProgress(message.progress);
      else tally = Tally.from(message.tally);
    });
    worker.on("close", (code) => (tally ? settle(tally) : fail(new Error(`worker ended with ${code}`))));
    worker.send({ seed, count });
  });
}

function progressPrinter(count, json) {
  if (!process.stderr.isTTY || json) return { advance: () => {}, clear: () => {} };
  let done = 0;
  return {
    advance: (by) => {
      done += by;
      if (done % PROGRESS_EVERY === 0) process.stderr.write(`\r${done} of ${count} scripts`);
    },
    clear: () => process.stderr.write("\r\x1b[K"),
  };
}

async function runScripts(options) {
  const [count, seed, jobs] = [options.count, options.seed, options.jobs].map(Number);
  const progress = progressPrinter(count, options.json);
  const total = new Tally();
  if (jobs === 1) total.add(await runShare(options, { seed, count }, () => progress.advance(1)));
  else {
    const bounds = Array.from({ length: jobs + 1 }, (_, i) => seed + Math.floor((count * i) / jobs));
    const shares = bounds.slice(1).map((end, i) => ({ seed: bounds[i], count: end - bounds[i] }));
    for (const tally of await Promise.all(shares.map((share) => runInWorker(share, progress.advance)))) total.add(tally);
  }
  progress.clear();
  return total;
}

async function runGolden(options, total) {
  const engines = await createEngines(options);
  const verdicts = await replayGolden(options["golden-folder"], engines);
  engines.ours.close();
  for (const { name, rule, mismatch } of verdicts) {
    total.scripts++;
    if (rule) total.count("rules", rule.name);
    if (mismatch) total.mismatches.push({ golden: name, title: titleOf(mismatch) });
  }
  total.invocations += engines.ours.invocations + engines.reference.invocations;
}

async function main() {
  const options = readOptions();
  if (options.help) return console.log(USAGE);
  if (process.env.CONFORMANCE_WORKER) return runWorker(options);
  const started = performance.now();
  const total = new Tally();
  if (options.golden) await runGolden(options, total);
  options.count ??= options.golden ? "0" : "1000";
  if (Number(options.count) > 0) total.add(await runScripts(options));
  const seconds = (performance.now() - started) / 1000;
  if (options.coverage && !options.json) printFeatures(total);
  if (options.json) console.log(JSON.stringify({ ...total, seconds }));
  else printSummary(total, seconds);
  process.exitCode = total.mismatches.length || total.rejected ? 1 : 0;
}

await main();

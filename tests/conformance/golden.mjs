// Golden cases: mismatches that were found once, small and replayable by themselves.
//
//   { note, air: [line], init, peers, params, events }               a case, run in lockstep
//   { note, air: [line], params, prevData, data, callResults }       one request, bytes in base64
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { followPlan } from "./network.mjs";
import { examineRequest, planOf } from "./shrink.mjs";
import { nameOfPeer, peerNamed, substitutePeers } from "./peers.mjs";

const NOTE_DIFFERENCES_MAX = 3;
const NOTE_VALUE_CHARS = 300;

/** One line that says what differed. */
export function titleOf({ network, reference, actual, differences }) {
  const { path } = differences[0];
  const codes = [reference, actual].map((outcome) => (outcome.trap ? "trap" : outcome.retCode));
  return `${network}: ${path.replace(/baga\w+|12D3\w+|\b1[1-9A-HJ-NP-Za-km-z]{40,}/g, "…")} (${codes.join(" / ")})`;
}

function noteOf(mismatch) {
  const short = (value) => JSON.stringify(value)?.slice(0, NOTE_VALUE_CHARS);
  return [
    titleOf(mismatch),
    ...mismatch.differences
      .filter(({ path }) => path !== "trap")
      .slice(0, NOTE_DIFFERENCES_MAX)
      .map(({ path, reference, actual }) => `${path}: ${short(reference)} / ${short(actual)}`),
  ];
}

export function saveCase(folder, { plan, mismatch }) {
  const { air, init, peers, params, events } = plan;
  const golden = { note: noteOf(mismatch), air: air.split("\n"), init, peers, params, events: withResults(events, namedPeers) };
  return save(folder, mismatch, golden);
}

export function saveRequest(folder, { request, mismatch }) {
  const { air, prevData, data, params } = request;
  const { initPeerId, currentPeerId, secretKey, ...rest } = params;
  return save(folder, mismatch, {
    note: noteOf(mismatch),
    air: namedPeers(air).split("\n"),
    params: { ...rest, init: nameOfPeer(initPeerId), current: nameOfPeer(currentPeerId) },
    prevData: prevData.toString("base64"),
    data: data.toString("base64"),
    callResults: request.callResults.toString("base64"),
  });
}

function withResults(events, change) {
  const changed = ([id, { ret_code, result }]) => [id, { ret_code, result: change(result) }];
  return events.map((event) => ({ ...event, results: event.results.map(changed) }));
}

function namedPeers(text) {
  return text.replace(/"(12D3\w+)"/g, (literal, id) => (nameOfPeer(id) ? `"@${nameOfPeer(id)}"` : literal));
}

function save(folder, mismatch, golden) {
  const text = JSON.stringify(golden, null, 1) + "\n";
  const topic = mismatch.differences[0].path.split(".").slice(0, 3).join("-").replace(/[^A-Za-z-]/g, "");
  const name = `${topic}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.json`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

/** Replays every golden case -> [{ name, rule?, mismatch? }] */
export async function replayGolden(folder, engines) {
  const verdicts = [];
  for (const name of goldenNames(folder)) {
    const golden = JSON.parse(readFileSync(join(folder, name), "utf8"));
    verdicts.push({ name, ...(await replay(golden, engines)) });
  }
  return verdicts;
}

function goldenNames(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

async function replay(golden, tools) {
  const air = golden.air.join("\n");
  if (golden.events) {
    const events = withResults(golden.events, substitutePeers);
    return followPlan(planOf({ ...golden, air, events }, tools.reference), tools);
  }
  const { init, current, ...rest } = golden.params;
  const observation = await examineRequest({
    air: substitutePeers(air),
    prevData: Buffer.from(golden.prevData, "base64"),
    data: Buffer.from(golden.data, "base64"),
    callResults: Buffer.from(golden.callResults, "base64"),
    params: { ...rest, initPeerId: peerNamed(init).id, currentPeerId: peerNamed(current).id, secretKey: peerNamed(current).seed },
  }, tools);
  if (observation.rule) return { rule: observation.rule };
  return observation.differences.length ? { mismatch: observation } : {};
}

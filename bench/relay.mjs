// Started by bench/relay.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compiledByOurs } from "../tests/interop/compilers.mjs";
import { AQUA, startPeer } from "../tests/interop/peers.mjs";
import { OwnClient, PublishedClient, connect, idle, startFlood, withRelayTime } from "./relay_loads.mjs";
import { statistics } from "./statistics.mjs";

const PARTS = ["sequential", "concurrent", "sizes", "flood", "connect", "idle", "binary"];
const IN_FLIGHT = 50;
const FLOOD_IN_FLIGHT = 500;
const SIZES = { "1 KB": 1000, "1 MB": 1_000_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false }, check: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" }, idle: { type: "string", default: "5000" }, relay: { type: "string" },
  },
});
for (const name of positionals) {
  if (PARTS.includes(name)) continue;
  console.error(`relay: no part is named ${name}; there are: ${PARTS.join(" ")}`);
  process.exit(2);
}
const kinds = values.relay ? [values.relay] : ["reference", "ours"];
const isChosen = (part) => positionals.length === 0 || positionals.includes(part);
const counts = values.check
  ? { rounds: 1, sequential: 5, concurrent: 20, large: 1, flooded: 5, connect: 5, idle: 20 }
  : { rounds: Number(values.rounds), sequential: 100, concurrent: 500, large: 3, flooded: 1000, connect: 50, idle: Number(values.idle) };
// Ours is that much faster.
const ownCounts = values.check ? counts : { sequential: 1000, concurrent: 10_000, large: 20 };

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
function latencies(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { ...statistics(sorted), p99: percentile(sorted, 0.99), count: sorted.length };
}

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const span = ({ median, min, max }) => `${number(median)} (${number(min)}..${number(max)})`;
const rows = [];
function report(part, what, relay, client, unit, measured) {
  rows.push({ part, what, relay, client, unit, ...measured });
  if (values.json) return;
  const tail = measured.p99 === undefined ? "" : `, p99 ${number(measured.p99)}`;
  console.log(`| ${what} | ${relay} | ${client} | ${span(measured)}${tail} ${unit} |`);
}

/** In every round each contender takes its turn. -> [results of all rounds] for each contender */
async function inTurns(contenders, rounds, action) {
  const results = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) for (const [i, contender] of contenders.entries()) results[i].push(await action(contender));
  return results;
}

/** The published client against every relay, ours against ours. -> [{relay, kind, name, client, counts}] */
async function clientsOf(relays, scriptFile) {
  const pairs = await Promise.all(relays.map(async (relay) => ({ relay, kind: relay.kind, name: "published", client: await PublishedClient.connect(relay, program), counts })));
  for (const relay of relays) if (relay.kind === "ours") pairs.push({ relay, kind: relay.kind, name: "ours", client: new OwnClient(relay, scriptFile), counts: ownCounts });
  return pairs;
}

// What a call costs on either side: who is the bottleneck.
function reportProcessorTime(part, what, pairs, results) {
  pairs.forEach(({ kind, name }, i) => {
    report(part, `${what}: processor time of the client`, kind, name, "ms", statistics(results[i].map(({ processorMs }) => processorMs)));
    report(part, `${what}: processor time of the relay`, kind, name, "ms", statistics(results[i].map(({ relayMs }) => relayMs)));
  });
}

async function times(relays, folder) {
  const scriptFile = join(folder, "identity.air");
  writeFileSync(scriptFile, program.functions.identity.script);
  const pairs = await clientsOf(relays, scriptFile);
  const measured = (load) => ({ relay, client, counts }) => withRelayTime(relay, counts[load], () => client[load](counts[load], load === "sequential" ? 1 : IN_FLIGHT));
  await inTurns(pairs, 1, measured("sequential")); // warms up
  if (isChosen("sequential")) {
    const what = "tc1, one after the other";
    const results = await inTurns(pairs, counts.rounds, measured("sequential"));
    pairs.forEach(({ kind, name }, i) => report("sequential", what, kind, name, "ms", latencies(results[i].flatMap((result) => result.times))));
    reportProcessorTime("sequential", what, pairs, results);
  }
  if (isChosen("concurrent")) {
    const what = `tc1, ${IN_FLIGHT} at a time`;
    const results = await inTurns(pairs, counts.rounds, measured("concurrent"));
    pairs.forEach(({ kind, name }, i) => {
      report("concurrent", what, kind, name, "per s", statistics(results[i].map(({ perSecond }) => perSecond)));
      report("concurrent", what, kind, name, "ms", latencies(results[i].flatMap((result) => result.times)));
    });
    reportProcessorTime("concurrent", what, pairs, results);
  }
  if (isChosen("sizes")) {
    for (const [size, bytes] of Object.entries(SIZES)) {
      const results = await inTurns(pairs, counts.rounds, ({ client, counts }) => client.sequential(counts.large, bytes));
      pairs.forEach(({ kind, name }, i) => report("sizes", `tc1 with ${size}`, kind, name, "ms", latencies(results[i].flatMap((result) => result.times))));
    }
  }
  await Promise.all(pairs.map(({ client }) => client.stop?.()));
}

// What one initiator that never stops does to another one, on the same relay and the same machine.
async function flooded(relay, folder) {
  const scriptFile = join(folder, "identity.air");
  writeFileSync(scriptFile, program.functions.identity.script);
  const client = new OwnClient(relay, scriptFile);
  const calm = await inTurns([client], counts.rounds, () => client.sequential(counts.flooded, 1));
  report("flood", "tc1, one after the other, alone", relay.kind, "ours", "ms", latencies(calm[0].flatMap((result) => result.times)));
  const flood = await startFlood(relay, scriptFile, FLOOD_IN_FLIGHT);
  const busy = await inTurns([client], counts.rounds, () => client.sequential(counts.flooded, 1));
  report("flood", `tc1, one after the other, beside ${FLOOD_IN_FLIGHT} in flight of another initiator`, relay.kind, "ours", "ms", latencies(busy[0].flatMap((result) => result.times)));
  const perSecond = flood.perSecond();
  report("flood", "what the other initiator reached", relay.kind, "ours", "per s", { median: perSecond, min: perSecond, max: perSecond });
  flood.stop();
}

async function connections(relays) {
  const pairs = relays.flatMap((relay) => ["js-libp2p", "ours"].map((dialler) => ({ relay, dialler })));
  for (const [carrier, field] of [["WebSocket", "multiaddr"], ["TCP", "tcp"]]) {
    const results = await inTurns(pairs, counts.rounds, ({ relay, dialler }) => connect(relay, relay[field], dialler, counts.connect));
    pairs.forEach(({ relay, dialler }, i) => {
      report("connect", `connection, ${carrier}`, relay.kind, dialler, "ms", latencies(results[i].flatMap((result) => result.times)));
      report("connect", `connection, ${carrier}: processor time of the relay`, relay.kind, dialler, "ms", statistics(results[i].map((result) => result.processorMs)));
    });
  }
}

// Of a relay that did nothing before.
async function idleConnections() {
  for (const kind of kinds) {
    const relay = await startPeer(kind);
    const measured = await idle(relay, relay.multiaddr, counts.idle);
    const one = (value) => ({ median: value, min: value, max: value });
    report("idle", "resident, no connection", kind, "-", "KB", one(measured.idleKb));
    report("idle", `resident, each of ${measured.count} idle connections`, kind, "ours", "KB", one(measured.kbEach));
    await relay.stop();
  }
}

function strippedBytes(folder) {
  const copy = join(folder, "aqua");
  copyFileSync(AQUA, copy);
  const { status, stderr } = spawnSync("strip", [copy], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return statSync(copy).size;
}

// js-libp2p takes its listeners off a socket that it closes: a reset that comes then says nothing about the measurement.
process.on("uncaughtException", (error) => {
  if (error.code === "ECONNRESET") return;
  console.error(error);
  process.exit(1);
});

const folder = mkdtempSync(join(tmpdir(), "aqua-relay-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const program = compiledByOurs();
const loadBefore = loadavg()[0];
if (!values.json) {
  console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; load ${loadBefore.toFixed(1)} at the start\n`);
  console.log("| what | relay | client | median (least..most) |\n|---|---|---|---|");
}
if (["sequential", "concurrent", "sizes", "connect"].some(isChosen)) {
  const contenders = await Promise.all(kinds.map((kind) => startPeer(kind)));
  if (["sequential", "concurrent", "sizes"].some(isChosen)) await times(contenders, folder);
  if (isChosen("connect")) await connections(contenders);
  await Promise.all(contenders.map((relay) => relay.stop()));
}
if (isChosen("flood") && kinds.includes("ours")) {
  const relay = await startPeer("ours");
  await flooded(relay, folder);
  await relay.stop();
}
if (isChosen("idle")) await idleConnections();
if (isChosen("binary")) {
  const size = strippedBytes(folder) / 1e6;
  report("binary", "aqua, stripped", "-", "-", "MB", { median: size, min: size, max: size });
}
if (values.json) console.log(JSON.stringify({ processor: cpus()[0].model, cores: cpus().length, node: process.version, load: [loadBefore, loadavg()[0]], rows }, null, 1));
if (values.check) console.log(`${rows.length} passed, 0 failed`);
process.exit(0);

// Started by bench/run.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { missedAims } from "./aims.mjs";
import { compare, measure } from "./measure.mjs";
import { Ours, measureLargeResult, prepareTimes, requestFor } from "./ours.mjs";
import { Reference } from "./reference.mjs";
import { summary, tableHead, tableRow } from "./report.mjs";
import { FAMILIES, SCENARIOS } from "./scenarios.mjs";
import { growthExponent, statistics } from "./statistics.mjs";

const LARGE_RESULT = "call-result-100mb";
const LARGE_RESULT_BYTES = 100_000_000;
const PARSE = "parse-10000";
const PREPARE_COUNT = 50;
const CHECKED_SIZE_MAX = 100;
const WARM_UP_RUNS = 200; // lets the wasm engine's optimising tier settle

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: "boolean", default: false }, request: { type: "boolean", default: false }, check: { type: "boolean", default: false }, budget: { type: "string", default: "3" } } });
  } catch (error) {
    return fail(error.message);
  }
}

const { values: options, positionals } = readOptions();
const budgetMs = 1000 * Number(options.budget);
if (!(budgetMs > 0)) fail("--budget takes a number of seconds");
const all = [...Object.keys(SCENARIOS), LARGE_RESULT];
for (const part of positionals) if (!all.some((name) => name.includes(part))) fail(`no scenario is named ${part}; there are: ${all.join(" ")}`);
const isChosen = (name) => positionals.length === 0 || positionals.some((part) => name.includes(part));

function growthOf(rows) {
  const found = [];
  for (const [family, from] of Object.entries(FAMILIES)) {
    for (const results of ["one-by-one", "batched"]) {
      const members = rows
        .map((row) => ({ row, size: Number(row.name.match(new RegExp(`^${family}-(\\d+)$`))?.[1]) }))
        .filter(({ row, size }) => row.results === results && size >= from);
      if (members.length < 2) continue;
      // On a shared machine the fastest run is steadier than the median.
      const exponent = (kind) => growthExponent(members.map(({ row, size }) => [size, row[kind].total.min]));
      found.push({ family, results, sizes: members.map(({ size }) => size), wasm: exponent("wasm"), bytes: exponent("bytes"), step: exponent("step") });
    }
  }
  return found;
}

async function largeResult() {
  const reference = await Reference.create();
  const scenario = {
    air: `(call %init_peer_id% ("d" "get") [] v)`,
    init: "A",
    peers: { A: { "d.get": `filler:${LARGE_RESULT_BYTES - 2}` } },
    invocationsMax: 2,
    onlyInvocation: 1,
  };
  reference.avm.memoryMax = Infinity;
  const { vmMs } = reference.run(requestFor(scenario, "memory", {}));
  return { bytes: LARGE_RESULT_BYTES, ours: measureLargeResult(LARGE_RESULT_BYTES), wasm: { ms: vmMs, memoryBytes: reference.memoryBytes } };
}

if (options.request) {
  // For tools/profile: what vm_bench is to run.
  const [name] = positionals;
  if (!SCENARIOS[name]) fail("--request takes the full name of one scenario");
  const scenario = SCENARIOS[name]();
  console.log(JSON.stringify(requestFor(scenario, "profile", { results: scenario.results ?? "one-by-one", interface: "bytes" })));
  process.exit(0);
}

const modesOf = (scenario) => (scenario.results ? [scenario.results] : ["one-by-one", "batched"]);

async function check(vms) {
  const sizeOf = (name) => Number(name.match(/-(\d+)$/)?.[1] ?? 0);
  let [passed, failed] = [0, 0];
  for (const [name, make] of Object.entries(SCENARIOS)) {
    if (!isChosen(name) || (/fold|chain|fan/.test(name) && sizeOf(name) > CHECKED_SIZE_MAX)) continue;
    for (const results of modesOf(make())) {
      try {
        await compare(name, make(), results, vms);
        passed++;
      } catch (error) {
        console.log(error.message);
        failed++;
      }
    }
  }
  vms.ours.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

const vms = { reference: await Reference.create(), ours: new Ours() };
if (options.check) await check(vms);
for (let i = 0; i < WARM_UP_RUNS; i++) vms.reference.run(requestFor(SCENARIOS.tc1(), `warm-up-${i}`, {}));

const print = options.json ? () => {} : console.log;
const machine = { processor: cpus()[0].model, cores: cpus().length, node: process.version };
print(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}; medians (fastest..slowest)\n`);
print(tableHead());
const rows = [];
for (const [name, make] of Object.entries(SCENARIOS)) {
  if (!isChosen(name)) continue;
  const scenario = make();
  for (const results of modesOf(scenario)) {
    const row = await measure(name, scenario, results, vms, budgetMs);
    row.missed = missedAims(row);
    rows.push(row);
    print(tableRow(row));
    if (row.calls <= 1) break; // both modes are the same
  }
}
vms.ours.close();

const parse = isChosen(PARSE) ? { name: PARSE } : undefined;
if (parse) {
  const { air } = requestFor(SCENARIOS[PARSE](), "parse", {});
  parse.airBytes = Buffer.byteLength(air);
  parse.ms = statistics(prepareTimes(air, PREPARE_COUNT));
}
const report = { machine, rows, growth: growthOf(rows), parse, largeResult: isChosen(LARGE_RESULT) ? await largeResult() : undefined };
console.log(options.json ? JSON.stringify(report, null, 1) : summary(report));

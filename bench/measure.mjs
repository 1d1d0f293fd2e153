// Times one scenario on both VMs, taking turns, and checks that they did the same.
import { requestFor } from "./ours.mjs";
import { statistics } from "./statistics.mjs";

const RUNS_MIN = 3;
const RUNS_MAX = 200;

const INTERFACES = ["bytes", "step"];
let particles = 0;

/** Throws at the first invocation that did something else. */
function checkSame(name, reference, ours) {
  const length = Math.max(reference.log.length, ours.log.length);
  for (let i = 0; i < length; i++) {
    if (reference.log[i] === ours.log[i]) continue;
    throw new Error(`${name}: invocation ${i} differs\n  published ${reference.log[i]}\n  ours      ${ours.log[i]}`);
  }
}

async function runAll(shared, vms) {
  const run = { wasm: vms.reference.run(shared) };
  for (const kind of INTERFACES) run[kind] = await vms.ours.run({ ...shared, interface: kind });
  return run;
}

/** Both VMs run the scenario once and do the same; throws if not. */
export async function compare(name, scenario, results, vms) {
  const run = await runAll(requestFor(scenario, `bench-${particles++}`, { results, log: true }), vms);
  for (const kind of INTERFACES) checkSame(`${name} (${kind})`, run.wasm, run[kind]);
  return run;
}

/**
 * results: "one-by-one" or "batched"
 * -> { name, results, runs, invocations, calls, air_bytes, data_bytes, wasm, bytes, step }, each VM's times as
 *    { total, signature, rest } of { median, min, max } in ms; calls: the most calls that one invocation asked for
 */
export async function measure(name, scenario, results, vms, budgetMs) {
  const request = () => requestFor(scenario, `bench-${particles++}`, { results });
  const first = await compare(name, scenario, results, vms);

  const runs = [];
  let spent = first.wasm.vmMs + first.bytes.vmMs;
  if (spent > budgetMs) runs.push(first); // too slow to warm up for
  else spent = 0;
  while (runs.length < RUNS_MAX && (spent < budgetMs || (runs.length < RUNS_MIN && runs[0] !== first))) {
    const run = await runAll(request(), vms);
    for (const kind of INTERFACES)
      if (run[kind].invocations !== run.wasm.invocations) throw new Error(`${name}: numbers of invocations differ`);
    spent += run.wasm.vmMs + run.bytes.vmMs + run.step.vmMs;
    runs.push(run);
  }

  const row = { name, results, runs: runs.length, invocations: first.wasm.invocations, calls: first.wasm.mostCalls };
  row.air_bytes = Buffer.byteLength(request().air);
  row.data_bytes = { wasm: first.wasm.dataBytes, ours: first.bytes.dataBytes };
  row.wasm = { total: statistics(runs.map((run) => run.wasm.vmMs)) };
  for (const kind of INTERFACES) {
    row[kind] = {
      total: statistics(runs.map((run) => run[kind].vmMs)),
      signature: statistics(runs.map((run) => run[kind].signatureMs)),
      rest: statistics(runs.map((run) => run[kind].vmMs - run[kind].signatureMs)),
      made: first[kind].made,
      verified: first[kind].verified,
      made_ms: statistics(runs.map((run) => run[kind].madeMs)),
      verified_ms: statistics(runs.map((run) => run[kind].verifiedMs)),
    };
  }
  return row;
}

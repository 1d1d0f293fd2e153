// Compares what the two compilers made of one program.
import { jsonText } from "./exact-json.mjs";
import { ruleFor } from "./rules.mjs";
import { calledPeers, hopPeers, renamed, resultOf, simulate } from "./simulate.mjs";

export const SEEDS = 3;

export class Tally {
  constructor() {
    Object.assign(this, { scripts: 0, equalScripts: 0, runs: 0, hops: 0, referenceHops: 0, fewerHops: 0, bytes: 0, referenceBytes: 0, rules: {} });
  }
  rule(name) {
    this.rules[name] = (this.rules[name] ?? 0) + 1;
  }
  lines() {
    const of = (part, whole) => (whole === 0 ? "" : ` (${((100 * part) / whole).toFixed(1)} %)`);
    return [
      `${this.runs} runs of ${this.scripts} scripts`,
      `${this.equalScripts} scripts are equal up to the names of variables${of(this.equalScripts, this.scripts)}`,
      `hops in the text: ${this.hops}, the reference has ${this.referenceHops}; fewer in ${this.fewerHops} scripts`,
      `bytes, without indentation: ${this.bytes}, the reference has ${this.referenceBytes}`,
      ...Object.entries(this.rules).map(([name, count]) => `rule ${name}: ${count}`),
    ];
  }
}

/** What is wrong, a sentence each, when only the reference's script is run. */
export function checkReference(program, reference, { seeds = SEEDS, tally }) {
  const problems = [];
  if (program.breaks !== undefined) return [];
  if (reference.ok !== (program.reference === undefined)) return [refusalProblem("the reference", reference, program.reference)];
  if (!reference.ok) return [];
  for (const run of program.runs) {
    const script = reference.functions[run.function]?.script;
    if (script === undefined) {
      problems.push(`the reference does not export ${run.function}`);
      continue;
    }
    problems.push(...checkRuns(program, run, script, seeds, tally));
  }
  return problems;
}

function checkRuns(program, run, script, seeds, tally) {
  const outcomes = seedsOf(program, seeds).map((seed) => outcomeOf(program, run, script, seed));
  tally.runs += outcomes.length;
  const problems = outcomes.flatMap((outcome) => resultProblems(run, outcome));
  const others = new Set(outcomes.map(({ verdict, calls }) => JSON.stringify([verdict, calls])));
  if (others.size > 1) problems.push(`${label(run)}: the outcome depends on the order of messages: ${[...new Set(outcomes.map(resultOf))].join(" or ")}`);
  return [...new Set(problems)];
}

/** What is wrong when both are run. */
export function comparePrograms(program, reference, ours, { seeds = SEEDS, tally }) {
  const problems = [];
  if (reference && program.breaks === undefined && reference.ok !== (program.reference === undefined)) problems.push(refusalProblem("the reference", reference, program.reference));
  if (ours.crash) return [...problems, `ours: ${ours.errors[0]}`];
  if (ours.ok !== (program.ours === undefined)) return [...problems, refusalProblem("ours", ours, program.ours)];
  if (!ours.ok) return problems;
  if (!reference?.ok) {
    for (const run of program.runs) {
      const script = ours.functions[run.function]?.script;
      if (script === undefined) problems.push(`ours does not compile ${run.function}`);
      else problems.push(...checkRuns(program, run, script, seeds, tally));
    }
    return problems;
  }
  const names = [Object.keys(reference.functions), Object.keys(ours.functions)].map((list) => list.sort().join(", "));
  if (names[0] !== names[1]) problems.push(`other functions: the reference has ${names[0]}; ours has ${names[1]}`);
  for (const [name, { script, definition }] of Object.entries(reference.functions)) {
    const mine = ours.functions[name];
    if (!mine) continue;
    problems.push(...staticProblems(name, { script, definition }, mine, tally));
  }
  if (ordered(reference.services) !== ordered(ours.services ?? {})) {
    const difference = { kind: "services", reference: reference.services, actual: ours.services };
    problems.push(...unlessWanted(difference, tally, `other services: ${ordered(ours.services)}; the reference has ${ordered(reference.services)}`));
  }
  for (const run of program.runs) {
    const [theirs, mine] = [reference.functions[run.function]?.script, ours.functions[run.function]?.script];
    if (theirs === undefined || mine === undefined) continue;
    for (const seed of seedsOf(program, seeds)) {
      tally.runs += 1;
      problems.push(...compareRuns(run, outcomeOf(program, run, theirs, seed), outcomeOf(program, run, mine, seed), tally, seed));
    }
  }
  return [...new Set(problems)];
}

function staticProblems(name, reference, actual, tally) {
  tally.scripts += 1;
  const peers = [reference, actual].map(({ script }) => hopPeers(script));
  const hops = peers.map((list) => list.length);
  tally.referenceHops += hops[0];
  tally.hops += hops[1];
  tally.fewerHops += hops[1] < hops[0];
  tally.referenceBytes += reference.script.length;
  tally.bytes += actual.script.replace(/^ +/gm, "").length;
  tally.equalScripts += renamed(reference.script) === renamed(actual.script);
  const problems = [];
  if (hops[1] > hops[0]) problems.push(...unlessWanted({ kind: "hops", reference: hops[0], actual: hops[1], extra: without(peers[1], peers[0]), called: calledPeers(actual.script) }, tally, `${name}: ${hops[1]} hops, the reference has ${hops[0]}`));
  if (ordered(reference.definition) !== ordered(actual.definition)) {
    const difference = { kind: "definition", reference: reference.definition, actual: actual.definition };
    problems.push(...unlessWanted(difference, tally, `${name}: another definition: ${ordered(actual.definition)}; the reference has ${ordered(reference.definition)}`));
  }
  return problems;
}

function compareRuns(run, reference, actual, tally, seed) {
  const where = `${label(run)}, seed ${seed}`;
  if (actual.refused) return [`${where}: our script does not run: ${actual.refused}`];
  const problems = resultProblems(run, actual);
  if (reference.refused) return problems;
  const missing = without(reference.calls, actual.calls).map((call) => JSON.parse(call));
  const extra = without(actual.calls, reference.calls).map((call) => JSON.parse(call));
  if (missing.length > 0 || extra.length > 0) {
    const text = [...missing.map((call) => `only the reference calls ${shownCall(call)}`), ...extra.map((call) => `only ours calls ${shownCall(call)}`)];
    problems.push(...unlessWanted({ kind: "calls", reference, actual, missing, extra }, tally, `${where}: ${text.slice(0, 6).join("; ")}`));
  }
  if (reference.verdict !== actual.verdict) {
    problems.push(...unlessWanted({ kind: "verdict", reference, actual, missing, extra }, tally, `${where}: ${actual.verdict}, the reference ${reference.verdict}`));
  }
  return problems;
}

function unlessWanted(difference, tally, problem) {
  const rule = ruleFor(difference);
  if (rule === undefined) return [problem];
  tally.rule(rule);
  return [];
}

function resultProblems(run, outcome) {
  const result = resultOf(outcome);
  if (run.result !== undefined) return result === run.result ? [] : [`${label(run)}: the result is ${result}, expected ${run.result}${detail(outcome)}`];
  if (outcome.verdict !== "finished") return [`${label(run)}: ${outcome.verdict}${detail(outcome)}`];
  return [];
}

function detail({ refused, causes = [], failures = [], errors }) {
  const why = [refused, ...failures, ...causes.map(({ cause, subject, peer }) => `${peer} ${cause} ${subject ?? ""}`), ...errors.map((error) => JSON.stringify(error))].filter(Boolean);
  return why.length === 0 ? "" : `: ${why.slice(0, 3).join("; ")}`;
}

function refusalProblem(who, { ok, errors = [] }, expected) {
  return ok ? `${who} accepts what it should refuse (${expected})` : `${who} refuses: ${errors.slice(0, 2).join(" | ")}`;
}

const outcomeOf = (program, run, script, seed) => simulate(script, { run, directives: program.directives, seed, isUnordered: program.isUnordered });
const seedsOf = (program, seeds) => Array.from({ length: program.seedCount ?? seeds }, (_, seed) => seed);
const label = (run) => `${run.function}(${Object.values(run.arguments).map(jsonText).join(", ")})`;
const shownCall = ([peer, service, name, values]) => `${peer} ${service}.${name}(${values.map(jsonText).join(", ").slice(0, 200)})`;

function without(list, removed) {
  const left = new Map();
  for (const item of removed) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

function ordered(value) {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

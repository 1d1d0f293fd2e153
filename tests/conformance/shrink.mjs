// Makes a mismatching case smaller while it still mismatches: its schedule, its script, its events.
import { followPlan, Network } from "./network.mjs";
import { outcomeDifferences } from "./compare.mjs";
import { ruleFor } from "./rules.mjs";
import { makePlan } from "./schedule.mjs";
import { PLAIN_PARAMS } from "./case.mjs";
import { NULL } from "./script.mjs";
import { decodeCallResults } from "./messages.mjs";
import { nameOfPeer } from "./peers.mjs";

const ATTEMPTS_MAX = 1200;
const SECONDS_MAX = 60;

/** -> { plan, mismatch } of the smallest case found */
export async function shrinkCase(testCase, plan, mismatch, tools) {
  const search = new Search(tools, { testCase, plan, mismatch });
  await search.simplifyCase();
  while (await search.simplifyScript());
  search.cutAfterMismatch();
  while (await search.simplifyEvents());
  return { plan: search.best.plan, mismatch: search.best.mismatch };
}

class Search {
  constructor(tools, best) {
    this.tools = tools;
    this.best = best;
    this.attempts = 0;
    this.deadline = performance.now() + SECONDS_MAX * 1000;
  }

  async simplifyCase() {
    const { testCase } = this.best;
    await this.tryCase({ ...testCase, schedule: { ...testCase.schedule, noise: false } });
    await this.tryCase({ ...this.best.testCase, params: PLAIN_PARAMS });
  }

  async tryCase(testCase) {
    return this.#tryPlan(testCase, () => makePlan(testCase, this.tools.reference));
  }

  async #tryPlan(testCase, makeIt) {
    if (this.attempts++ >= ATTEMPTS_MAX || performance.now() > this.deadline) return false;
    const plan = makeIt();
    const { mismatch } = await followPlan(plan, this.tools);
    if (!mismatch) return false;
    this.best = { testCase, plan, mismatch };
    return true;
  }

  /** One smaller script that still mismatches, if there is any. */
  async simplifyScript() {
    for (const script of simplerScripts(this.best.testCase.script)) {
      if (await this.tryCase({ ...this.best.testCase, script })) return true;
    }
    return false;
  }

  cutAfterMismatch() {
    const { plan, mismatch } = this.best;
    plan.events.length = plan.outcomes.length = mismatch.step + 1;
  }

  async simplifyEvents() {
    const { testCase, plan } = this.best;
    for (const events of simplerEvents(plan.events)) {
      if (await this.#tryPlan(testCase, () => planOf({ ...plan, events }, this.tools.reference))) {
        this.cutAfterMismatch();
        return true;
      }
    }
    return false;
  }
}

/** A plan with given events: its requests and outcomes are those of the reference. */
export function planOf(plan, reference) {
  const network = new Network(plan, () => reference);
  const requests = [];
  const outcomes = plan.events.map((event) => {
    requests.push(network.request(event));
    return network.step(event);
  });
  return { ...plan, requests, outcomes };
}

const replaced = (list, at, item) => list.map((old, i) => (i === at ? item : old));
const without = (list, at) => list.filter((_, i) => i !== at);

// ---------- scripts ----------

/** Every script that is one step simpler, the largest steps first. */
export function* simplerScripts(node) {
  if (node.op !== "null") yield NULL;
  yield* node.kids ?? [];
  yield* simplerNodes(node);
  for (const [i, kid] of (node.kids ?? []).entries()) {
    for (const simpler of simplerScripts(kid)) yield { ...node, kids: replaced(node.kids, i, simpler) };
  }
}

function* simplerNodes(node) {
  if (node.op === "fold" && node.kids.length === 2) yield { ...node, kids: node.kids.slice(0, 1) };
  if (node.op === "call" && node.out) yield { ...node, out: undefined };
  if (node.op === "call") for (const i of node.args.keys()) yield { ...node, args: without(node.args, i) };
  for (const field of ["arg", "left", "right", "key"]) {
    if (node[field] !== undefined && node[field] !== '""') yield { ...node, [field]: '""' };
  }
  if (node.peer !== undefined && !node.peer.startsWith('"@')) yield { ...node, peer: '"@alice"' };
}

// ---------- events ----------

/** Plans without one event (and without those that deliver its output), or with one part of an event left out. */
function* simplerEvents(events) {
  for (const i of events.keys()) if (i > 0) yield withoutEvent(events, i);
  for (const [i, event] of events.entries()) {
    if (event.mixed !== "ours") yield replaced(events, i, { ...event, mixed: "ours" });
    if (event.data !== null) yield replaced(events, i, { ...event, data: null });
    for (const j of event.results.keys()) yield replaced(events, i, { ...event, results: without(event.results, j) });
  }
}

function withoutEvent(events, removed) {
  const positions = new Map();
  const kept = [];
  for (const [i, event] of events.entries()) {
    if (i === removed || (event.data !== null && !positions.has(event.data))) continue;
    positions.set(i, kept.length);
    kept.push({ ...event, data: event.data === null ? null : positions.get(event.data) });
  }
  return kept;
}

// ---------- single requests ----------

/** -> { request, mismatch }: the request with as little around the data as possible */
export async function shrinkRequest(request, mismatch, tools) {
  let best = { request, mismatch };
  for (const change of [{ air: "(null)" }, { prevData: Buffer.alloc(0) }]) {
    const smaller = { ...best.request, ...change };
    const observation = await examineRequest(smaller, tools);
    if (observation.differences.length && !observation.rule) best = { request: smaller, mismatch: observation };
  }
  return best;
}

/** Gives one request to both VMs -> an observation, with the rule that covers its differences if there is one */
export async function examineRequest(request, { ours, reference, variants }) {
  const actualLater = ours.invoke(request);
  const expected = reference.invoke(request);
  const actual = await actualLater;
  const differences = outcomeDifferences(expected, actual, (data) => reference.view(data));
  const event = { peer: nameOfPeer(request.params.currentPeerId), results: decodeCallResults(request.callResults) };
  const observation = { network: "mutated", event, reference: expected, actual, differences };
  observation.trace = () => reference.view(expected.data).data.trace;
  observation.variants = () => variants.answers(request);
  observation.rule = differences.length ? await ruleFor(observation) : undefined;
  return observation;
}

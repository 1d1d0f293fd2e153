// Runs many cases in one process, several at a time so that our VM and the published one work side by side.
import { makeCase } from "./case.mjs";
import { featuresOf, stateKinds } from "./coverage.mjs";
import { mutatedRequests } from "./mutate.mjs";
import { cachedView, followPlan } from "./network.mjs";
import { makePlan } from "./schedule.mjs";
import { examineRequest, shrinkCase, shrinkRequest } from "./shrink.mjs";
import { saveCase, saveRequest, titleOf } from "./golden.mjs";
import { Tally } from "./tally.mjs";

const CASES_IN_FLIGHT = 8;
const SHRUNK_MAX = 3;

/**
 * engines: { ours, reference, variants }; check: "lockstep" or "mutate"; goldenFolder: where mismatches are saved
 * -> Tally
 */
export async function runCampaign({ engines, check, seed, count, goldenFolder, onProgress = () => {} }) {
  const campaign = new Campaign(engines, goldenFolder);
  const examine = (at) => (check === "mutate" ? campaign.mutate(at) : campaign.lockstep(at));
  let next = seed;
  const worker = async () => {
    while (next < seed + count) {
      await examine(next++);
      onProgress();
    }
  };
  await Promise.all(Array.from({ length: CASES_IN_FLIGHT }, worker));
  for (const at of campaign.doubtful) await examine(at);
  await campaign.shrinkAll();
  campaign.tally.invocations = engines.ours.invocations + engines.reference.invocations;
  return campaign.tally;
}

class Campaign {
  constructor(engines, goldenFolder) {
    this.engines = engines;
    this.goldenFolder = goldenFolder;
    this.tally = new Tally();
    this.doubtful = new Set(); // seeds that were in flight when our process died
    this.found = [];
  }

  async lockstep(seed) {
    const testCase = makeCase(seed);
    const plan = makePlan(testCase, this.engines.reference);
    const verdict = await followPlan(plan, this.engines);
    if (this.#postponed(seed, verdict.mismatch)) return;
    this.#count(testCase, plan);
    if (verdict.rule) this.tally.count("rules", verdict.rule.name);
    if (verdict.mismatch) this.found.push({ seed, mismatch: verdict.mismatch, shrink: () => this.#shrinkCase(testCase, plan, verdict.mismatch) });
  }

  async mutate(seed) {
    const testCase = makeCase(seed);
    const plan = makePlan(testCase, this.engines.reference);
    const viewOf = cachedView(this.engines.reference);
    for (const { request, mutation } of mutatedRequests(seed, plan, viewOf)) {
      const observation = await examineRequest(request, this.engines);
      if (this.#postponed(seed, observation)) return;
      this.tally.countOutcome(observation.reference);
      this.tally.count("features", `mutation ${mutation}`);
      if (observation.rule) this.tally.count("rules", observation.rule.name);
      else if (observation.differences.length) this.found.push({ seed, mismatch: observation, shrink: () => this.#shrinkRequest(request, observation) });
    }
    this.tally.scripts++;
  }

  /** When our process dies, every case in flight sees it; those are repeated one at a time. */
  #postponed(seed, mismatch) {
    if (!mismatch?.actual.shared || this.doubtful.has(seed)) return false;
    this.doubtful.add(seed);
    return true;
  }

  #count(testCase, plan) {
    this.tally.scripts++;
    plan.outcomes.forEach((outcome) => this.tally.countOutcome(outcome));
    if (plan.outcomes.some(({ retCode }) => retCode === 1)) this.tally.rejected++;
    for (const feature of featuresOf(testCase.script)) this.tally.count("features", feature);
    const last = plan.outcomes.findLast(({ trap, data }) => !trap && data.length > 0);
    if (!last) return;
    for (const kind of new Set(stateKinds(this.engines.reference.view(last.data).data.trace))) this.tally.count("features", kind);
  }

  async shrinkAll() {
    for (const [i, { seed, mismatch, shrink }] of this.found.entries()) {
      const file = i < SHRUNK_MAX ? await shrink() : undefined;
      this.tally.mismatches.push({ seed, title: titleOf(mismatch), file });
    }
  }

  async #shrinkCase(testCase, plan, mismatch) {
    return saveCase(this.goldenFolder, await shrinkCase(testCase, plan, mismatch, this.engines));
  }

  async #shrinkRequest(request, observation) {
    return saveRequest(this.goldenFolder, await shrinkRequest(request, observation, this.engines));
  }
}

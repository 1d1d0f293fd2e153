// A network keeps, for every peer, the data its VM returned last, and applies events (see schedule.mjs) to it.
// Driven in lockstep: every network gets the same events, each with its own data bytes.
import { keepsData, outcomeDifferences } from "./compare.mjs";
import { encodeCallResults } from "./messages.mjs";
import { peerNamed, substitutePeers } from "./peers.mjs";
import { ruleFor } from "./rules.mjs";

const NOTHING = Buffer.alloc(0);

export class Network {
  /** engineOf: event -> engine */
  constructor(plan, engineOf) {
    this.plan = plan;
    this.engineOf = engineOf;
    this.air = substitutePeers(plan.air);
    this.previous = new Map();
    this.outputs = [];
  }

  request(event) {
    const peer = peerNamed(event.peer);
    return {
      air: this.air,
      prevData: this.previous.get(event.peer) ?? NOTHING,
      data: event.data === null ? NOTHING : this.outputs[event.data],
      callResults: encodeCallResults(event.results),
      params: { ...this.plan.params, initPeerId: peerNamed(this.plan.init).id, currentPeerId: peer.id, secretKey: peer.seed },
    };
  }

  /** The engine's outcome: a promise if the engine gives one. */
  step(event) {
    const request = this.request(event);
    const outcome = this.engineOf(event).invoke(request);
    return outcome instanceof Promise ? outcome.then((settled) => this.#keep(event, request, settled)) : this.#keep(event, request, outcome);
  }

  #keep(event, { prevData }, outcome) {
    this.outputs.push(outcome.trap ? prevData : outcome.data);
    if (keepsData(outcome)) this.previous.set(event.peer, outcome.data);
    return outcome;
  }
}

/**
 * Follows a plan in a network of our VM alone and in one where both VMs take turns.
 * -> { steps, rule?, mismatch?: { network, step, event, reference, actual, differences } }
 */
export async function followPlan(plan, { ours, reference, variants }) {
  const viewOf = cachedView(reference);
  const networks = {
    ours: new Network(plan, () => ours),
    mixed: new Network(plan, (event) => (event.mixed === "ours" ? ours : reference)),
  };
  for (const [step, event] of plan.events.entries()) {
    for (const [name, network] of Object.entries(networks)) {
      const actual = await network.step(event);
      const differences = outcomeDifferences(plan.outcomes[step], actual, viewOf);
      if (differences.length === 0) continue;
      const mismatch = { network: name, step, event, reference: plan.outcomes[step], actual, differences };
      mismatch.sizes = { limit: plan.params.particleSizeLimit, reference: plan.requests[step].data.length, actual: network.request(event).data.length };
      mismatch.trace = () => viewOf(plan.outcomes[step].data).data.trace;
      mismatch.variants = () => variants.answers(plan.requests[step]);
      const rule = await ruleFor(mismatch);
      return rule ? { steps: step + 1, rule } : { steps: step + 1, mismatch };
    }
  }
  return { steps: plan.events.length };
}

export function cachedView(reference) {
  const views = new Map();
  return (data) => {
    if (!views.has(data)) views.set(data, reference.view(data));
    return views.get(data);
  };
}

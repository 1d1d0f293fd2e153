// Runs a case on the reference and decides as it goes what happens next: the result is a plan, a list of events
// that the other networks then follow.
//
//   event: { peer, data, results, mixed }
//     data     index of the step whose output is delivered, or null
//     results  [[call id, { ret_code, result }]]
//     mixed    which engine runs this step in the mixed network: "ours" or "reference"
import { printScript } from "./script.mjs";
import { Random } from "../random.mjs";
import { Network } from "./network.mjs";
import { keepsData } from "./compare.mjs";
import { decodeCallRequests } from "./messages.mjs";
import { nameOfPeer, peerNamed } from "./peers.mjs";
import { answerCall } from "./services.mjs";

const NOISE = { none: 84, stale: 6, own: 4, repeated_result: 1.2, unknown_result: 0.5, empty: 1.5 };

/** -> { air, init, peers, params, events, outcomes, requests }; outcomes and requests are those of the reference */
export function makePlan(testCase, reference) {
  const { script, init, peers, params, schedule } = testCase;
  const plan = { air: printScript(script), init, peers, params, events: [], outcomes: [], requests: [] };
  const world = new World(plan, schedule, new Network(plan, () => reference));
  while (plan.events.length < schedule.steps && world.step());
  return plan;
}

class World {
  constructor(plan, { seed, noise }, network) {
    this.plan = plan;
    this.network = network;
    this.random = new Random(seed);
    this.noise = noise;
    this.peerIds = plan.peers.map((name) => peerNamed(name).id);
    this.waiting = []; // deliverables: { peer, data } or { peer, result }
    this.delivered = [];
    this.latest = new Map(); // peer -> index of its last output
  }

  /** Makes one more event; false when nothing is left to happen. */
  step() {
    const event = this.plan.events.length === 0 ? { peer: this.plan.init, data: null, results: [] } : this.#nextEvent();
    if (!event) return false;
    event.mixed = this.random.chance(0.5) ? "ours" : "reference";
    this.plan.requests.push(this.network.request(event));
    const outcome = this.network.step(event);
    const index = this.plan.events.push(event) - 1;
    this.plan.outcomes.push(outcome);
    if (outcome.trap || outcome.retCode === 1) return false;
    this.latest.set(event.peer, index);
    if (keepsData(outcome)) this.#follow(event.peer, index, outcome);
    return true;
  }

  #follow(peer, index, outcome) {
    for (const id of outcome.nextPeers) {
      const target = nameOfPeer(id);
      if (this.plan.peers.includes(target)) this.waiting.push({ peer: target, data: index });
    }
    for (const request of decodeCallRequests(outcome.callRequests)) {
      this.waiting.push({ peer, result: [request.id, answerCall(peerNamed(peer).id, request, this.peerIds)] });
    }
  }

  #nextEvent() {
    const kind = this.noise ? this.random.weighted(NOISE) : "none";
    const event = kind === "none" ? undefined : this.#noiseEvent(kind);
    return event ?? this.#deliver();
  }

  #deliver() {
    if (this.waiting.length === 0) return undefined;
    const first = this.noise ? this.random.take(this.waiting) : this.waiting.shift();
    const event = { peer: first.peer, data: null, results: [] };
    this.#add(event, first);
    if (this.noise) this.#join(event);
    return event;
  }

  #add(event, item) {
    if ("data" in item) {
      event.data = item.data;
      if (this.noise && !item.again && this.random.chance(0.08)) this.waiting.push({ ...item, again: true });
    } else {
      event.results.push(item.result);
      this.delivered.push(item);
    }
  }

  /** Several results at once, and results together with a particle. */
  #join(event) {
    const takeResults = this.random.chance(0.35);
    const takeParticle = this.random.chance(0.3);
    for (const item of this.waiting.filter(({ peer }) => peer === event.peer)) {
      const wanted = "data" in item ? takeParticle && event.data === null : takeResults && this.random.chance(0.8);
      if (!wanted) continue;
      this.waiting.splice(this.waiting.indexOf(item), 1);
      this.#add(event, item);
    }
  }

  #noiseEvent(kind) {
    const { random, plan } = this;
    const visited = [...this.latest.keys()];
    const peer = random.chance(0.85) ? random.pick(visited) : random.pick(plan.peers);
    switch (kind) {
      case "stale":
        return { peer, data: random.below(plan.events.length), results: [] };
      case "own":
        return this.latest.has(peer) ? { peer, data: this.latest.get(peer), results: [] } : undefined;
      case "repeated_result": {
        if (this.delivered.length === 0) return undefined;
        const item = random.pick(this.delivered);
        return { peer: item.peer, data: null, results: [item.result] };
      }
      case "unknown_result":
        return { peer, data: null, results: [["77", { ret_code: 0, result: "1" }]] };
      default:
        return { peer, data: null, results: [] };
    }
  }
}

// Runs a scenario on the published VM; the same delivery as in simulation.cpp: first in, first out.
import { createRequire } from "node:module";
import { AvmDirect } from "../tests/conformance/avm-direct.mjs";
import { encodeCallResults } from "../tests/conformance/messages.mjs";

// The conformance tests' packages are ours too.
const msgpack = createRequire(new URL("../tests/conformance/package.json", import.meta.url))("msgpack-lite");

const NOTHING = Buffer.alloc(0);
const NO_LIMIT = 2 ** 32;
const LOGGED_ARGUMENT_BYTES = 24;

const answers = {
  first: (args) => JSON.stringify(args[0]),
  length: (args) => String(args[0].length),
  json: (_, text) => text,
  filler: (_, size) => `"${"x".repeat(Number(size))}"`,
};

function answer(stub, argumentBytes) {
  const [kind, ...rest] = stub.split(":");
  return answers[kind](kind === "first" || kind === "length" ? msgpack.decode(argumentBytes) : [], rest.join(":"));
}

function decodeCalls(bytes) {
  const calls = Object.entries(msgpack.decode(bytes.subarray(2))).map(([id, request]) => ({
    id: Number(id),
    name: `${request.service_id}.${request.function_name}`,
    argumentBytes: Buffer.from(request.arguments),
  }));
  return calls.sort((a, b) => a.id - b.id);
}

function describe(peer, nextPeers, calls) {
  const shown = ({ id, name, argumentBytes }) => {
    const start = argumentBytes.subarray(0, LOGGED_ARGUMENT_BYTES).toString("hex");
    return ` ${id}=${name}/${argumentBytes.length}/${start}`;
  };
  return `${peer}:${nextPeers.map((id) => " " + id).join("")}${calls.map(shown).join("")}`;
}

export class Reference {
  static async create() {
    const reference = new Reference();
    reference.avm = await AvmDirect.create();
    return reference;
  }

  get memoryBytes() {
    return this.avm.module.memory.buffer.byteLength;
  }

  /** -> { invocations, vmMs, dataBytes, mostCalls, log? }; request: see ours.mjs */
  run(request) {
    const peers = request.peers.map((peer) => ({ ...peer, seed: Buffer.from(peer.seed, "base64"), previous: NOTHING }));
    const indexOf = new Map(peers.map((peer, i) => [peer.id, i]));
    const measured = { invocations: 0, vmMs: 0, dataBytes: 0, mostCalls: 0, log: [] };
    const queue = [{ peer: indexOf.get(request.init_peer_id), data: NOTHING, results: [] }];
    for (let step = 0; step < queue.length && step < (request.invocations_max ?? Infinity); step++) {
      const { peer, data, results } = queue[step];
      queue[step] = undefined;
      const current = peers[peer];
      const outcome = this.avm.invoke({
        air: request.air,
        prevData: current.previous,
        data,
        callResults: encodeCallResults(results),
        params: {
          initPeerId: request.init_peer_id,
          currentPeerId: current.id,
          timestamp: 1_700_000_000_000,
          ttl: 600_000,
          particleId: request.particle_id,
          secretKey: current.seed,
          airSizeLimit: NO_LIMIT,
          particleSizeLimit: NO_LIMIT,
          callResultSizeLimit: NO_LIMIT,
          hardLimitEnabled: false,
        },
      });
      if (outcome.trap || outcome.retCode !== 0) throw new Error(`invocation ${step}: ${outcome.trap ?? outcome.errorMessage}`);
      current.previous = outcome.data;
      const calls = decodeCalls(outcome.callRequests);
      if (request.log) measured.log.push(describe(peer, outcome.nextPeers, calls));
      measured.mostCalls = Math.max(measured.mostCalls, calls.length);
      if (request.only_invocation === undefined || request.only_invocation === step) {
        measured.invocations++;
        measured.vmMs += this.avm.lastMs;
        measured.dataBytes = Math.max(measured.dataBytes, outcome.data.length);
      }
      for (const id of outcome.nextPeers) queue.push({ peer: indexOf.get(id), data: outcome.data, results: [] });
      const ready = calls.map((call) => [String(call.id), { ret_code: 0, result: answer(current.stubs[call.name], call.argumentBytes) }]);
      if (request.results !== "batched") ready.forEach((result) => queue.push({ peer, data: NOTHING, results: [result] }));
      else if (ready.length > 0) queue.push({ peer, data: NOTHING, results: ready });
    }
    return measured;
  }
}

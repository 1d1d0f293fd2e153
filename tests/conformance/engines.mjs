// An engine takes a request { air, prevData, data, callResults (bytes), params } and gives an outcome
//   { retCode, errorMessage, data, nextPeers (sorted), callRequests (bytes), exceeded }
// or { trap: text }: it died, or answered nothing in time. isOurs: our process, which must never do that;
// shared: other requests were waiting when it died.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { AvmDirect } from "./avm-direct.mjs";

const ANSWER_TIMEOUT_MS = 30_000;
const VARIANT_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** The published VM, in this process. */
export class ReferenceEngine {
  static async create(options) {
    const engine = new ReferenceEngine();
    engine.avm = await AvmDirect.create(options);
    engine.invocations = 0;
    return engine;
  }

  invoke(request) {
    this.invocations++;
    return this.avm.invoke(request);
  }

  view(data) {
    return JSON.parse(this.avm.humanReadable(data));
  }
}

/**
 * The published VM under several orders of its hash maps, which follow from a random seed: where it finds
 * one of several faults, or keeps one of several colliding keys, its answer depends on that order.
 */
export class ReferenceVariants {
  async answers(request) {
    this.engines ??= await Promise.all(VARIANT_SEEDS.map((randomSeed) => AvmDirect.create({ randomSeed })));
    return this.engines.map((engine) => engine.invoke(request));
  }
}

/** A process that speaks the protocol of `aqua vm --stdio`; started again when it dies. */
export class StdioEngine {
  constructor(command) {
    this.command = command;
    this.invocations = 0;
    this.lastId = 0;
    this.pending = new Map();
  }

  invoke(request) {
    this.invocations++;
    this.#start();
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.process.kill("SIGKILL"), ANSWER_TIMEOUT_MS);
      this.pending.set(id, { resolve, timer });
      this.#send(JSON.stringify(encodeRequest(id, request)) + "\n");
    });
  }

  close() {
    this.process?.stdin.end();
  }

  #start() {
    if (this.process) return;
    const child = spawn(this.command[0], this.command.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
    this.process = child;
    this.complaint = "";
    let failure;
    child.on("error", (error) => (failure = error.message));
    child.stderr.on("data", (text) => (this.complaint = (this.complaint + text).slice(-2000)));
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (line) => this.#answer(line));
    child.on("close", (code, signal) => this.#died(failure ?? `exited with ${signal ?? code}`));
  }

  // Requests made in one turn of the event loop go out in one write.
  #send(line) {
    if (this.outgoing === undefined) {
      this.outgoing = "";
      setImmediate(() => {
        this.process?.stdin.write(this.outgoing);
        this.outgoing = undefined;
      });
    }
    this.outgoing += line;
  }

  #answer(line) {
    const answer = JSON.parse(line);
    const waiting = this.pending.get(answer.id);
    if (!waiting) throw new Error(`unexpected answer: ${line.slice(0, 200)}`);
    this.pending.delete(answer.id);
    clearTimeout(waiting.timer);
    waiting.resolve(answer.error === undefined ? decodeOutcome(answer) : { trap: `protocol error: ${answer.error}`, isOurs: true });
  }

  // Everybody who was waiting may have been the cause: the driver repeats them one at a time.
  #died(reason) {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.process = undefined;
    const trap = [reason, this.complaint.trim()].filter(Boolean).join("; ");
    for (const { resolve, timer } of waiting) {
      clearTimeout(timer);
      resolve({ trap, isOurs: true, shared: waiting.length > 1 });
    }
  }
}

function encodeRequest(id, { air, prevData, data, callResults, params }) {
  const base64 = (bytes) => Buffer.from(bytes).toString("base64");
  return {
    id,
    air,
    prev_data: base64(prevData),
    data: base64(data),
    call_results: base64(callResults),
    params: {
      init_peer_id: params.initPeerId,
      current_peer_id: params.currentPeerId,
      timestamp: params.timestamp,
      ttl: params.ttl,
      particle_id: params.particleId,
      secret_key: base64(params.secretKey),
      air_size_limit: params.airSizeLimit,
      particle_size_limit: params.particleSizeLimit,
      call_result_size_limit: params.callResultSizeLimit,
      hard_limit_enabled: params.hardLimitEnabled,
    },
  };
}

function decodeOutcome(answer) {
  const bytes = (base64) => Buffer.from(base64, "base64");
  return {
    retCode: answer.ret_code,
    errorMessage: answer.error_message,
    data: bytes(answer.data),
    nextPeers: [...answer.next_peer_pks].sort(),
    callRequests: bytes(answer.call_requests),
    exceeded: [answer.air_size_limit_exceeded, answer.particle_size_limit_exceeded, answer.call_result_size_limit_exceeded],
  };
}

// The published VM (@fluencelabs/avm) called directly. Bytes go straight into the module's linear memory:
//   string / byte vector  (ptr, len), memory from allocate(bytes, 0) and owned by the callee; empty = (0, 0)
//   record                pointer to its fields packed without padding, owned by the callee
//   result                get_result_ptr() (and get_result_size() for a string or vector), freed by release_objects()
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync } from "node:fs";
import { seededRandom } from "../random.mjs";

const WASM_FILE = join(dirname(createRequire(import.meta.url).resolve("@fluencelabs/avm")), "avm.wasm");
const RUN_PARAMETERS_BYTES = 70;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

let compiled; // once per process

export class AvmDirect {
  /**
   * randomSeed: seed of random_get, which orders the VM's hash maps
   * memoryMax:  bytes of linear memory above which the instance is replaced after a call
   */
  static async create({ randomSeed = 12345, memoryMax = 256 << 20 } = {}) {
    compiled ??= await WebAssembly.compile(readFileSync(WASM_FILE));
    return new AvmDirect(randomSeed, memoryMax);
  }

  constructor(randomSeed, memoryMax) {
    this.randomSeed = randomSeed;
    this.memoryMax = memoryMax;
    this.#instantiate();
  }

  #instantiate() {
    const wasi_snapshot_preview1 = this.#wasi(seededRandom(this.randomSeed));
    const __marine_host_api_v3 = { log_utf8_string: () => {} };
    this.module = new WebAssembly.Instance(compiled, { wasi_snapshot_preview1, __marine_host_api_v3 }).exports;
    this.module._initialize();
    this.module._start();
  }

  #wasi(random) {
    const memory = () => new DataView(this.module.memory.buffer);
    return {
      random_get: (at, count) => {
        new Uint8Array(this.module.memory.buffer, at, count).forEach((_, i, bytes) => (bytes[i] = Math.floor(random() * 256)));
        return 0;
      },
      clock_time_get: (_clock, _precision, at) => {
        memory().setBigUint64(at, 0n, true);
        return 0;
      },
      fd_write: (_fd, parts, count, written) => {
        let total = 0;
        for (let i = 0; i < count; i++) {
          const [at, length] = [0, 4].map((offset) => memory().getUint32(parts + 8 * i + offset, true));
          this.printed += decoder.decode(new Uint8Array(this.module.memory.buffer, at, length));
          total += length;
        }
        memory().setUint32(written, total, true);
        return 0;
      },
      environ_sizes_get: (count, size) => {
        memory().setUint32(count, 0, true);
        memory().setUint32(size, 0, true);
        return 0;
      },
      environ_get: () => 0,
      sched_yield: () => 0,
      proc_exit: (code) => {
        throw new Error(`proc_exit(${code})`);
      },
    };
  }

  /**
   * request: { air, prevData, data, callResults (bytes), params }
   * -> { retCode, errorMessage, data, nextPeers (sorted), callRequests (bytes), exceeded } or { trap: text }
   */
  invoke(request) {
    return this.#guarded(() => {
      const { module } = this;
      const args = [this.#string(request.air), this.#bytes(request.prevData), this.#bytes(request.data)];
      args.push(this.#runParameters(request.params), this.#bytes(request.callResults));
      const started = performance.now();
      module.invoke(...args.flat());
      this.lastMs = performance.now() - started; // inside the VM alone
      const outcome = this.#readOutcome(module.get_result_ptr() >>> 0);
      module.release_objects();
      return outcome;
    });
  }

  /** JSON text of data bytes; throws if the VM cannot decode them. */
  humanReadable(data) {
    const answer = this.#guarded(() => {
      this.module.to_human_readable_data(...this.#bytes(data));
      const bytes = new Uint8Array(this.module.memory.buffer, this.module.get_result_ptr() >>> 0, this.module.get_result_size() >>> 0);
      const text = decoder.decode(bytes);
      this.module.release_objects();
      return { text };
    });
    if (answer.trap) throw new Error(answer.trap);
    return answer.text;
  }

  // A trap leaves the instance in an unknown state, so it is replaced.
  #guarded(action) {
    this.printed = "";
    try {
      return action();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      const trap = [error.message, this.printed.trim()].filter(Boolean).join("; ");
      this.#instantiate();
      return { trap };
    } finally {
      if (this.module.memory.buffer.byteLength > this.memoryMax) this.#instantiate();
    }
  }

  #bytes(bytes) {
    if (bytes.length === 0) return [0, 0];
    const at = this.module.allocate(bytes.length, 0) >>> 0;
    new Uint8Array(this.module.memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  }

  #string(text) {
    return this.#bytes(encoder.encode(text));
  }

  #runParameters(params) {
    const initPeer = this.#string(params.initPeerId);
    const currentPeer = this.#string(params.currentPeerId);
    const secretKey = this.#bytes(params.secretKey);
    const particleId = this.#string(params.particleId);
    const record = this.module.allocate(RUN_PARAMETERS_BYTES, 0) >>> 0;
    const view = new DataView(this.module.memory.buffer, record, RUN_PARAMETERS_BYTES);
    const pair = (offset, [at, length]) => {
      view.setUint32(offset, at, true);
      view.setUint32(offset + 4, length, true);
    };
    pair(0, initPeer);
    pair(8, currentPeer);
    view.setBigUint64(16, BigInt(params.timestamp), true);
    view.setUint32(24, params.ttl, true);
    view.setUint8(28, 0); // key format: Ed25519
    pair(29, secretKey);
    pair(37, particleId);
    view.setBigUint64(45, BigInt(params.airSizeLimit), true);
    view.setBigUint64(53, BigInt(params.particleSizeLimit), true);
    view.setBigUint64(61, BigInt(params.callResultSizeLimit), true);
    view.setUint8(69, params.hardLimitEnabled ? 1 : 0);
    return record;
  }

  #readOutcome(at) {
    const { buffer } = this.module.memory;
    const view = new DataView(buffer);
    const pair = (offset) => [view.getUint32(offset, true), view.getUint32(offset + 4, true)];
    const bytes = (offset) => new Uint8Array(buffer, ...pair(offset));
    const [peers, peerCount] = pair(at + 24);
    const nextPeers = Array.from({ length: peerCount }, (_, i) => decoder.decode(bytes(peers + 8 * i)));
    return {
      retCode: Number(view.getBigInt64(at, true)),
      errorMessage: decoder.decode(bytes(at + 8)),
      data: Buffer.from(bytes(at + 16)),
      nextPeers: nextPeers.sort(),
      callRequests: Buffer.from(bytes(at + 32)),
      exceeded: [40, 41, 42].map((offset) => view.getUint8(at + offset) !== 0),
    };
  }
}

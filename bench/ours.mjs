// Our VM, in a process of its own that runs one scenario per line (vm_bench.cpp).
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { peerNamed, substitutePeers } from "../tests/conformance/peers.mjs";

const BINARY = fileURLToPath(new URL("../build/release/bin/vm_bench", import.meta.url));

/** What both VMs are asked to run. */
export function requestFor(scenario, particleId, options) {
  return {
    air: substitutePeers(scenario.air),
    init_peer_id: peerNamed(scenario.init).id,
    particle_id: particleId,
    peers: Object.entries(scenario.peers).map(([name, stubs]) => ({ id: peerNamed(name).id, seed: peerNamed(name).seed.toString("base64"), stubs })),
    ...(scenario.invocationsMax !== undefined && { invocations_max: scenario.invocationsMax }),
    ...(scenario.onlyInvocation !== undefined && { only_invocation: scenario.onlyInvocation }),
    ...options,
  };
}

export class Ours {
  constructor() {
    this.process = spawn(BINARY, [], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** -> { invocations, vmMs, made, madeMs, verified, verifiedMs, signatureMs, dataBytes, log } */
  async run(request) {
    this.process.stdin.write(JSON.stringify(request) + "\n");
    const { value, done } = await this.lines.next();
    if (done) throw new Error("vm_bench ended");
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(`vm_bench: ${answer.error}`);
    const { invocations, vm_ns, made, made_ns, verified, verified_ns, data_bytes, log } = answer;
    const [madeMs, verifiedMs] = [made_ns / 1e6, verified_ns / 1e6];
    return { invocations, vmMs: vm_ns / 1e6, made, madeMs, verified, verifiedMs, signatureMs: madeMs + verifiedMs, dataBytes: data_bytes, log };
  }

  close() {
    this.process.stdin.end();
  }
}

/** Times of parsing, validating and resolving a script, ms. */
export function prepareTimes(air, count) {
  return JSON.parse(execFileSync(BINARY, ["--prepare", String(count)], { input: air + "\n" })).map((ns) => ns / 1e6);
}

/** -> { ret_code, resident_before, resident_peak, vm_ns } */
export function measureLargeResult(bytes) {
  return JSON.parse(execFileSync(BINARY, ["--large-result", String(bytes)]));
}

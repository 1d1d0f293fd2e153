// What the benchmark of relays does to one relay. Each load returns plain numbers; relay.mjs makes statistics of them.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openConnection } from "../tests/interop/connections.mjs";
import { Client } from "../tests/interop/client.mjs";
import { processorMs, residentKb } from "./relay_process.mjs";

const milliseconds = async (action) => {
  const started = performance.now();
  await action();
  return performance.now() - started;
};

const settled = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const SETTLE_MS = 1000;

const RELAY_CLIENT = fileURLToPath(new URL("../build/release/bin/relay_client", import.meta.url));
const wordsOf = (load, options) => [load, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])];

/** A load of our own client (relay_client.cpp). */
async function ownClient(load, options) {
  const { stdout } = await promisify(execFile)(RELAY_CLIENT, wordsOf(load, options), { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}

/** As PublishedClient, in a process of its own for each run; its first round trips warm it up and do not count. */
export class OwnClient {
  constructor(relay, scriptFile) {
    this.options = { relay: relay.tcp, script: scriptFile };
  }

  async sequential(count, bytes) {
    const warmUp = Math.min(20, count);
    const { times_ms: times, processor_ms: processorMs } = await ownClient("tc1", { ...this.options, count: count + warmUp, bytes });
    return { times: times.slice(warmUp), processorMs: processorMs / (count + warmUp) };
  }

  async concurrent(count, inFlight) {
    const { seconds, times_ms: times, processor_ms: processorMs } = await ownClient("tc1", { ...this.options, count, "in-flight": inFlight });
    return { perSecond: count / seconds, times, processorMs: processorMs / count };
  }
}

/** Our client with so many particles in flight all the time. -> {perSecond(), stop()}, once the first have come back */
export async function startFlood(relay, scriptFile, inFlight) {
  const child = spawn(RELAY_CLIENT, wordsOf("flood", { relay: relay.tcp, script: scriptFile, "in-flight": inFlight }), { stdio: ["ignore", "pipe", "inherit"] });
  const started = performance.now();
  let done = 0;
  child.stdout.on("data", (bytes) => (done = JSON.parse(bytes.toString().trim().split("\n").at(-1)).done));
  await once(child.stdout, "data");
  return {
    perSecond: () => {
      if (child.exitCode !== null) throw new Error("the flood has ended");
      return (1000 * done) / (performance.now() - started);
    },
    stop: () => child.kill("SIGKILL"),
  };
}

// The published client runs in this process, its VM in a thread of it.
function ownProcessorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** -> what the action gives, with relayMs: processor time of the relay for each of so many calls */
export async function withRelayTime(relay, count, action) {
  const before = processorMs(relay.pid);
  const result = await action();
  return { ...result, relayMs: (processorMs(relay.pid) - before) / count };
}

/** tc1: client, relay, one service call, back. */
export class PublishedClient {
  static async connect(relay, program) {
    return Object.assign(new PublishedClient(), { client: await Client.connect(relay, program) });
  }

  async #call(text) {
    if ((await this.client.call("identity", [text])) !== text) throw new Error("another text came back");
  }

  /** One after the other -> {times (ms of each call), processorMs (of the client, each call)} */
  async sequential(count, bytes) {
    const text = "x".repeat(bytes);
    const times = [];
    const before = ownProcessorMs();
    for (let i = 0; i < count; i++) times.push(await milliseconds(() => this.#call(text)));
    return { times, processorMs: (ownProcessorMs() - before) / count };
  }

  /** So many in flight -> {perSecond, times, processorMs} */
  async concurrent(count, inFlight) {
    const times = [];
    let left = count;
    const lane = async () => { while (left-- > 0) times.push(await milliseconds(() => this.#call("x"))); };
    const before = ownProcessorMs();
    const total = await milliseconds(() => Promise.all(Array.from({ length: inFlight }, lane)));
    return { perSecond: (1000 * count) / total, times, processorMs: (ownProcessorMs() - before) / count };
  }

  stop() {
    return this.client.stop();
  }
}

const dials = {
  /** -> ms of each connection, until noise and yamux stand */
  async "js-libp2p"(address, count) {
    const times = [];
    for (let i = 0; i < count; i++) {
      let close;
      times.push(await milliseconds(async () => (close = await openConnection(address))));
      await close();
    }
    return times;
  },
  ours: async (address, count) => (await ownClient("connect", { relay: address, count })).times_ms,
};

/** -> {times (ms), processorMs (of the relay, each)}; client: js-libp2p or ours */
export async function connect(relay, address, client, count) {
  const before = processorMs(relay.pid);
  const times = await dials[client](address, count);
  await settled(SETTLE_MS / 4);
  return { times, processorMs: (processorMs(relay.pid) - before) / count };
}

/** Opened by our own client. -> {idleKb (with no connection), kbEach, count} */
export async function idle(relay, address, count) {
  await settled(SETTLE_MS);
  const idleKb = residentKb(relay.pid);
  const client = spawn(RELAY_CLIENT, wordsOf("idle", { relay: address, count }), { stdio: ["pipe", "pipe", "inherit"] });
  const [told] = await Promise.race([once(client.stdout, "data"), once(client, "exit").then(([code]) => { throw new Error(`the client ended: ${code}`); })]);
  if (JSON.parse(told).open !== count) throw new Error(`not all connections stand: ${told}`);
  await settled(SETTLE_MS);
  const kbEach = (residentKb(relay.pid) - idleKb) / count;
  client.stdin.end();
  await once(client, "exit");
  return { idleKb, kbEach, count };
}

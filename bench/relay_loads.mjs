// What the benchmark of relays does to one relay. Each load returns plain numbers; relay.mjs makes statistics of them.
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

/** tc1: client, relay, one service call, back. */
export class PublishedClient {
  static async connect(relay, program) {
    return Object.assign(new PublishedClient(), { client: await Client.connect(relay, program) });
  }

  async #call(text) {
    if ((await this.client.call("identity", [text])) !== text) throw new Error("another text came back");
  }

  /** -> milliseconds of each call, one after the other */
  async sequential(count, text = "x") {
    const times = [];
    for (let i = 0; i < count; i++) times.push(await milliseconds(() => this.#call(text)));
    return times;
  }

  /** -> {perSecond, times}, so many in flight */
  async concurrent(count, inFlight) {
    const times = [];
    let left = count;
    const lane = async () => { while (left-- > 0) times.push(await milliseconds(() => this.#call("x"))); };
    const total = await milliseconds(() => Promise.all(Array.from({ length: inFlight }, lane)));
    return { perSecond: (1000 * count) / total, times };
  }

  stop() {
    return this.client.stop();
  }
}

/** -> {times (ms until noise and yamux stand), processorMs (of the relay, each)} */
export async function connect(relay, address, count) {
  const before = processorMs(relay.pid);
  const times = [];
  for (let i = 0; i < count; i++) {
    let close;
    times.push(await milliseconds(async () => (close = await openConnection(address))));
    await close();
  }
  await settled(SETTLE_MS / 4);
  return { times, processorMs: (processorMs(relay.pid) - before) / count };
}

const DIALS_AT_A_TIME = 8;

/** -> {idleKb (with no connection), kbEach, count} */
export async function idle(relay, address, count) {
  await settled(SETTLE_MS);
  const idleKb = residentKb(relay.pid);
  const open = [];
  const lane = async () => { while (open.length < count) { const slot = open.push(undefined) - 1; open[slot] = await openConnection(address); } };
  await Promise.all(Array.from({ length: DIALS_AT_A_TIME }, lane));
  await settled(SETTLE_MS);
  const kbEach = (residentKb(relay.pid) - idleKb) / count;
  await Promise.all(open.map((close) => close()));
  return { idleKb, kbEach, count };
}

// More particles on one connection than the published client may have streams. It never ends its side of those that it is sent.
import { after, before, test } from "node:test";
import { Client } from "./client.mjs";
import { compiledByOurs } from "./compilers.mjs";
import { KIND, startNetwork } from "./peers.mjs";

const STREAMS_MAX = 1000; // of its yamux
const CONCURRENT = 50;

let network, caller;
before(async () => {
  network = await startNetwork(KIND);
  caller = await Client.connect(network.peers[0], compiledByOurs());
});
after(async () => {
  await caller?.stop();
  await network?.stop();
});

test(`${STREAMS_MAX + 100} calls, relayed by ${KIND}`, async () => {
  for (let i = 0; i < STREAMS_MAX + 100; i += CONCURRENT) {
    await Promise.all(Array.from({ length: CONCURRENT }, () => caller.call("identity", ["x"])));
  }
});

// The published VM and ours in one particle: clients (published VM) behind one relay of each kind.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client } from "./client.mjs";
import { compiledByOurs } from "./compilers.mjs";
import { greeter } from "./greeter.mjs";
import { KIND, startNetwork } from "./peers.mjs";

// The second dials the first.
const pairs = KIND === "reference" ? [[KIND, KIND]] : [[KIND, "reference"], ["reference", KIND]];
for (const kinds of pairs) {
  describe(`a relay of kind ${kinds[1]} dials one of kind ${kinds[0]}`, () => {
    let network, clients;

    before(async () => {
      network = await startNetwork(...kinds);
      const program = compiledByOurs();
      clients = await Promise.all(network.peers.map((relay) => Client.connect(relay, program)));
      clients.forEach((client, i) => client.serve("Greeter", greeter(`client ${i}`)));
    });

    after(async () => {
      await Promise.all((clients ?? []).map((client) => client.stop()));
      await network?.stop();
    });

    for (const [from, to] of [[0, 1], [1, 0]]) {
      describe(`a client of ${kinds[from]}, another one of ${kinds[to]}`, () => {
        const call = (name, ...args) => clients[from].call(name, args);

        test("each calls its own relay", async () => {
          assert.equal(await call("identity", "hello"), "hello");
        });

        test("services across", async () => {
          assert.equal(await call("greet_there", "Bob", clients[to].place), `client ${to} greets Bob`);
          assert.equal(await call("sum_there", [1, 2, 3], clients[to].place), 6);
        });

        test("a callback in the middle", async () => {
          assert.equal(await call("callback_there", "Bob", clients[to].place, (text) => `<${text}>`), `client ${to} greets <client ${to} greets Bob>`);
        });

        test("an error comes back", async () => {
          await assert.rejects(call("fail_there", "out of tea", clients[to].place), (error) => error.error_code === 10000 && error.message.includes("out of tea"));
          assert.equal((await call("caught_there", "out of tea", clients[to].place)).code, 10000);
        });

        test("there and back again, and both at once", async () => {
          const relays = network.peers.map(({ peerId }) => peerId);
          assert.deepEqual(await call("visit", "x", [...relays, ...relays]), ["x", "x", "x", "x", "x"]);
          assert.deepEqual(await call("ask_relays", "x", relays), ["x", "x"]);
        });
      });
    }
  });
}

// `aqua run --relay`: our client with our VM behind a relay, the published client with the published VM behind another one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { Client } from "./client.mjs";
import { PROGRAM, compiledByOurs } from "./compilers.mjs";
import { greeter } from "./greeter.mjs";
import { AQUA, KIND, startNetwork } from "./peers.mjs";

/** -> {code, stdout, stderr} */
function aquaRun(relay, name, ...args) {
  const call = `${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`;
  return new Promise((resolve) => {
    execFile(AQUA, ["run", PROGRAM, "--relay", relay, "-t", "20000", "-f", call], (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

const pairs = KIND === "reference" ? [[KIND, KIND]] : [[KIND, "reference"], ["reference", KIND]];
for (const kinds of pairs) {
  describe(`aqua run behind a relay of kind ${kinds[0]}, the published client behind one of kind ${kinds[1]}`, () => {
    let network, client;

    before(async () => {
      network = await startNetwork(...kinds);
      client = await Client.connect(network.peers[1], compiledByOurs());
      client.serve("Greeter", greeter("the client"));
    });

    after(async () => {
      await client?.stop();
      await network?.stop();
    });

    for (const field of ["tcp", "multiaddr"]) {
      describe(field === "tcp" ? "over TCP" : "over WebSocket", () => {
        const result = async (name, ...args) => {
          const { code, stdout, stderr } = await aquaRun(network.peers[0][field], name, ...args);
          assert.equal(code, 0, stderr);
          return JSON.parse(stdout);
        };

        test("its relay", async () => {
          assert.equal(await result("identity", "hello"), "hello");
        });

        test("services of the other client", async () => {
          assert.equal(await result("greet_there", "Bob", client.place), "the client greets Bob");
          assert.equal(await result("sum_there", [1, 2, 3], client.place), 6);
        });

        test("both relays", async () => {
          const relays = network.peers.map(({ peerId }) => peerId);
          assert.deepEqual(await result("visit", "x", relays), ["x", "x", "x"]);
          assert.deepEqual(await result("ask_relays", "x", relays), ["x", "x"]);
        });

        test("an error comes back", async () => {
          const { code, stderr } = await aquaRun(network.peers[0][field], "fail_there", "out of tea", client.place);
          assert.equal(code, 1);
          assert.match(stderr, /out of tea/);
        });
      });
    }
  });
}

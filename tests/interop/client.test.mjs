// The published client with functions of both compilers, on one relay and on two.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client } from "./client.mjs";
import { compiledByOurs, compiledByReference } from "./compilers.mjs";
import { greeter } from "./greeter.mjs";
import { KIND, startNetwork } from "./peers.mjs";

const CONCURRENT = 50;
const LARGE = "0123456789abcdef".repeat(1 << 16); // 1 MiB
const SHORT_TTL_MS = 1000;
const NOBODY = "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D";

let network, caller, neighbour, distant;
const programs = { ours: undefined, published: undefined };

before(async () => {
  network = await startNetwork(KIND, KIND);
  programs.ours = compiledByOurs();
  programs.published = await compiledByReference();
  const [first, second] = network.peers;
  [caller, neighbour, distant] = await Promise.all([first, first, second].map((relay) => Client.connect(relay, programs.ours)));
  caller.serve("Greeter", greeter("caller"));
  neighbour.serve("Greeter", greeter("neighbour"));
  distant.serve("Greeter", greeter("distant"));
});

after(async () => {
  await Promise.all([caller, neighbour, distant].map((client) => client?.stop()));
  await network?.stop();
});

const otherPeers = () => ({ "on the same relay": neighbour, "on another relay": distant });

for (const compiler of ["ours", "published"]) {
  describe(`compiled by ${compiler}, relayed by ${KIND}`, () => {
    const call = (name, ...args) => caller.call(name, args, { program: programs[compiler] });

    test("a service of the relay", async () => {
      assert.equal(await call("identity", "hello"), "hello");
    });

    test("data with numbers, arrays and options arrives as it was", async () => {
      const person = { name: "Ada \u{1F600} \"\\\n", age: 4294967295, tags: ["", "x"], nickname: null };
      assert.deepEqual(await call("round_trip", person), person);
      assert.deepEqual(await call("round_trip", { ...person, nickname: "a" }), { ...person, nickname: "a" });
    });

    test("the relay knows its clients", async () => {
      assert.equal(await call("relay_knows", neighbour.peerId), true);
      assert.equal(await call("relay_knows", NOBODY), false);
    });

    test("a service in JavaScript on the caller itself", async () => {
      assert.equal(await call("greet_here", "Bob"), "caller greets Bob");
    });

    test("callbacks, with and without a result", async () => {
      const [asked, done] = [[], []];
      const each = (item) => { asked.push(item); return item.toUpperCase(); };
      assert.deepEqual(await call("with_callbacks", ["a", "b", "c"], each, (count) => { done.push(count); }), ["A", "B", "C"]);
      assert.deepEqual([asked, done], [["a", "b", "c"], [3]]);
    });

    for (const where of ["on the same relay", "on another relay"]) {
      describe(`another client ${where}`, () => {
        const other = () => otherPeers()[where];
        const otherName = where === "on the same relay" ? "neighbour" : "distant";

        test("its services in JavaScript", async () => {
          assert.equal(await call("greet_there", "Bob", other().place), `${otherName} greets Bob`);
          assert.equal(await call("sum_there", [1, 2, -5], other().place), -2);
        });

        test("a callback of the caller between two of its calls", async () => {
          const ask = (greeting) => `[${greeting}]`;
          assert.equal(await call("callback_there", "Bob", other().place, ask), `${otherName} greets [${otherName} greets Bob]`);
        });

        test("its error reaches the caller with code and text", async () => {
          await assert.rejects(call("fail_there", "out of tea", other().place), (error) => {
            assert.equal(error.error_code, 10000);
            assert.match(error.message, /ret_code is 1.*out of tea/);
            assert.equal(error.peer_id, other().peerId);
            return true;
          });
        });

        test("the script catches its error", async () => {
          const { code, text } = await call("caught_there", "out of tea", other().place);
          assert.equal(code, 10000);
          assert.match(text, /out of tea/);
        });
      });
    }

    test("several clients at once", async () => {
      const greetings = await call("gather", "Bob", [caller, neighbour].map(({ place }) => place));
      assert.deepEqual(greetings.sort(), ["caller greets Bob", "neighbour greets Bob"]);
    });

    test("several relays at once", async () => {
      const relays = network.peers.map(({ peerId }) => peerId);
      assert.deepEqual(await call("ask_relays", "x", relays), ["x", "x"]);
    });

    test("one relay after the other", async () => {
      const [first, second] = network.peers.map(({ peerId }) => peerId);
      assert.deepEqual(await call("visit", "x", [first, second, first]), ["x", "x", "x", "x"]);
    });

    test("a service that the relay lacks", async () => {
      await assert.rejects(call("missing_on_relay"), (error) => {
        assert.equal(error.error_code, 10000);
        assert.match(error.message, /ret_code is 1/);
        assert.match(error.message, /missing-service/);
        assert.equal(error.peer_id, caller.relayId);
        return true;
      });
    });
  });
}

describe("lifetime", () => {
  const expired = (error) => {
    assert.match(error.message, /expired/);
    return true;
  };

  test("a service that never answers", async () => {
    const forgetful = await Client.connect(network.peers[0], programs.ours);
    let release;
    forgetful.serve("Greeter", { ...greeter("forgetful"), never: () => new Promise((resolve) => (release = resolve)) });
    await assert.rejects(caller.call("never_answers", [forgetful.place], { ttl: SHORT_TTL_MS }), expired);
    release("too late"); // a client does not stop before its services did
    await forgetful.stop();
    assert.equal(await caller.call("identity", ["the relay goes on"]), "the relay goes on");
  });

  test("a peer that nobody knows", async () => {
    const place = { peer: NOBODY, relay: network.peers[0].peerId };
    await assert.rejects(caller.call("greet_there", ["Bob", place], { ttl: SHORT_TTL_MS }), expired);
    assert.equal(await caller.call("identity", ["the relay goes on"]), "the relay goes on");
  });

  test("a client that left", async () => {
    const leaving = await Client.connect(network.peers[1], programs.ours);
    leaving.serve("Greeter", greeter("leaving"));
    assert.equal(await caller.call("greet_there", ["Bob", leaving.place]), "leaving greets Bob");
    await leaving.stop();
    await assert.rejects(caller.call("greet_there", ["Bob", leaving.place], { ttl: SHORT_TTL_MS }), expired);
  });
});

test("1 MiB there and back", async () => {
  assert.equal(await caller.call("identity", [LARGE]), LARGE);
});

test(`${CONCURRENT} calls at a time`, async () => {
  const texts = Array.from({ length: CONCURRENT }, (_, i) => `text ${i}`);
  assert.deepEqual(await Promise.all(texts.map((text) => caller.call("identity", [text]))), texts);
});

test(`${CONCURRENT} calls at a time over two relays`, async () => {
  const names = Array.from({ length: CONCURRENT }, (_, i) => `name ${i}`);
  const greetings = await Promise.all(names.map((name) => caller.call("greet_there", [name, distant.place])));
  assert.deepEqual(greetings, names.map((name) => `distant greets ${name}`));
});

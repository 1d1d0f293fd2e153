// The published client in a real browser, behind a relay.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { missingBrowser, openPage } from "./browser.mjs";
import { Client } from "./client.mjs";
import { compiledByOurs } from "./compilers.mjs";
import { greeter } from "./greeter.mjs";
import { KIND, startNetwork } from "./peers.mjs";

describe(`a page in Chromium, relayed by ${KIND}`, { skip: missingBrowser }, () => {
  let network, browser, neighbour, distant, pagePlace;

  const interop = (name, ...args) => browser.page.evaluate(([name, args]) => window.interop[name](...args), [name, args]);

  before(async () => {
    network = await startNetwork(KIND, KIND);
    const program = compiledByOurs();
    browser = await openPage();
    const [first, second] = network.peers;
    [neighbour, distant] = await Promise.all([first, second].map((relay) => Client.connect(relay, program)));
    neighbour.serve("Greeter", greeter("neighbour"));
    distant.serve("Greeter", greeter("distant"));
    const relay = { multiaddr: first.multiaddr, peerId: first.peerId };
    pagePlace = { peer: await interop("connect", relay, program), relay: first.peerId };
  });

  after(async () => {
    await browser?.stop();
    await Promise.all([neighbour, distant].map((client) => client?.stop()));
    await network?.stop();
  });

  test("calls its relay", async () => {
    assert.equal(await interop("call", "identity", ["hello"]), "hello");
    const person = { name: "Ada", age: 36, tags: ["x"], nickname: null };
    assert.deepEqual(await interop("call", "round_trip", [person]), person);
  });

  test("calls clients in Node, on its relay and on another one", async () => {
    assert.equal(await interop("call", "greet_there", ["Bob", neighbour.place]), "neighbour greets Bob");
    assert.equal(await interop("call", "greet_there", ["Bob", distant.place]), "distant greets Bob");
  });

  test("its callbacks are called", async () => {
    assert.deepEqual(await interop("withCallbacks", ["a", "b"]), ["a!", "b!"]);
    assert.deepEqual(await interop("asked"), ["a", "b"]);
  });

  test("its services are called by clients in Node", async () => {
    assert.equal(await neighbour.call("greet_there", ["Bob", pagePlace]), "the page greets Bob");
    assert.equal(await distant.call("greet_there", ["Bob", pagePlace]), "the page greets Bob");
  });

  test("errors go both ways", async () => {
    await assert.rejects(interop("call", "fail_there", ["out of tea", neighbour.place]), /ret_code is 1.*out of tea/s);
    await assert.rejects(neighbour.call("fail_there", ["out of milk", pagePlace]), (error) => error.error_code === 10000 && /out of milk/.test(error.message));
  });

  test("100 KB there and back", async () => {
    const text = "x".repeat(100_000);
    assert.equal(await interop("call", "identity", [text]), text);
  });

  test("the page has nothing to complain about", () => {
    assert.deepEqual(browser.troubles, []);
  });

  test("leaves", async () => {
    await interop("disconnect");
  });
});

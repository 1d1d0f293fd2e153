// Hand-made particles on the wire: what a relay must take, must drop, and what it sends itself.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { multiaddr } from "@multiformats/multiaddr";
import { decode } from "it-length-prefixed";
import { startLibp2p } from "./libp2p-node.mjs";
import { PROTOCOL, decodeParticle, encodeParticle, isSignedByInitPeer, signedParticle } from "./particle.mjs";
import { KIND, startPeer } from "./peers.mjs";

const msgpack = createRequire(import.meta.url)("msgpack-lite");
const TTL_MS = 10_000;
const NOTHING = Buffer.alloc(0);

function lengthOf(message) {
  const bytes = [];
  let left = message.length;
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}
const frame = (message) => Buffer.concat([lengthOf(message), message]);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A client without a VM: sends what it is told to, and keeps what arrives. */
class BareClient {
  static async connect(relay) {
    const client = new BareClient();
    client.seed = randomBytes(32);
    client.node = await startLibp2p({ seed: client.seed });
    client.arrived = []; // messages
    client.waiting = new Map(); // particle id -> resolve
    const incoming = async (stream) => { for await (const message of decode(stream.source)) client.#keep(Buffer.from(message.subarray())); };
    await client.node.handle(PROTOCOL, ({ stream }) => incoming(stream).catch(() => {}));
    client.connection = await client.node.dial(multiaddr(relay.multiaddr));
    return client;
  }

  get peerId() {
    return this.node.peerId.toString();
  }

  #keep(message) {
    this.arrived.push(message);
    const { id } = decodeParticle(message);
    this.waiting.get(id)?.(message);
  }

  /** Asks the relay for op.identity, and to come back. */
  particle(relay, changes = {}) {
    const script = `(seq (call "${relay.peerId}" ("op" "identity") ["hello"] x) (call "${this.peerId}" ("here" "it_is") [x]))`;
    return signedParticle(this.seed, { id: randomUUID(), initPeerId: this.peerId, timestamp: Date.now(), ttl: TTL_MS, script, data: NOTHING, ...changes });
  }

  /** Writes the parts one by one; leaves the stream open unless told to close it. */
  async send(parts, { close = true } = {}) {
    const stream = await this.connection.newStream(PROTOCOL);
    const source = async function* () {
      for (const part of parts) {
        yield part;
        await pause(5);
      }
      if (!close) await new Promise(() => {});
    };
    stream.sink(source()).catch(() => {});
    return stream;
  }

  answer({ id }) {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, resolve);
      setTimeout(() => reject(new Error(`nothing came back of ${id}`)), TTL_MS).unref();
    });
  }

  stop() {
    return this.node.stop();
  }
}

describe(`a relay of kind ${KIND}`, () => {
  let relay, client;
  before(async () => {
    relay = await startPeer(KIND);
    client = await BareClient.connect(relay);
  });
  after(async () => {
    await client?.stop();
    await relay?.stop();
  });

  async function comesBack(particle, parts, options) {
    const answer = client.answer(particle);
    await client.send(parts, options);
    return answer;
  }

  /** Nothing of it comes back, though a particle that is sent after it does. */
  async function isDropped(id, parts) {
    const before = client.arrived.length;
    await client.send(parts);
    const good = client.particle(relay);
    await comesBack(good, [frame(encodeParticle(good))]);
    assert.ok(client.arrived.slice(before).every((message) => decodeParticle(message).id !== id));
  }

  test("what it sends has the init peer's words, and bytes as binary", async () => {
    const particle = client.particle(relay);
    const message = await comesBack(particle, [frame(encodeParticle(particle))]);
    const back = decodeParticle(message);
    assert.deepEqual({ ...back, data: NOTHING }, particle);
    assert.ok(isSignedByInitPeer(back));
    assert.ok(back.data.length > 0);
    const fields = msgpack.decode(message.subarray(2));
    assert.ok(Buffer.isBuffer(fields.signature) && Buffer.isBuffer(fields.data));
  });

  test("bytes as arrays of integers, as the client writes them", async () => {
    const particle = client.particle(relay);
    await comesBack(particle, [frame(encodeParticle(particle, { signature: [...particle.signature], data: [] }))]);
  });

  test("fields that it does not know", async () => {
    const particle = client.particle(relay);
    await comesBack(particle, [frame(encodeParticle(particle, { colour: "blue", more: { of: ["this"] } }))]);
  });

  test("a message in pieces, and no end of the stream", async () => {
    const particle = client.particle(relay);
    const bytes = frame(encodeParticle(particle));
    await comesBack(particle, [bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2, 50), bytes.subarray(50)], { close: false });
  });

  test("the same particle again does no harm", async () => {
    const particle = client.particle(relay);
    const bytes = frame(encodeParticle(particle));
    await comesBack(particle, [bytes]);
    await client.send([bytes]);
    const other = client.particle(relay);
    await comesBack(other, [frame(encodeParticle(other))]);
  });

  const changed = {
    "a script that was changed": (particle) => ({ ...particle, script: particle.script.replace("hello", "other") }),
    "a time that was changed": (particle) => ({ ...particle, timestamp: particle.timestamp - 1 }),
    "a signature of someone else": (particle) => ({ ...particle, signature: randomBytes(64) }),
    "a signature that is too short": (particle) => ({ ...particle, signature: particle.signature.subarray(0, 10) }),
  };
  for (const [what, change] of Object.entries(changed)) {
    test(`${what} is dropped`, async () => {
      const particle = change(client.particle(relay));
      await isDropped(particle.id, [frame(encodeParticle(particle))]);
    });
  }

  test("what is past its lifetime is dropped", async () => {
    const particle = client.particle(relay, { timestamp: Date.now() - 10_000, ttl: 5_000 });
    await isDropped(particle.id, [frame(encodeParticle(particle))]);
  });

  const garbage = {
    "an empty message": frame(NOTHING),
    "bytes that are no MessagePack": frame(Buffer.from([0x81, 0x04, 0xc1, 0xff, 0xff])),
    "another codec": frame(Buffer.from([0x80, 0x04, ...Buffer.from("{}")])),
    "an array instead of a map": frame(Buffer.concat([Buffer.from([0x81, 0x04]), msgpack.encode([1, 2, 3])])),
    "a length of more than 64 bits": Buffer.alloc(11, 0xff),
    "a length that is far too large": Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]),
    "the action that means nothing": frame(Buffer.concat([Buffer.from([0x81, 0x04]), msgpack.encode({ action: "Upgrade" })])),
  };
  for (const [what, bytes] of Object.entries(garbage)) {
    test(`${what} is survived`, () => isDropped(undefined, [bytes]));
  }

  test("a length that lies is survived", async () => {
    const message = encodeParticle(client.particle(relay));
    await isDropped(undefined, [lengthOf(Buffer.alloc(message.length + 100)), message]);
  });
});

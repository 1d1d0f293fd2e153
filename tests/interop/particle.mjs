// A particle as the message of the protocol /fluence/particle/2.0.0, without the length before it.
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import bs58 from "bs58";

const require = createRequire(import.meta.url);
const msgpack = require("msgpack-lite");
const { Uint64BE } = createRequire(require.resolve("msgpack-lite"))("int64-buffer");

export const PROTOCOL = "/fluence/particle/2.0.0";
const MESSAGE_PACK = Buffer.from([0x81, 0x04]);
const PRIVATE_KEY_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex"); // DER of an Ed25519 key
const PEER_ID_PREFIX_BYTES = 6;

/** Accepts bytes as binary and as arrays of integers. -> {id, initPeerId, timestamp, ttl, script, signature, data} */
export function decodeParticle(message) {
  if (!MESSAGE_PACK.equals(message.subarray(0, 2))) throw new Error("not MessagePack");
  const fields = msgpack.decode(Buffer.from(message.subarray(2)));
  if (fields.action !== "Particle") throw new Error(`not a particle: ${fields.action}`);
  const { id, init_peer_id: initPeerId, ttl, script } = fields;
  return { id, initPeerId, timestamp: Number(fields.timestamp), ttl, script, signature: Buffer.from(fields.signature), data: Buffer.from(fields.data) };
}

/** Writes bytes as binary: the JavaScript client reads nothing else. `more`: fields to add or to replace. */
export function encodeParticle({ id, initPeerId, timestamp, ttl, script, signature, data }, more = {}) {
  const fields = { action: "Particle", id, init_peer_id: initPeerId, timestamp: new Uint64BE(timestamp), ttl, script, signature, data, ...more };
  return Buffer.concat([MESSAGE_PACK, msgpack.encode(fields)]);
}

function signedBytes({ id, timestamp, ttl, script }) {
  const times = Buffer.alloc(12);
  times.writeBigUInt64LE(BigInt(timestamp), 0);
  times.writeUInt32LE(ttl, 8);
  return Buffer.concat([Buffer.from(id), times, Buffer.from(script)]);
}

export function isSignedByInitPeer(particle) {
  const point = Buffer.from(bs58.decode(particle.initPeerId)).subarray(PEER_ID_PREFIX_BYTES);
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_KEY_PREFIX, point]), format: "der", type: "spki" });
  return verify(null, signedBytes(particle), key, particle.signature);
}

/** seed: the secret key of the init peer, 32 bytes */
export function signedParticle(seed, particle) {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_KEY_PREFIX, seed]), format: "der", type: "pkcs8" });
  return { ...particle, signature: sign(null, signedBytes(particle), key) };
}

// Peers have names in scripts ("@alice"); their keys and ids follow from the names.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import bs58 from "bs58";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PEER_ID_PREFIX = Buffer.from("002408011220", "hex");

export const PEER_NAMES = ["alice", "bob", "carol", "dave", "erin"];

const known = new Map();

/** -> { name, seed (32 bytes), secret (key object), id, publicKey (as in the JSON view of signatures) } */
export function peerNamed(name) {
  if (!known.has(name)) known.set(name, makePeer(name));
  return known.get(name);
}

function makePeer(name) {
  const seed = createHash("sha256").update("conformance:" + name).digest();
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const point = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    name,
    seed,
    secret,
    id: bs58.encode(Buffer.concat([PEER_ID_PREFIX, point])),
    publicKey: bs58.encode(Buffer.concat([Buffer.from([0]), point])),
  };
}

/** Replaces every "@name" by the id of that peer. */
export function substitutePeers(text) {
  return text.replace(/"@(\w+)"/g, (_, name) => `"${peerNamed(name).id}"`);
}

export function nameOfPeer(id) {
  return PEER_NAMES.find((name) => peerNamed(name).id === id);
}

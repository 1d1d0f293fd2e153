// Makes a changed JSON view of data consistent again, as a hostile peer with keys of its own can:
// CIDs that fit their content (sha2-256, which receivers accept) and signatures that fit the trace.
import { createHash, sign } from "node:crypto";
import bs58 from "bs58";
import { PEER_NAMES, peerNamed } from "./peers.mjs";

const CID_HEADER = Buffer.from([0x01, 0x80, 0x04, 0x12, 0x20]);
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

function cidOf(text) {
  return "b" + base32(Buffer.concat([CID_HEADER, createHash("sha256").update(text).digest()]));
}

function base32(bytes) {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return bits.match(/.{1,5}/g).map((group) => BASE32[parseInt(group.padEnd(5, "0"), 2)]).join("");
}

// ---------- CIDs ----------

const STORES = ["value_store", "tetraplet_store", "service_result_store", "canon_element_store", "canon_result_store"];

/** The same data with every CID recomputed from the content. */
export function withFittingCids(data) {
  const renamer = new Renamer(data.cid_info);
  const cid_info = Object.fromEntries(STORES.map((store) => [store, renamer.store(store)]));
  return { ...data, cid_info, trace: renamer.renameAll(data.trace) };
}

class Renamer {
  constructor(stores) {
    this.stores = stores;
    this.renamed = new Map();
  }

  store(name) {
    return Object.fromEntries(Object.keys(this.stores[name]).map((cid) => {
      const content = this.#content(name, cid);
      return [cidOf(typeof content === "string" ? content : JSON.stringify(content)), content];
    }));
  }

  /** Content of an entry with the CIDs inside renamed, its fields in the order that is hashed. */
  #content(store, cid) {
    const entry = this.stores[store][cid];
    switch (store) {
      case "value_store":
        return entry;
      case "tetraplet_store": {
        const { peer_pk, service_id, function_name, lens } = entry;
        return { peer_pk, service_id, function_name, lens };
      }
      case "service_result_store": {
        const { value_cid, argument_hash, tetraplet_cid } = entry;
        return { value_cid: this.rename(value_cid), argument_hash, tetraplet_cid: this.rename(tetraplet_cid) };
      }
      case "canon_element_store": {
        const { type, cid: origin } = entry.provenance;
        const provenance = origin === undefined ? { type } : { type, cid: this.rename(origin) };
        return { value: this.rename(entry.value), tetraplet: this.rename(entry.tetraplet), provenance };
      }
      default:
        return { tetraplet: this.rename(entry.tetraplet), values: entry.values.map((value) => this.rename(value)) };
    }
  }

  rename(cid) {
    if (!this.renamed.has(cid)) {
      this.renamed.set(cid, cid); // ends cycles
      const store = STORES.find((name) => Object.hasOwn(this.stores[name], cid));
      if (store) {
        const content = this.#content(store, cid);
        this.renamed.set(cid, cidOf(typeof content === "string" ? content : JSON.stringify(content)));
      }
    }
    return this.renamed.get(cid);
  }

  renameAll(tree) {
    if (typeof tree === "string") return this.rename(tree);
    if (Array.isArray(tree)) return tree.map((item) => this.renameAll(item));
    if (typeof tree !== "object" || tree === null) return tree;
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, this.renameAll(value)]));
  }
}

// ---------- signatures ----------

/** The same data signed by every known peer over its CIDs in the trace. */
export function signedByAll(data, particleId) {
  const signatures = { ...data.signatures };
  for (const name of PEER_NAMES) {
    const peer = peerNamed(name);
    const cids = data.trace.map((state) => signedCid(state, data.cid_info, peer.id)).filter(Boolean);
    if (cids.length || signatures[peer.publicKey]) signatures[peer.publicKey] = signatureOf(peer, cids, particleId);
  }
  return { ...data, signatures };
}

function signedCid(state, stores, peerId) {
  const executed = state.call?.executed;
  const result = state.call?.failed ?? executed?.scalar ?? executed?.stream?.cid;
  const canon = state.canon?.executed;
  const tetraplet = result ? stores.service_result_store[result]?.tetraplet_cid : stores.canon_result_store[canon]?.tetraplet;
  return stores.tetraplet_store[tetraplet]?.peer_pk === peerId ? result ?? canon : undefined;
}

function signatureOf(peer, cids, particleId) {
  const lengthPrefixed = (text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(cids.length);
  const message = Buffer.concat([count, ...[...cids].sort().map(lengthPrefixed), lengthPrefixed(particleId)]);
  return bs58.encode(Buffer.concat([Buffer.from([0]), sign(null, message, peer.secret)]));
}

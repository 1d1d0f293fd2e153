// Hostile data: real data of a run, changed in its JSON view or in its bytes.
import { encodeData } from "./encode-data.mjs";
import { decodeEnvelope, encodeEnvelope } from "./messages.mjs";
import { Random, seedOf } from "../random.mjs";
import { signedByAll, withFittingCids } from "./sealing.mjs";

const MUTATIONS_PER_SCRIPT = 6;
const HUGE = [0, 1, 2, 5, 100, 1000, 0x7fffffff, 0x80000000, 0xffffffff];

/** Yields { request, mutation }: requests of the plan with other data. */
export function* mutatedRequests(seed, plan, viewOf) {
  const random = new Random(seedOf("mutate", seed));
  const material = plan.outcomes.filter(({ trap, data }) => !trap && data.length > 0).map(({ data }) => data);
  if (material.length === 0) return;
  for (let i = 0; i < MUTATIONS_PER_SCRIPT; i++) {
    const request = random.pick(plan.requests);
    const data = request.data.length && random.chance(0.6) ? request.data : random.pick(material);
    const { bytes, mutation } = random.chance(0.4) ? mutateBytes(random, data) : mutateView(random, viewOf(data), request.params.particleId);
    yield { request: { ...request, data: bytes }, mutation };
  }
}

// ---------- bytes ----------

const BYTE_EDITS = {
  flip(random, bytes) {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  word(random, bytes) {
    const at = 4 * random.below(bytes.length >> 2);
    bytes.writeUInt32BE(random.pick(HUGE), at);
    return bytes;
  },
  nudge(random, bytes) {
    const at = 4 * random.below(bytes.length >> 2);
    bytes.writeInt32BE((bytes.readInt32BE(at) + random.pick([-60, -24, -8, -4, -1, 1, 4, 8, 24])) | 0, at);
    return bytes;
  },
  root(random, bytes) {
    const at = Math.max(0, bytes.length - 60) + 4 * random.below(15);
    if (at + 4 <= bytes.length) bytes.writeUInt32BE(random.pick(HUGE), at);
    return bytes;
  },
  truncate: (random, bytes) => bytes.subarray(0, random.below(bytes.length)),
  cut_front: (random, bytes) => bytes.subarray(random.between(1, Math.min(64, bytes.length))),
  append: (random, bytes) => Buffer.concat([bytes, Buffer.alloc(random.between(1, 64))]),
  copy(random, bytes) {
    const length = random.between(1, Math.min(64, bytes.length));
    bytes.copy(bytes, random.below(bytes.length - length + 1), random.below(bytes.length - length + 1), bytes.length);
    return bytes;
  },
  zero(random, bytes) {
    const at = random.below(bytes.length);
    return bytes.fill(0, at, Math.min(bytes.length, at + random.between(1, 16)));
  },
};

function mutateBytes(random, data) {
  const name = random.pick(Object.keys(BYTE_EDITS));
  if (random.chance(0.25)) return { bytes: BYTE_EDITS[name](random, Buffer.from(data)), mutation: `envelope bytes: ${name}` };
  const envelope = decodeEnvelope(data);
  envelope.inner_data = BYTE_EDITS[name](random, Buffer.from(envelope.inner_data));
  return { bytes: encodeEnvelope(envelope), mutation: `archive bytes: ${name}` };
}

// ---------- JSON view ----------

function mutateView(random, view, particleId) {
  const changed = structuredClone(view);
  const names = [];
  for (let left = random.between(1, 2); left > 0; left--) {
    const name = random.pick(Object.keys(VIEW_EDITS));
    if (VIEW_EDITS[name](random, changed.data, changed) !== false) names.push(name);
  }
  if (random.chance(0.6)) changed.data = withFittingCids(changed.data);
  if (random.chance(0.7)) changed.data = signedByAll(changed.data, particleId);
  return { bytes: encodeData(changed), mutation: `view: ${names[0] ?? "nothing"}` };
}

function pickState(random, data, wanted) {
  const fitting = data.trace.filter(wanted);
  return fitting.length ? random.pick(fitting) : undefined;
}

/** Edits an entry of a random store; false if there is none. */
function editEntry(random, stores, names, edit) {
  const store = stores[random.pick(names)];
  const cids = Object.keys(store);
  if (cids.length === 0) return false;
  const cid = random.pick(cids);
  edit(store, cid, cids);
  return true;
}

const ALL_STORES = ["value_store", "tetraplet_store", "service_result_store", "canon_element_store", "canon_result_store"];
const BAD_VALUES = [
  "", "{", "1", '"x"', "null", '{"a":', '{"key":1}', '{"key":"k0","value":1}', "[".repeat(200), '{"ret_code":1}', '{"ret_code":"x","message":1}', "1e999", '"\u0001"',
];
const VERSIONS = ["0.62.0", "0.61.0", "0.60.9", "0.61.0-rc.1", "1.0.0", "99999999999999999999.0.0", "", "abc", "0.62"];
const NEW_STATES = [
  { par: [1, 0] }, { par: [0, 0] }, { ap: { gens: [0] } }, { fold: { lore: [] } }, { canon: { sent_by: "nobody" } },
  { call: { sent_by: { PeerId: "nobody" } } }, { call: { executed: { unused: "bagaaihranothing" } } },
];

const VIEW_EDITS = {
  delete_state: (random, { trace }) => void trace.splice(random.below(trace.length), 1),
  duplicate_state(random, { trace }) {
    if (trace.length === 0) return false;
    const at = random.below(trace.length);
    trace.splice(at, 0, structuredClone(trace[at]));
  },
  swap_states(random, { trace }) {
    if (trace.length < 2) return false;
    const [a, b] = [random.below(trace.length), random.below(trace.length)];
    [trace[a], trace[b]] = [trace[b], trace[a]];
  },
  insert_state: (random, { trace }) => void trace.splice(random.below(trace.length + 1), 0, structuredClone(random.pick(NEW_STATES))),
  par_size(random, data) {
    const state = pickState(random, data, ({ par }) => par);
    if (!state) return false;
    const side = random.below(2);
    state.par[side] = random.chance(0.7) ? Math.max(0, state.par[side] + random.pick([-1, 1])) : random.pick(HUGE);
  },
  fold_lore(random, data) {
    const state = pickState(random, data, ({ fold }) => fold?.lore.length);
    if (!state) return false;
    const { lore } = state.fold;
    const entry = random.pick(lore);
    switch (random.below(6)) {
      case 0:
        entry.pos = random.chance(0.5) ? random.below(data.trace.length) : random.pick(HUGE);
        return true;
      case 1:
        lore.push(structuredClone(entry));
        return true;
      case 2:
        entry.desc.pop();
        return true;
      case 3:
        lore.splice(lore.indexOf(entry), 1);
        return true;
      default: {
        const part = random.pick(entry.desc);
        const field = random.pick(["pos", "len"]);
        part[field] = random.chance(0.6) ? Math.max(0, part[field] + random.pick([-1, 1])) : random.pick(HUGE);
        return true;
      }
    }
  },
  ap_generation(random, data) {
    const state = pickState(random, data, ({ ap }) => ap);
    if (!state) return false;
    state.ap.gens = random.pick([[], [0, 1], [random.pick(HUGE)], [1], [2]]);
  },
  stream_generation(random, data) {
    const state = pickState(random, data, ({ call }) => call?.executed?.stream);
    if (!state) return false;
    state.call.executed.stream.generation = random.pick(HUGE);
  },
  call_kind(random, data) {
    const state = pickState(random, data, ({ call }) => call?.executed ?? call?.failed);
    if (!state) return false;
    const { executed, failed } = state.call;
    const cid = failed ?? executed.scalar ?? executed.unused ?? executed.stream.cid;
    state.call = random.pick([
      { failed: cid }, { executed: { scalar: cid } }, { executed: { unused: cid } }, { executed: { stream: { cid, generation: 0 } } },
    ]);
  },
  forget_result(random, data) {
    const state = pickState(random, data, ({ call, canon }) => call?.executed ?? call?.failed ?? canon?.executed);
    if (!state) return false;
    if (state.canon) state.canon = { sent_by: "nobody" };
    else state.call = { sent_by: { PeerIdWithCallId: { peer_id: "nobody", call_id: random.pick(HUGE) } } };
  },
  sender(random, data) {
    const state = pickState(random, data, ({ call }) => call?.sent_by);
    if (!state) return false;
    state.call.sent_by = random.pick([{ PeerId: "" }, { PeerIdWithCallId: { peer_id: "nobody", call_id: 1 } }]);
  },
  state_cid(random, data) {
    const state = pickState(random, data, ({ call, canon }) => call?.executed?.scalar ?? call?.failed ?? canon?.executed);
    const cids = ALL_STORES.flatMap((store) => Object.keys(data.cid_info[store]));
    if (!state || cids.length === 0) return false;
    const cid = random.chance(0.9) ? random.pick(cids) : random.pick(["", "bagaaihra", "x".repeat(61)]);
    if (state.canon) state.canon.executed = cid;
    else if (state.call.failed) state.call.failed = cid;
    else state.call.executed.scalar = cid;
  },
  lcid: (random, data) => void (data.lcid = random.pick(HUGE)),
  delete_entry: (random, data) => editEntry(random, data.cid_info, ALL_STORES, (store, cid) => delete store[cid]),
  value_text: (random, data) => editEntry(random, data.cid_info, ["value_store"], (store, cid) => (store[cid] = random.pick(BAD_VALUES))),
  swap_entries: (random, data) =>
    editEntry(random, data.cid_info, ALL_STORES, (store, cid, cids) => {
      const other = random.pick(cids);
      [store[cid], store[other]] = [store[other], store[cid]];
    }),
  tetraplet: (random, data) =>
    editEntry(random, data.cid_info, ["tetraplet_store"], (store, cid) => {
      store[cid][random.pick(["peer_pk", "service_id", "function_name", "lens"])] = random.pick(["", "x", ".$.a", "12D3KooWnobody"]);
    }),
  service_result: (random, data) =>
    editEntry(random, data.cid_info, ["service_result_store"], (store, cid) => {
      const field = random.pick(["value_cid", "argument_hash", "tetraplet_cid"]);
      store[cid][field] = random.pick([cid, ...Object.keys(data.cid_info.value_store), ...Object.keys(data.cid_info.tetraplet_store)]);
    }),
  canon_values: (random, data) =>
    editEntry(random, data.cid_info, ["canon_result_store"], (store, cid) => {
      const { values } = store[cid];
      const elements = Object.keys(data.cid_info.canon_element_store);
      random.pick([() => values.pop(), () => values.push(...values), () => values.reverse(), () => values.push(...elements)])();
    }),
  provenance: (random, data) =>
    editEntry(random, data.cid_info, ["canon_element_store"], (store, cid) => {
      const { service_result_store, canon_result_store } = data.cid_info;
      const results = Object.keys(service_result_store).map((origin) => ({ type: "service_result", cid: origin }));
      const canons = Object.keys(canon_result_store).map((origin) => ({ type: "canon", cid: origin }));
      store[cid].provenance = random.pick([{ type: "literal" }, ...results, ...canons]);
    }),
  delete_signature(random, { signatures }) {
    const keys = Object.keys(signatures);
    if (keys.length === 0) return false;
    delete signatures[random.pick(keys)];
  },
  swap_signatures(random, { signatures }) {
    const [a, b] = [random.pick(Object.keys(signatures)), random.pick(Object.keys(signatures))];
    if (a === undefined) return false;
    [signatures[a], signatures[b]] = [signatures[b], signatures[a]];
  },
  bad_signature(random, { signatures }) {
    const keys = Object.keys(signatures);
    if (keys.length === 0) return false;
    const key = random.pick(keys);
    signatures[key] = random.pick(["", "1", "2", signatures[key].slice(0, -2), signatures[key] + "z"]);
  },
  bad_key: (random, { signatures }) => void (signatures[random.pick(["", "1", "2", "1111111111111111111111111111111111"])] = "1"),
  version: (random, _data, view) => void (view.versions[random.pick(["version", "interpreter_version"])] = random.pick(VERSIONS)),
};

// Interpreter data from its JSON view: a MessagePack envelope around a big-endian rkyv 0.7 archive.
// Pointees come before pointers; every distinct CID string is written once and shared.
import bs58 from "bs58";
import { encodeEnvelope } from "./messages.mjs";

const STATE_BYTES = 24;
const CID_PREFIX = "bagaai";
const INLINE_STRING_MAX = 7;

// Cells of a structure: a Buffer, { pointer: target position } or { text, at } (a string, inline if short).
const POINTER_BYTES = 4;
const STRING_BYTES = 8;

class Archive {
  constructor() {
    this.chunks = [];
    this.length = 0;
    this.shared = new Map();
  }

  put(bytes) {
    const at = this.length;
    this.chunks.push(bytes);
    this.length += bytes.length;
    return at;
  }

  emit(cells) {
    this.put(Buffer.alloc((4 - (this.length % 4)) % 4));
    const at = this.length;
    for (const cell of cells) this.put(this.#cellBytes(cell));
    return at;
  }

  #cellBytes(cell) {
    if (Buffer.isBuffer(cell)) return cell;
    if ("pointer" in cell) return i32(cell.pointer - this.length);
    const text = Buffer.from(cell.text);
    const bytes = Buffer.alloc(STRING_BYTES);
    if (text.length <= INLINE_STRING_MAX) {
      text.copy(bytes);
      bytes[INLINE_STRING_MAX] = text.length;
    } else {
      bytes.writeUInt32BE(text.length);
      bytes.writeInt32LE(cell.at - this.length, 4);
    }
    return bytes;
  }

  /** A string that is a field of a structure. */
  string(text) {
    const bytes = Buffer.from(text);
    return bytes.length <= INLINE_STRING_MAX ? { text } : { text, at: this.put(bytes) };
  }

  /** A string behind a pointer of its own. */
  boxedString(text) {
    return { pointer: this.emit([this.string(text)]) };
  }

  slice(content) {
    const bytes = Buffer.from(content);
    return [{ pointer: this.#position(content, bytes) }, u32(bytes.length)];
  }

  #position(content, bytes) {
    const isCid = typeof content === "string" && content.startsWith(CID_PREFIX);
    if (!isCid) return this.put(bytes);
    if (!this.shared.has(content)) this.shared.set(content, this.put(bytes));
    return this.shared.get(content);
  }

  vector(items, cellsOf) {
    const cells = items.map(cellsOf);
    return [{ pointer: this.emit(cells.flat()) }, u32(items.length)];
  }

  store(entries, cellsOf) {
    return this.vector(Object.entries(entries), ([cid, value]) => [...this.slice(cid), { pointer: this.emit(cellsOf(value)) }]);
  }

  bytes() {
    return Buffer.concat(this.chunks);
  }
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function i32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const tag = (value) => Buffer.from([value, 0, 0, 0]);

function cellsSize(cells) {
  return cells.reduce((sum, cell) => sum + (Buffer.isBuffer(cell) ? cell.length : "pointer" in cell ? POINTER_BYTES : STRING_BYTES), 0);
}

function padded(cells, size) {
  return [...cells, Buffer.alloc(size - cellsSize(cells))];
}

function stateCells(archive, state) {
  const [[kind, content]] = Object.entries(state);
  switch (kind) {
    case "par":
      return [tag(0), u32(content[0]), u32(content[1])];
    case "call":
      return [tag(1), ...callCells(archive, content)];
    case "fold":
      return [tag(2), ...foldCells(archive, content.lore)];
    case "ap":
      return [tag(3), { pointer: archive.emit(content.gens.map(u32)) }, u32(content.gens.length)];
    case "canon":
      return "sent_by" in content
        ? [tag(4), tag(0), archive.boxedString(content.sent_by)]
        : [tag(4), tag(1), ...archive.slice(content.executed)];
  }
  throw new Error(`unknown state ${kind}`);
}

function callCells(archive, content) {
  const [[kind, result]] = Object.entries(content);
  if (kind === "failed") return [tag(2), ...archive.slice(result)];
  const [[variant, value]] = Object.entries(result);
  if (kind === "sent_by") {
    return variant === "PeerId"
      ? [tag(0), tag(0), archive.boxedString(value)]
      : [tag(0), tag(1), archive.boxedString(value.peer_id), u32(value.call_id)];
  }
  if (variant === "scalar") return [tag(1), tag(0), ...archive.slice(value)];
  if (variant === "stream") return [tag(1), tag(1), ...archive.slice(value.cid), u32(value.generation)];
  return [tag(1), tag(2), ...archive.slice(value)];
}

function foldCells(archive, lore) {
  return archive.vector(lore, ({ pos, desc }) => {
    const parts = archive.emit(desc.flatMap((part) => [u32(part.pos), u32(part.len)]));
    return [u32(pos), { pointer: parts }, u32(desc.length)];
  });
}

const PROVENANCE_TAGS = { literal: 0, service_result: 1, canon: 2 };

function provenanceCells(archive, { type, cid }) {
  return [tag(PROVENANCE_TAGS[type]), ...(cid === undefined ? [Buffer.alloc(8)] : archive.slice(cid))];
}

function tetrapletCells(archive, { peer_pk, service_id, function_name, lens }) {
  return [peer_pk, service_id, function_name, lens].map((text) => archive.string(text));
}

/** view: { data: { trace, lcid, cid_info, signatures } } */
export function encodeInner({ data }) {
  const archive = new Archive();
  const stores = data.cid_info;
  const root = [
    archive.vector(data.trace, (state) => padded(stateCells(archive, state), STATE_BYTES)),
    u32(data.lcid),
    archive.store(stores.value_store, (text) => archive.slice(text)),
    archive.store(stores.tetraplet_store, (tetraplet) => tetrapletCells(archive, tetraplet)),
    archive.store(stores.canon_element_store, ({ value, tetraplet, provenance }) => [
      ...archive.slice(value), ...archive.slice(tetraplet), ...provenanceCells(archive, provenance),
    ]),
    archive.store(stores.canon_result_store, ({ tetraplet, values }) => [
      ...archive.slice(tetraplet), ...archive.vector(values, (cid) => archive.slice(cid)),
    ]),
    archive.store(stores.service_result_store, ({ value_cid, argument_hash, tetraplet_cid }) => [
      ...archive.slice(value_cid), ...archive.slice(argument_hash), ...archive.slice(tetraplet_cid),
    ]),
    archive.vector(Object.entries(data.signatures), ([key, signature]) => [
      ...archive.slice(bs58.decode(key)), ...archive.slice(bs58.decode(signature)),
    ]),
  ];
  archive.emit(root.flat());
  return archive.bytes();
}

export function encodeData(view) {
  const { version, interpreter_version } = view.versions;
  return encodeEnvelope({ version, interpreter_version, inner_data: encodeInner(view) });
}

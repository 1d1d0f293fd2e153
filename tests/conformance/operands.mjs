// Random operands. `g` is the generator: { random, scope, peers, here, risky }.
// An operand that is likely to raise an error sets g.risky, so that the statement may be guarded.
import { ANY, ERROR, FUNCTION, INT, PEER, STR, FIELD, listOf, pairOf, FUNCTIONS } from "./services.mjs";

const INTS = ["0", "1", "2", "3", "-1", "+1", "42", "9223372036854775807", "-9223372036854775808"];
const FLOATS = ["1.0", "0.5", "-1.25", "100.0", "1.", "-0.0", "123456.7890"];
const STRINGS = ['""', '"a"', '"hello"', '"it\'s"', '"naïve ☃"', '"two\nlines"', '"back\\slash"', '"i"', '"k0"'];
const NO_LENS = "";

// ---------- lenses ----------

/** Every way down from a shape, at most `depth` accessors: [{ accessors, shape }]. */
function pathsFrom(shape, depth = 3) {
  if (depth === 0) return [];
  const steps = [];
  if (shape.kind === "list") steps.push({ accessor: { index: 0 }, shape: shape.item });
  if (shape.kind === "object") for (const [field, inner] of Object.entries(shape.fields)) steps.push({ accessor: { field }, shape: inner });
  return steps.flatMap((step) => [
    { accessors: [step.accessor], shape: step.shape },
    ...pathsFrom(step.shape, depth - 1).map((path) => ({ accessors: [step.accessor, ...path.accessors], shape: path.shape })),
  ]);
}

function accessorText(g, accessor, isFirst) {
  const { random } = g;
  if ("field" in accessor) {
    const byScalar = random.chance(0.08) && pickScalarOfKind(g, "field");
    return byScalar ? `.[${byScalar}]` : `.${accessor.field}`;
  }
  const byScalar = random.chance(0.12) && pickScalarOfKind(g, "int");
  const index = byScalar || (random.chance(0.85) ? accessor.index : random.below(3));
  if (byScalar || index !== accessor.index) g.risky = true;
  return random.chance(0.1) && !isFirst ? `[${index}]` : `.[${index}]`;
}

function lensText(g, accessors) {
  const flatten = g.random.chance(0.03) ? "!" : "";
  return ".$" + accessors.map((accessor, i) => accessorText(g, accessor, i === 0)).join("") + flatten;
}

function misfittingLens(g) {
  g.risky = true;
  return g.random.pick([".$.nothing", ".$.[7]", ".$.[0].a", ".length", ".$.i.s", ".$.[4294967295]", ".$.-x_"]);
}

function pickScalarOfKind(g, kind) {
  const names = g.scope.live("scalars").filter((entry) => entry.shape.kind === kind);
  return names.length ? g.random.pick(names).name : undefined;
}

// ---------- reading what is defined ----------

const sameKind = (wanted) => (read) => wanted === undefined || read.shape.kind === wanted.kind;

function readsOf(name, shape, bare = true) {
  const reads = bare ? [{ name, accessors: [], shape }] : [];
  return [...reads, ...pathsFrom(shape).map((path) => ({ name, ...path }))];
}

/** A canon map read by a key gives the list of the key's values. */
function canonMapReads(g, entry) {
  const keyed = [{ accessors: [mapKeyAccessor(g)], shape: listOf(entry.shape) }];
  keyed.push(...pathsFrom(listOf(entry.shape)).map((path) => ({ accessors: [mapKeyAccessor(g), ...path.accessors], shape: path.shape })));
  return keyed.map((read) => ({ name: entry.name, ...read }));
}

function mapKeyAccessor(g) {
  return g.random.chance(0.7) ? { field: g.random.pick(["k0", "k1"]) } : { index: g.random.below(2) };
}

/** A random read of the wanted shape among the given candidates -> { text, shape } or undefined. */
function pickRead(g, candidates, wanted) {
  const fitting = candidates.filter(sameKind(wanted));
  if (fitting.length === 0) return undefined;
  const shallow = fitting.filter((read) => read.accessors.length < 2);
  const read = g.random.pick(shallow.length && g.random.chance(0.6) ? shallow : fitting);
  const lens = read.accessors.length ? lensText(g, read.accessors) : NO_LENS;
  return { text: read.name + lens, shape: read.shape };
}

const scalarReads = (g) => g.scope.live("scalars").flatMap((entry) => readsOf(entry.name, entry.shape));
const canonReads = (g) => g.scope.live("canons").flatMap((entry) => readsOf(entry.name, listOf(entry.shape), false));
const mapReads = (g) => g.scope.live("canonMaps").flatMap((entry) => canonMapReads(g, entry));

/** scalar[lens], #canon+lens or #%canonmap+lens */
export function readOf(g, wanted) {
  const from = g.random.weighted({ scalar: 6, canon: 2, map: 2 });
  const sources = { scalar: scalarReads, canon: canonReads, map: mapReads };
  return pickRead(g, sources[from](g), wanted) ?? pickRead(g, scalarReads(g), wanted);
}

export const scalarReadOf = (g, wanted) => pickRead(g, scalarReads(g), wanted);
export const canonReadOf = (g, wanted) => pickRead(g, canonReads(g), wanted);

// ---------- operands by grammar ----------

const literal = (text) => ({ text, shape: STR });

export function peerLiteral(g) {
  if (g.random.chance(0.45)) return `"@${g.here}"`;
  g.here = g.random.pick(g.peers);
  return `"@${g.here}"`;
}

export function peerOperand(g) {
  const kind = g.random.weighted({ literal: 66, init: 8, read: 24, unknown: 0.7, wrong: 1 });
  if (kind === "init") return "%init_peer_id%";
  if (kind === "read") return readOf(g, PEER)?.text ?? peerLiteral(g);
  if (kind === "unknown") return '"nobody"';
  if (kind === "wrong") return riskyRead(g)?.text ?? peerLiteral(g);
  return peerLiteral(g);
}

export function serviceOperand(g) {
  if (g.random.chance(0.93)) return '"srv"';
  return readOf(g, g.random.chance(0.85) ? STR : INT)?.text ?? '"srv"';
}

const FUNCTION_WEIGHTS = {
  int: 10, large: 2, float: 3, str: 8, bool: 2, awkward: 3, peer: 6, function: 2, field: 3, ints: 6, strs: 3, peers: 6,
  all_peers: 3, record: 10, records: 4, pairs: 3, error: 3, echo: 8, args: 3, fail: 4, maybe: 4, not_json: 0.15,
};

/** -> { text, shape of the answer } */
export function functionOperand(g) {
  if (g.random.chance(0.04)) {
    const read = readOf(g, g.random.chance(0.8) ? FUNCTION : undefined);
    if (read) return { text: read.text, shape: ANY };
  }
  const name = g.random.weighted(FUNCTION_WEIGHTS);
  if (FUNCTIONS[name].fails) g.risky = true;
  return { text: `"${name}"`, shape: FUNCTIONS[name].shape };
}

/** A scalar that is probably not set at run time. */
function deadScalar(g) {
  const dead = g.scope.scalars.filter((entry) => !entry.live && !g.scope.isOpenIterator(entry.name));
  return dead.length ? g.random.pick(dead).name : undefined;
}

function riskyRead(g) {
  const dead = deadScalar(g);
  if (dead && g.random.chance(0.3)) {
    g.risky = true;
    return { text: dead, shape: ANY };
  }
  const names = [...g.scope.live("scalars"), ...g.scope.live("canons").filter(hasLongName), ...g.scope.live("canonMaps").filter(hasLongName)];
  if (names.length === 0) return undefined;
  return { text: g.random.pick(names).name + misfittingLens(g), shape: ANY };
}

// The lexer refuses a lens after a tag and a single letter.
const hasLongName = (entry) => entry.name.length > 2;

function lengthRead(g) {
  const lists = g.scope.live("scalars").filter((entry) => entry.shape.kind === "list");
  const named = [...lists, ...g.scope.live("canons").filter(hasLongName), ...g.scope.live("canonMaps").filter(hasLongName)];
  return named.length ? { text: g.random.pick(named).name + ".length", shape: INT } : undefined;
}

function errorOperand(g) {
  const slot = g.random.pick(["%last_error%", ":error:"]);
  if (g.random.chance(0.45)) return { text: slot, shape: ERROR };
  const code = ["error_code", INT];
  const message = ["message", STR];
  const [field, shape] = g.random.pick([code, code, message, message, ["peer_id", PEER], ["instruction", STR], ["nothing", ANY]]);
  if (shape !== INT && field !== "message") g.risky = true;
  return { text: `${slot}.$.${field}`, shape };
}

function bareCanon(g, table) {
  const canons = g.scope.live(table);
  if (canons.length === 0) return undefined;
  const { name, shape } = g.random.pick(canons);
  return { text: name, shape: table === "canons" ? listOf(shape) : ANY };
}

const VALUE_WEIGHTS = {
  read: 40, string: 10, int: 8, float: 3, bool: 3, empty: 2, init: 4, timestamp: 2, ttl: 2,
  error: 6, canon: 6, canon_map: 4, length: 5, misfit: 2,
};

/** -> { text, shape } */
export function valueOperand(g, { bareCanonMap = true } = {}) {
  const { random } = g;
  switch (random.weighted(VALUE_WEIGHTS)) {
    case "string":
      return literal(random.pick(STRINGS));
    case "int":
      return { text: random.pick(INTS), shape: INT };
    case "float":
      return { text: random.pick(FLOATS), shape: ANY };
    case "bool":
      return { text: random.pick(["true", "false"]), shape: ANY };
    case "empty":
      return { text: "[]", shape: listOf(ANY) };
    case "init":
      return { text: "%init_peer_id%", shape: PEER };
    case "timestamp":
      return { text: "%timestamp%", shape: INT };
    case "ttl":
      return { text: "%ttl%", shape: INT };
    case "error":
      return errorOperand(g);
    case "canon":
      return bareCanon(g, "canons") ?? literal('"no canon"');
    case "canon_map":
      return (bareCanonMap && bareCanon(g, "canonMaps")) || literal('"no map"');
    case "length":
      return lengthRead(g) ?? literal('"no list"');
    case "misfit":
      return riskyRead(g) ?? literal('"nothing"');
    default:
      return readOf(g) ?? { text: "7", shape: INT };
  }
}

export function keyOperand(g) {
  switch (g.random.weighted({ string: 50, int: 25, read: 20, wrong: 5 })) {
    case "string":
      return g.random.pick(['"k0"', '"k0"', '"k1"', '"k2"', '""', '"a key"']);
    case "int":
      return g.random.pick(["0", "1", "1", "2", "-5", "4294967296"]);
    case "read":
      return keyRead(g, g.random.pick([STR, INT, FIELD, PEER])) ?? '"k0"';
    default:
      g.risky = true;
      return keyRead(g, undefined) ?? '"k1"';
  }
}

function keyRead(g, wanted) {
  const read = (g.random.chance(0.25) && canonReadOf(g, wanted)) || scalarReadOf(g, wanted);
  return read?.text;
}

/** -> { text, shape of an item } */
export function iterableOperand(g) {
  const { random, scope } = g;
  switch (random.weighted({ read: 36, canon: 30, canon_map: 26, empty: 4, wrong: 4 })) {
    case "canon": {
      const canons = scope.live("canons");
      if (canons.length) return pickCanonIterable(g, canons);
      break;
    }
    case "canon_map": {
      const maps = scope.live("canonMaps");
      if (maps.length) return pickMapIterable(g, maps);
      break;
    }
    case "empty":
      return { text: "[]", shape: ANY };
    case "wrong": {
      const read = scalarReadOf(g);
      g.risky = true;
      if (read) return { text: read.text, shape: ANY };
      break;
    }
  }
  const read = scalarReadOf(g, { kind: "list" });
  return read ? { text: read.text, shape: read.shape.item } : { text: "[]", shape: ANY };
}

function pickCanonIterable(g, canons) {
  const { name, shape } = g.random.pick(canons);
  return { text: name, shape };
}

function pickMapIterable(g, maps) {
  const entry = g.random.pick(maps);
  if (g.random.chance(0.5)) return { text: entry.name, shape: pairOf(entry.shape) };
  const read = pickRead(g, canonMapReads(g, entry), { kind: "list" });
  return { text: read.text, shape: read.shape.item };
}

export function failOperands(g) {
  g.risky = true;
  const { random } = g;
  switch (random.weighted({ literal: 35, read: 20, missing: 5, canon: 14, last_error: 13, error: 13 })) {
    case "read":
      return [(scalarReadOf(g, random.chance(0.8) ? ERROR : undefined) ?? { text: "%last_error%" }).text];
    case "missing":
      return [deadScalar(g) ?? ":error:"];
    case "canon":
      return [(canonReadOf(g, { kind: "object" }) ?? canonReadOf(g) ?? { text: ":error:" }).text];
    case "last_error":
      return ["%last_error%"];
    case "error":
      return [":error:"];
    default:
      return [random.pick(["1", "42", "-3", "10000", "9223372036854775807"]), random.pick(STRINGS)];
  }
}

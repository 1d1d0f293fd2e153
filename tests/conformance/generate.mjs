// Random valid scripts. Most statements that are likely to fail are guarded by xor, so that most scripts get far.
import { Random, seedOf } from "../random.mjs";
import { Scope } from "./scope.mjs";
import { NULL, chain } from "./script.mjs";
import { PEER_NAMES } from "./peers.mjs";
import { ANY, FUNCTIONS, INT, PEER, STR, listOf, pairOf } from "./services.mjs";
import {
  failOperands, functionOperand, iterableOperand, keyOperand, peerLiteral, peerOperand, scalarReadOf, serviceOperand, valueOperand,
} from "./operands.mjs";

// The published VM traps on a non-ASCII name used as [name] in a lens, so such names are rare.
const SCALAR_SUFFIXES = ["", "", "", "_a", "-b"];

/** -> { peers, init, script (tree) } */
export function generateScript(seed) {
  const random = new Random(seedOf("script", seed));
  const peers = PEER_NAMES.slice(0, random.between(1, PEER_NAMES.length));
  const g = { random, peers, scope: new Scope(), here: peers[0], risky: false };
  const size = random.between(4, 30);
  const script = chain("seq", [...prelude(g), ...statements(g, size)]);
  return { peers, init: peers[0], script };
}

// ---------- blocks ----------

/** A few values known to the init peer before anything else. */
function prelude(g) {
  const functions = ["record", "peers", "ints", "records", "field"].filter(() => g.random.chance(0.45));
  return functions.map((name) => callOf(g, name, "%init_peer_id%"));
}

function statements(g, size) {
  const list = [];
  for (let left = size; left > 0; ) {
    const share = Math.min(left, g.random.between(1, Math.max(1, size >> 1)));
    list.push(statement(g, share));
    left -= share;
  }
  return list.length ? list : [NULL];
}

function block(g, size) {
  return chain(g.random.chance(0.85) ? "seq" : "par", statements(g, Math.max(1, size)));
}

/** One statement, guarded if it is likely to fail. */
function statement(g, size) {
  const outerRisk = g.risky;
  g.risky = false;
  let node = size > 2 ? compound(g, size) : simple(g);
  if (g.risky && g.random.chance(0.72)) {
    node = { op: "xor", kids: [node, handler(g)] };
    g.risky = false;
  }
  g.risky ||= outerRisk;
  return node;
}

function handler(g) {
  switch (g.random.weighted({ null: 30, call: 25, call_error: 25, ap: 12, rethrow: 4, statement: 4 })) {
    case "call":
      return { op: "call", peer: peerLiteral(g), service: '"srv"', function: '"echo"', args: ["%last_error%"] };
    case "call_error":
      return { op: "call", peer: peerLiteral(g), service: '"srv"', function: '"args"', args: [":error:", "%last_error%.$.error_code"] };
    case "ap":
      return { op: "ap", arg: g.random.pick([":error:.$.message", "%last_error%.$.message"]), out: newScalar(g, STR) };
    case "rethrow":
      return { op: "fail", args: [g.random.pick([":error:", "%last_error%"])] };
    case "statement":
      return simple(g);
    default:
      return NULL;
  }
}

// ---------- simple statements ----------

const SIMPLE = { call: 42, ap: 9, ap_stream: 12, ap_map: 10, canon: 10, canon_map: 7, canon_map_scalar: 3, match: 5, fail: 1.5, never: 0.4, null: 1 };
const COMPOUND = {
  block: 16, par: 16, xor: 7, match: 5, fold: 11, fold_stream: 9, fold_map: 7, new: 10,
  fan_out: 7, wait_for_length: 3, recursion: 4, gather: 6, build_map: 6, branch: 4,
};

function simple(g) {
  switch (g.random.weighted(SIMPLE)) {
    case "ap":
      return ap(g);
    case "ap_stream":
      return apStream(g);
    case "ap_map":
      return apMap(g);
    case "canon":
      return canonStream(g);
    case "canon_map":
      return canonMap(g);
    case "canon_map_scalar":
      return canonMapToScalar(g);
    case "match":
      return match(g, 1);
    case "fail":
      return { op: "fail", args: failOperands(g) };
    case "never":
      return { op: "never" };
    case "null":
      return NULL;
    default:
      return call(g);
  }
}

function compound(g, size) {
  switch (g.random.weighted(COMPOUND)) {
    case "par":
      return { op: "par", kids: [block(g, size >> 1), block(g, size >> 1)] };
    case "xor":
      return { op: "xor", kids: [block(g, size >> 1), block(g, size >> 1)] };
    case "match":
      return match(g, size - 1);
    case "fold":
      return foldScalar(g, size - 1);
    case "fold_stream":
      return foldStream(g, size - 1);
    case "fold_map":
      return foldMap(g, size - 1);
    case "new":
      return restrict(g, size - 1);
    case "fan_out":
      return fanOut(g);
    case "wait_for_length":
      return waitForLength(g);
    case "recursion":
      return recursion(g);
    case "gather":
      return gather(g);
    case "build_map":
      return buildMap(g);
    case "branch":
      return { op: "par", kids: [block(g, size - 1), NULL] };
    default:
      return block(g, size);
  }
}

function newScalar(g, shape) {
  const name = g.scope.fresh("x", SCALAR_SUFFIXES) + (g.random.chance(0.005) ? "é" : "");
  g.scope.define("scalars", name, shape);
  return name;
}

/** An output scalar; inside a fold sometimes one that shadows another. */
function scalarTarget(g, shape) {
  const { random, scope } = g;
  const plain = scope.live("scalars").filter((entry) => !scope.isOpenIterator(entry.name));
  const reuse = scope.openIterators.length ? 0.08 : 0.003;
  if (plain.length && random.chance(reuse)) {
    const entry = random.pick(plain);
    entry.shape = shape;
    return entry.name;
  }
  if (scope.openIterators.length && random.chance(0.003)) return random.pick(scope.openIterators);
  return newScalar(g, shape);
}

/** Writing to what is being walked grows it to the size limit, which takes the published VM seconds: rare. */
function growable(g, table) {
  const endless = g.random.chance(0.01);
  return g.scope[table].filter((entry) => endless || !g.scope.walked.includes(entry.name));
}

/** A stream that holds or may hold items of the shape. */
function streamTarget(g, shape) {
  const { random, scope } = g;
  const streams = growable(g, "streams");
  if (streams.length && random.chance(0.65)) {
    const entry = random.pick(streams);
    if (entry.shape.kind !== shape.kind) entry.shape = random.chance(0.5) ? shape : entry.shape;
    return entry.name;
  }
  return scope.define("streams", scope.fresh("$s"), shape).name;
}

function mapTarget(g, shape) {
  const { random, scope } = g;
  const maps = growable(g, "maps");
  if (maps.length && random.chance(0.7)) return random.pick(maps).name;
  return scope.define("maps", scope.fresh("%m"), shape).name;
}

function callTarget(g, shape) {
  switch (g.random.weighted({ scalar: 55, stream: 28, none: 17 })) {
    case "scalar":
      return scalarTarget(g, shape);
    case "stream":
      return streamTarget(g, shape);
    default:
      return undefined;
  }
}

function call(g) {
  const peer = peerOperand(g);
  const service = serviceOperand(g);
  const called = functionOperand(g);
  const args = Array.from({ length: g.random.weighted({ 0: 30, 1: 40, 2: 20, 3: 10 }) | 0 }, () => valueOperand(g).text);
  return { op: "call", peer, service, function: called.text, args, out: callTarget(g, called.shape) };
}

function callOf(g, name, peer = peerLiteral(g), args = []) {
  return { op: "call", peer, service: '"srv"', function: `"${name}"`, args, out: newScalar(g, FUNCTIONS[name].shape) };
}

function ap(g) {
  const { text, shape } = valueOperand(g, { bareCanonMap: false });
  return { op: "ap", arg: text, out: scalarTarget(g, shape) };
}

function apStream(g) {
  const { text, shape } = valueOperand(g, { bareCanonMap: false });
  return { op: "ap", arg: text, out: streamTarget(g, shape) };
}

function apMap(g) {
  const key = keyOperand(g);
  const { text, shape } = valueOperand(g, { bareCanonMap: false });
  return { op: "ap_map", key, arg: text, out: mapTarget(g, shape) };
}

function canonStream(g, stream = pickStream(g), peer = peerOperand(g)) {
  const to = reusedCanon(g, "canons") ?? g.scope.fresh(g.random.pick(["#c", "#$c", "#canon"]), ["", "_x"]);
  g.scope.define("canons", to, stream.shape);
  return { op: "canon", peer, from: stream.name, to };
}

function canonMap(g, map = pickMap(g), peer = peerOperand(g)) {
  const to = reusedCanon(g, "canonMaps") ?? g.scope.fresh("#%m");
  g.scope.define("canonMaps", to, map.shape);
  return { op: "canon", peer, from: map.name, to };
}

function canonMapToScalar(g, map = pickMap(g)) {
  return { op: "canon", peer: peerOperand(g), from: map.name, to: newScalar(g, { kind: "object", fields: { k0: map.shape, k1: map.shape } }) };
}

// Inside a fold a canon may be bound again on every level.
function reusedCanon(g, table) {
  const known = g.scope.live(table);
  return g.scope.openIterators.length && known.length && g.random.chance(0.1) ? g.random.pick(known).name : undefined;
}

function pickStream(g) {
  const { random, scope } = g;
  if (scope.streams.length && random.chance(0.97)) return random.pick(scope.streams);
  return { name: scope.fresh("$unknown"), shape: ANY };
}

function pickMap(g) {
  const { random, scope } = g;
  if (scope.maps.length && random.chance(0.97)) return random.pick(scope.maps);
  return { name: scope.fresh("%unknown"), shape: ANY };
}

function match(g, size) {
  const { random } = g;
  const left = valueOperand(g).text;
  const right = random.chance(0.5) ? left : valueOperand(g).text;
  const op = random.chance(0.6) === (left === right) ? "match" : "mismatch";
  g.risky = true;
  return { op, left, right, kids: [block(g, size)] };
}

// ---------- folds ----------

function foldScalar(g, size) {
  const iterable = iterableOperand(g);
  return fold(g, { ...iterable, size, isStream: false });
}

function foldStream(g, size) {
  const { random, scope } = g;
  if (scope.streams.length === 0) return fillThen(g, apStream, () => foldStream(g, size));
  const stream = random.pick(scope.streams);
  return unblocked(g, fold(g, { text: stream.name, shape: stream.shape, size, isStream: true }));
}

function foldMap(g, size) {
  const { random, scope } = g;
  if (scope.maps.length === 0) return fillThen(g, apMap, () => foldMap(g, size));
  const map = random.pick(scope.maps);
  return unblocked(g, fold(g, { text: map.name, shape: pairOf(map.shape), size, isStream: true }));
}

function fillThen(g, fill, rest) {
  const first = fill(g);
  return { op: "seq", kids: [first, rest()] };
}

/** A fold over a stream without a last instruction never completes; put most of those beside the rest. */
function unblocked(g, node) {
  return node.kids.length === 1 && g.random.chance(0.6) ? { op: "par", kids: [node, NULL] } : node;
}

function fold(g, { text, shape, size, isStream }) {
  const { random, scope } = g;
  const iterator = iteratorName(g, isStream ? "j" : "i");
  const body = scope.inner(() => {
    scope.define("scalars", iterator, shape);
    scope.openIterators.push(iterator);
    scope.walked.push(text);
    const made = foldBody(g, iterator, size, isStream);
    scope.walked.pop();
    scope.openIterators.pop();
    return made;
  });
  scope.scalars.find((entry) => entry.name === iterator).live = false;
  const last = lastInstruction(g, isStream ? 0.65 : 0.25);
  return { op: "fold", over: text, iterator, kids: last ? [body, last] : [body] };
}

/**
 * Sibling folds may share an iterator name, nested ones may not. The validator forbids instructions after
 * next by the iterator's name, so a fold over a stream shares none with a fold that may have them.
 */
function iteratorName(g, prefix) {
  const { random, scope } = g;
  const free = scope.scalars.filter((entry) => entry.name.startsWith(prefix) && !entry.live && !scope.isOpenIterator(entry.name));
  return free.length && random.chance(0.15) ? random.pick(free).name : scope.fresh(prefix);
}

function lastInstruction(g, probability) {
  if (!g.random.chance(probability)) return undefined;
  return g.random.chance(0.6) ? NULL : g.random.chance(0.1) ? { op: "never" } : simple(g);
}

const STREAM_BODIES = { seq: 30, par: 30, without: 7, only: 4, xor_right: 5, xor_around: 10, match: 4, new: 6, seq_guarded: 6 };
const SCALAR_BODIES = { ...STREAM_BODIES, next_first: 10, next_first_par: 8, next_between: 6 };

/** A fold's body with its `next` in one of many places. After next, a fold over a stream must not go on. */
function foldBody(g, iterator, size, isStream) {
  const next = { op: "next", iterator };
  const body = () => block(g, size);
  switch (g.random.weighted(isStream ? STREAM_BODIES : SCALAR_BODIES)) {
    case "par":
      return { op: "par", kids: [body(), next] };
    case "without":
      return body();
    case "only":
      return next;
    case "xor_right":
      return { op: "xor", kids: [body(), next] };
    case "xor_around":
      return { op: "xor", kids: [{ op: "seq", kids: [body(), next] }, handler(g)] };
    case "match":
      return { op: "xor", kids: [guardedBy(g, () => ({ op: "seq", kids: [body(), next] })), NULL] };
    case "new":
      return restrictAround(g, () => ({ op: "seq", kids: [body(), next] }));
    case "seq_guarded":
      return { op: "seq", kids: [body(), { op: "xor", kids: [guardedBy(g, () => next), NULL] }] };
    case "next_first":
      return { op: "seq", kids: [next, body()] };
    case "next_first_par":
      return { op: "par", kids: [next, body()] };
    case "next_between":
      return { op: "seq", kids: [block(g, size >> 1), { op: "seq", kids: [next, block(g, size >> 1)] }] };
    default:
      return { op: "seq", kids: [body(), next] };
  }
}

function guardedBy(g, makeBody) {
  const left = valueOperand(g).text;
  const right = g.random.chance(0.6) ? left : valueOperand(g).text;
  return { op: left === right ? "match" : "mismatch", left, right, kids: [makeBody()] };
}

// ---------- new ----------

function restrict(g, size) {
  return restrictAround(g, () => block(g, size));
}

const TABLES = { scalar: "scalars", stream: "streams", map: "maps", canon: "canons", canon_map: "canonMaps" };
const PREFIXES = { scalar: "x", stream: "$s", map: "%m", canon: "#c", canon_map: "#%m" };

function restrictAround(g, makeBody) {
  const { random, scope } = g;
  const kind = random.weighted({ scalar: 25, stream: 40, map: 20, canon: 10, canon_map: 6 });
  const known = scope[TABLES[kind]].filter((entry) => !scope.isOpenIterator(entry.name));
  const entry = known.length && random.chance(0.5) ? random.pick(known) : undefined;
  const name = entry?.name ?? scope.fresh(PREFIXES[kind]);
  const isContainer = kind === "stream" || kind === "map";
  // A cleared scalar or canon cannot be read until it is set again.
  if (entry && !isContainer) entry.live = random.chance(0.35);
  if (entry?.live && !isContainer) g.risky = true;
  if (!entry && isContainer) scope.define(TABLES[kind], name, ANY);
  const body = makeBody();
  if (entry) entry.live = true;
  return { op: "new", name, kids: [kind === "scalar" ? { op: "seq", kids: [setScalar(g, name), body] } : body] };
}

function setScalar(g, name) {
  return g.random.chance(0.6) ? { op: "call", peer: peerLiteral(g), service: '"srv"', function: '"record"', args: [], out: name } : NULL;
}

// ---------- idioms of compiled programs ----------

/** Calls on every peer of a list write to a stream, which is then made canonical. */
function fanOut(g) {
  const { random, scope } = g;
  const peers = scalarReadOf(g, listOf(PEER));
  const iterable = peers?.shape.item.kind === "peer" ? peers.text : undefined;
  const first = iterable ? [] : [callOf(g, random.pick(["peers", "all_peers"]))];
  const over = iterable ?? first[0].out;
  const iterator = scope.fresh("i");
  const called = functionOperand(g);
  const out = streamTarget(g, called.shape);
  const branch = { op: "call", peer: iterator, service: '"srv"', function: called.text, args: [iterator], out };
  const guarded = random.chance(0.3) ? { op: "xor", kids: [branch, NULL] } : branch;
  const spread = { op: "fold", over, iterator, kids: [{ op: "par", kids: [guarded, { op: "next", iterator }] }] };
  const collect = canonStream(g, { name: out, shape: called.shape }, peerLiteral(g));
  return chain("seq", [...first, spread, collect]);
}

/** Folds over a stream until it holds enough values, like a compiled `join`. */
function waitForLength(g) {
  const { random, scope } = g;
  const writers = Array.from({ length: random.between(1, 3) }, () => ({
    op: "call", peer: peerLiteral(g), service: '"srv"', function: '"int"', args: [], out: undefined,
  }));
  const stream = streamTarget(g, INT);
  writers.forEach((writer) => (writer.out = stream));
  const iterator = scope.fresh("i");
  const canon = scope.fresh("#test");
  const wait = chain("seq", [
    { op: "canon", peer: peerLiteral(g), from: stream, to: canon },
    { op: "xor", kids: [{ op: "match", left: `${canon}.length`, right: String(random.between(1, 3)), kids: [NULL] }, { op: "next", iterator }] },
  ]);
  const last = random.chance(0.7) ? { op: "never" } : NULL;
  const node = { op: "seq", kids: [chain("par", [...writers, NULL]), { op: "fold", over: stream, iterator, kids: [wait, last] }] };
  return random.chance(0.5) ? { op: "new", name: canon, kids: [node] } : node;
}

/** A fold whose body writes to the stream it walks, counting down. */
function recursion(g) {
  const { random, scope } = g;
  const stream = random.chance(0.7) ? scope.define("streams", scope.fresh("$r"), INT).name : streamTarget(g, INT);
  const iterator = scope.fresh("i");
  const start = { op: "ap", arg: String(random.between(1, 3)), out: stream };
  const write = random.chance(0.75)
    ? { op: "call", peer: peerLiteral(g), service: '"srv"', function: '"decrement"', args: [iterator], out: stream }
    : { op: "ap", arg: "0", out: stream };
  const step = { op: "xor", kids: [{ op: "mismatch", left: iterator, right: "0", kids: [write] }, NULL] };
  const body = { op: random.pick(["seq", "par"]), kids: [step, { op: "next", iterator }] };
  const last = lastInstruction(g, 0.6);
  const walk = unblocked(g, { op: "fold", over: stream, iterator, kids: last ? [body, last] : [body] });
  return { op: "seq", kids: [start, walk] };
}

/** Parallel calls on several peers, then one that needs all of their results. */
function gather(g) {
  const names = Array.from({ length: g.random.between(2, 3) }, () => g.random.pick(["int", "record", "peers", "str"]));
  const calls = names.map((name) => callOf(g, name));
  const use = { ...callOf(g, "args"), args: calls.map((node) => node.out) };
  return { op: "seq", kids: [chain("par", calls), use] };
}

/** Pairs into a map, then its canon. */
function buildMap(g) {
  const { random, scope } = g;
  const map = scope.define("maps", scope.fresh("%m"), ANY);
  const pairs = Array.from({ length: random.between(1, 4) }, () => {
    const { text, shape } = valueOperand(g, { bareCanonMap: false });
    map.shape = shape;
    return { op: "ap_map", key: keyOperand(g), arg: text, out: map.name };
  });
  const finish = random.chance(0.8) ? canonMap(g, map) : canonMapToScalar(g, map);
  return chain("seq", [...pairs, finish]);
}

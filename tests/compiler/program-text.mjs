// Random well-typed programs that run to the same result whatever the order of messages.
//
// A variable that a parallel branch defines is read where the branches started before anything else happens: the
// published compiler brings it there, and only there. Streams that branches fill are joined, and their order is not
// looked at.
import { Random, seedOf } from "../random.mjs";

const PEERS = ["@bob", "@carol", "@dave", "@eve", "@fred"];
const PREAMBLE = `aqua Random

export main

service Text("text"):
  echo(s: string) -> string
  peer() -> string
  fail(s: string) -> string

service Num("num"):
  echo(n: u32) -> u32

service Flag("flag"):
  echo(b: bool) -> bool

data Pair:
  n: u32
  s: string

ability Tool:
  base: u32
  run(n: u32) -> u32
`;

const SCALARS = ["u32", "string", "bool"];
const DEPTH_MAX = 3;

/** {text, runs: [arguments]} */
export function randomProgram(seed) {
  return new Generator(new Random(seedOf("aqua program", seed))).program();
}

class Generator {
  constructor(random) {
    this.random = random;
    this.counter = 0;
    this.lines = [];
    this.functions = []; // {name, parameters: [type], results: [type]}
    this.isUnordered = false;
  }

  program() {
    const peerCount = this.random.between(1, PEERS.length);
    for (let i = this.random.below(3); i > 0; i--) this.declareFunction();
    const peers = PEERS.slice(0, peerCount).map((_, i) => `p${i}`);
    const numbers = Array.from({ length: this.random.between(1, 4) }, () => this.random.below(10));
    const given = { ...Object.fromEntries(peers.map((name, i) => [name, PEERS[i]])), ps: PEERS.slice(0, peerCount), ns: numbers, word: "word", num: this.random.below(10), flag: this.random.chance(0.5) };
    const types = [...peers.map(() => "peer"), "[]peer", "[]u32", "string", "u32", "bool"];
    const variables = Object.keys(given).map((name, i) => ({ name, type: types[i], length: Array.isArray(given[name]) ? given[name].length : undefined }));
    const scope = { variables: [...variables], streams: [], closures: [], depth: 0, isBranch: false };
    const body = this.collected(() => this.block(scope, "  ", this.random.between(2, 6)));
    const results = this.results(scope);
    const header = `func main(${variables.map(({ name, type }) => `${name}: ${type.replace("peer", "string")}`).join(", ")}) -> ${results.map(({ type }) => type).join(", ")}:`;
    const lines = [header, ...body, `  <- ${results.map(({ text }) => text).join(", ")}`];
    const order = this.isUnordered ? "-- order: free\n" : "";
    return { text: `-- run: main ${JSON.stringify(given)}\n${order}\n${PREAMBLE}\n${this.lines.join("\n")}${this.lines.length > 0 ? "\n\n" : ""}${lines.join("\n")}\n` };
  }

  // --- declarations ---------------------------------------------------------------------

  declareFunction() {
    const name = this.fresh("fun");
    const kinds = Array.from({ length: this.random.between(1, 3) }, () => this.random.weighted({ u32: 3, string: 2, bool: 1, peer: 2, stream: 1, arrow: 1 }));
    const parameters = kinds.map((kind) => ({ name: this.fresh("a"), kind }));
    const spelled = { stream: "*u32", arrow: "u32 -> u32", peer: "string" };
    const scope = {
      variables: parameters.filter(({ kind }) => kind !== "stream" && kind !== "arrow").map(({ name: variable, kind }) => ({ name: variable, type: kind })),
      streams: parameters.filter(({ kind }) => kind === "stream").map(({ name: stream }) => ({ name: stream, type: "u32", known: 0 })),
      closures: parameters.filter(({ kind }) => kind === "arrow").map(({ name: closure }) => ({ name: closure })),
      depth: 1, isBranch: false,
    };
    const body = this.collected(() => this.block(scope, "  ", this.random.between(1, 3)));
    const result = this.random.pick(["u32", "string", "bool"]);
    const header = parameters.map(({ name: parameter, kind }) => `${parameter}: ${spelled[kind] ?? kind}`);
    // An arrow type takes all that follows, so it stands last.
    header.sort((a, b) => a.includes("->") - b.includes("->"));
    const sorted = [...parameters].sort((a, b) => (a.kind === "arrow") - (b.kind === "arrow"));
    if (sorted.filter(({ kind }) => kind === "arrow").length > 1) return;
    const returned = this.expression(scope, result, 1);
    this.lines.push(`func ${name}(${header.join(", ")}) -> ${result}:`, ...body, `  <- ${returned}`, "");
    this.functions.push({ name, kinds: sorted.map(({ kind }) => kind), result });
  }

  results(scope) {
    const results = [];
    for (const { name, type } of scope.variables.slice(-4)) if (type !== "peer" && type !== "[]peer") results.push({ text: name, type });
    for (const { name, type } of scope.streams) results.push(this.random.chance(0.7) ? { text: name, type: `[]${type}` } : { text: `${name}.length`, type: "u32" });
    results.push({ text: this.expression(scope, "u32", 1), type: "u32" });
    return results;
  }

  // --- statements -----------------------------------------------------------------------

  block(scope, indent, count) {
    for (let i = 0; i < count; i++) this.statement(scope, indent);
  }

  statement(scope, indent) {
    const isDeep = scope.depth >= DEPTH_MAX;
    const streams = scope.streams.filter(({ isFrozen }) => !isFrozen);
    const kind = this.random.weighted({
      assign: 3, call: 5, stream: scope.isBranch ? 0 : 2, push: streams.length > 0 ? 4 : 0,
      struct: 1, array: 1, option: 1, functionCall: this.functions.length > 0 ? 3 : 0, closureCall: scope.closures.length > 0 ? 2 : 0,
      on: isDeep ? 0 : 4, if: isDeep ? 0 : 2, for: isDeep ? 0 : 2, try: isDeep ? 0 : 2, closure: isDeep ? 0 : 1, ability: isDeep ? 0 : 1,
      par: isDeep ? 0 : 2, co: isDeep ? 0 : 1, forPar: isDeep || scope.isBranch ? 0 : 2, parStream: isDeep || scope.isBranch ? 0 : 1, forTry: isDeep ? 0 : 1,
    });
    this[kind](scope, indent, streams);
  }

  assign(scope, indent) {
    const type = this.random.pick(SCALARS);
    this.define(scope, indent, "v", type, "=", this.expression(scope, type, 2));
  }

  call(scope, indent) {
    const type = this.random.pick(["u32", "string", "bool", "peer"]);
    this.define(scope, indent, "r", type, "<-", this.serviceCall(scope, type, 2));
  }

  stream(scope, indent) {
    const type = this.random.pick(["u32", "string"]);
    const name = this.fresh("s");
    this.emit(indent, `${name}: *${type}`);
    scope.streams.push({ name, type, known: 0 });
  }

  push(scope, indent, streams) {
    const stream = this.random.pick(streams);
    if (this.random.chance(0.4)) this.emit(indent, `${stream.name} <- ${this.serviceCall(scope, stream.type, 1)}`);
    else this.emit(indent, `${stream.name} <<- ${this.expression(scope, stream.type, 2)}`);
    if (!scope.isConditional) stream.known += 1;
  }

  struct(scope, indent) {
    const pairs = scope.variables.filter(({ type }) => type === "Pair");
    if (pairs.length > 0 && this.random.chance(0.5)) {
      const field = this.random.chance(0.5) ? `n = ${this.expression(scope, "u32", 1)}` : `s = ${this.expression(scope, "string", 1)}`;
      this.define(scope, indent, "d", "Pair", "=", `${this.random.pick(pairs).name}.copy(${field})`);
    } else this.define(scope, indent, "d", "Pair", "=", `Pair(n = ${this.expression(scope, "u32", 1)}, s = ${this.expression(scope, "string", 1)})`);
  }

  array(scope, indent) {
    const type = this.random.pick(["u32", "string"]);
    const items = Array.from({ length: this.random.between(1, 4) }, () => this.expression(scope, type, 1));
    this.define(scope, indent, "xs", `[]${type}`, "=", `[${items.join(", ")}]`, items.length);
  }

  option(scope, indent) {
    const type = this.random.pick(["u32", "string"]);
    this.define(scope, indent, "o", `?${type}`, "=", `?[${this.expression(scope, type, 1)}]`);
  }

  callOfFunction(scope) {
    const callee = this.random.pick(this.functions);
    const given = callee.kinds.map((kind) => this.argument(scope, kind));
    return given.includes(undefined) ? undefined : { text: `${callee.name}(${given.join(", ")})`, result: callee.result };
  }

  argument(scope, kind) {
    if (kind === "stream") {
      const streams = scope.streams.filter(({ type, isFrozen }) => type === "u32" && !isFrozen);
      return streams.length > 0 ? this.random.pick(streams).name : undefined;
    }
    if (kind !== "arrow") return this.expression(scope, kind, 1);
    if (scope.closures.length > 0 && this.random.chance(0.6)) return this.random.pick(scope.closures).name;
    return "Num.echo";
  }

  functionCall(scope, indent) {
    const made = this.callOfFunction(scope);
    if (made) this.define(scope, indent, "f", made.result, "<-", made.text);
    else this.call(scope, indent);
  }

  closure(scope, indent) {
    const [name, parameter] = [this.fresh("c"), this.fresh("x")];
    const inner = this.inner(scope, { isBranch: true });
    inner.variables.push({ name: parameter, type: "u32" });
    inner.streams = inner.streams.map((stream) => ({ ...stream, isFrozen: true }));
    this.emit(indent, `${name} = ${this.random.chance(0.5) ? "func " : ""}(${parameter}: u32) -> u32:`);
    this.block(inner, `${indent}  `, this.random.between(0, 2));
    this.emit(`${indent}  `, `<- ${this.expression(inner, "u32", 2)}`);
    scope.closures.push({ name, isLocal: true });
  }

  closureCall(scope, indent) {
    this.define(scope, indent, "k", "u32", "<-", `${this.random.pick(scope.closures).name}(${this.expression(scope, "u32", 1)})`);
  }

  ability(scope, indent) {
    // The published compiler loses arrows that came as an argument.
    const closures = scope.closures.filter(({ isLocal }) => isLocal);
    if (closures.length === 0) return this.closure(scope, indent);
    const name = this.fresh("t");
    // In the published compiler a field of an ability that is an element of an array becomes the whole array.
    const base = this.expression(scope, "u32", 1);
    this.emit(indent, `${name} = Tool(base = ${/[\].!]/.test(base) ? "7" : base}, run = ${this.random.pick(closures).name})`);
    this.define(scope, indent, "r", "u32", "<-", `${name}.run(${this.random.chance(0.5) ? `${name}.base` : this.expression(scope, "u32", 1)})`);
  }

  on(scope, indent) {
    const { line, peer } = this.onLine(scope);
    this.emit(indent, line);
    const inner = { ...scope, depth: scope.depth + 1, closures: [...scope.closures], around: [...(scope.around ?? []), peer] };
    this.block(inner, `${indent}  `, this.random.between(1, 3));
    if (inner.closures.length > scope.closures.length) scope.closures.push(...inner.closures.slice(scope.closures.length));
  }

  onLine(scope) {
    const peer = this.peer(scope);
    let relay = this.random.chance(0.3) ? (this.random.chance(0.5) ? "HOST_PEER_ID" : this.peer(scope)) : "";
    // A relay that is the peer itself or the peer of an "on" around it is left out by the published compiler, even where
    // nothing happens on that peer.
    if (relay === peer || (scope.around ?? []).includes(relay)) relay = "";
    return { line: `on ${peer}${relay ? ` via ${relay}` : ""}:`, peer };
  }

  if(scope, indent) {
    this.emit(indent, `if ${this.expression(scope, "bool", 2)}:`);
    const then = this.inner(scope);
    this.block(then, `${indent}  `, this.random.between(1, 3));
    if (this.random.chance(0.6)) {
      // Where nothing happens in the first branch, the published compiler runs the second one in its place.
      this.call(then, `${indent}  `);
      this.emit(indent, "else:");
      this.block(this.inner(scope), `${indent}  `, this.random.between(1, 3));
    }
  }

  for(scope, indent) {
    const [item, source] = this.iterated(scope);
    this.emit(indent, `for ${item.name} <- ${source}:`);
    const inner = this.inner(scope);
    inner.variables.push(item);
    this.block(inner, `${indent}  `, this.random.between(1, 3));
  }

  forTry(scope, indent) {
    const [item, source] = this.iterated(scope);
    this.emit(indent, `for ${item.name} <- ${source} try:`);
    const inner = this.inner(scope);
    inner.variables.push(item);
    this.block(inner, `${indent}  `, this.random.between(1, 2));
    if (this.random.chance(0.4)) this.emit(`${indent}  `, `Text.fail(${this.expression(inner, "string", 1)})`);
  }

  iterated(scope) {
    const arrays = scope.variables.filter(({ type }) => type.startsWith("[]"));
    const name = this.fresh("i");
    if (arrays.length === 0 || this.random.chance(0.2)) return [{ name, type: "u32" }, "[1, 2, 3]"];
    const array = this.random.pick(arrays);
    return [{ name, type: array.type.slice(2) }, array.name];
  }

  try(scope, indent) {
    this.emit(indent, "try:");
    const inner = this.inner(scope);
    this.block(inner, `${indent}  `, this.random.between(1, 2));
    if (this.random.chance(0.6)) this.emit(`${indent}  `, `Text.fail(${this.expression(inner, "string", 1)})`);
    // Where the body only defines a closure, the published compiler runs the next branch.
    else this.call(inner, `${indent}  `);
    if (this.random.chance(0.5)) {
      const error = this.fresh("e");
      this.emit(indent, `catch ${error}:`);
      const caught = this.inner(scope);
      if (this.random.chance(0.5)) this.emit(`${indent}  `, `Text.echo(${error}.message)`);
      this.block(caught, `${indent}  `, this.random.between(1, 2));
    } else if (this.random.chance(0.5)) {
      this.emit(indent, "otherwise:");
      this.block(this.inner(scope), `${indent}  `, this.random.between(1, 2));
    }
  }

  par(scope, indent) {
    const defined = [];
    const branches = this.random.between(2, 3);
    for (let i = 0; i < branches; i++) defined.push(...this.branch(scope, indent, i === 0 ? "" : "par "));
    this.readAll(scope, indent, defined);
  }

  co(scope, indent) {
    this.readAll(scope, indent, this.branch(scope, indent, "co "));
  }

  // What a branch defines is not visible to the others; it ends with a call whose result is read afterwards.
  branch(scope, indent, prefix) {
    const type = this.random.pick(["u32", "string"]);
    const name = this.fresh("b");
    const inner = this.inner(scope, { isBranch: true });
    inner.streams = inner.streams.map((stream) => ({ ...stream, isFrozen: true }));
    if (this.random.chance(0.2)) {
      this.emit(indent, `${prefix}${name} <- ${this.serviceCall(inner, type, 1)}`);
      return [{ name, type }];
    }
    const { line, peer } = this.onLine(scope);
    this.emit(indent, `${prefix}${line}`);
    inner.around = [...(scope.around ?? []), peer];
    this.block(inner, `${indent}  `, this.random.below(3));
    this.emit(`${indent}  `, `${name} <- ${this.serviceCall(inner, type, 1)}`);
    return [{ name, type }];
  }

  readAll(scope, indent, defined) {
    for (const { name, type } of defined) this.define(scope, indent, "j", type, "<-", `${type === "u32" ? "Num" : "Text"}.echo(${name})`);
  }

  forPar(scope, indent) {
    const arrays = scope.variables.filter(({ type, length }) => type === "[]peer" && length > 0);
    if (arrays.length === 0) return this.call(scope, indent);
    const array = this.random.pick(arrays);
    this.filled(scope, indent, array.length, (stream, type) => {
      const item = { name: this.fresh("i"), type: "peer" };
      this.emit(indent, `for ${item.name} <- ${array.name} par:`);
      this.emit(`${indent}  `, `on ${item.name}${this.random.chance(0.3) ? " via HOST_PEER_ID" : ""}:`);
      const inner = this.inner(scope, { isBranch: true });
      inner.streams = inner.streams.map((other) => ({ ...other, isFrozen: true }));
      inner.variables.push(item);
      this.block(inner, `${indent}    `, this.random.below(2));
      this.emit(`${indent}    `, `${stream} <- ${this.serviceCall(inner, type, 1)}`);
    });
  }

  parStream(scope, indent) {
    const branches = this.random.between(2, 3);
    this.filled(scope, indent, branches, (stream, type) => {
      for (let i = 0; i < branches; i++) {
        this.emit(indent, `${i === 0 ? "" : "par "}${this.onLine(scope).line}`);
        this.emit(`${indent}  `, `${stream} <- ${this.serviceCall(scope, type, 1)}`);
      }
    });
  }

  // A stream that branches fill; what follows waits until all have written.
  filled(scope, indent, count, write) {
    const type = this.random.pick(["u32", "string"]);
    const stream = this.fresh("s");
    this.emit(indent, `${stream}: *${type}`);
    write(stream, type);
    this.emit(indent, `join ${stream}[${count - 1}]`);
    this.define(scope, indent, "n", "u32", "=", `${stream}.length`);
    this.isUnordered = true;
    scope.streams.push({ name: stream, type, known: 0, isFrozen: true });
  }

  // --- expressions ----------------------------------------------------------------------

  expression(scope, type, depth) {
    const choices = [() => this.literal(scope, type), () => this.literal(scope, type)];
    const add = (weight, make) => choices.push(...Array(weight).fill(make));
    const variables = scope.variables.filter((variable) => variable.type === type);
    if (variables.length > 0) add(4, () => this.random.pick(variables).name);
    for (const { name, type: other, length } of scope.variables) {
      if (other === `[]${type}` && length > 0) add(1, () => `${name}[${this.random.below(length)}]`);
      if (other === `?${type}`) add(1, () => `${name}!`);
      if (other.startsWith("[]") && type === "u32") add(1, () => `${name}.length`);
      if (other === "Pair" && type === "u32") add(1, () => `${name}.n`);
      if (other === "Pair" && type === "string") add(1, () => `${name}.s`);
    }
    for (const { name, type: other, known, isFrozen } of scope.streams) {
      if (isFrozen) continue;
      if (type === "u32") add(1, () => `${name}.length`);
      if (other === type && known > 0) add(2, () => `${name}[${this.random.below(known)}]`);
    }
    if (depth > 0) {
      if (type === "u32") add(3, () => this.arithmetic(scope, depth));
      if (type === "bool") add(5, () => this.comparison(scope, depth));
      if (type !== "peer") add(1, () => this.serviceCall(scope, type, depth - 1));
    }
    return this.random.pick(choices)();
  }

  literal(scope, type) {
    if (type === "peer") return this.peer(scope);
    if (type === "u32") return String(this.random.below(20));
    if (type === "bool") return String(this.random.chance(0.5));
    return `"${this.random.pick(["a", "b", "word", "x y"])}"`;
  }

  arithmetic(scope, depth) {
    const [a, b] = [this.expression(scope, "u32", depth - 1), this.expression(scope, "u32", depth - 1)];
    switch (this.random.pick(["+", "*", "/", "%", "**", "-"])) {
      case "+": return `(${a} + ${b})`;
      case "*": return `(${a} % 50 * ${b} % 50)`;
      case "/": return `(${a} / ${this.random.between(1, 5)})`;
      case "%": return `(${a} % ${this.random.between(1, 7)})`;
      case "-": return `(${a} + 100 - ${this.random.below(50)})`;
      default: return `(${this.random.between(0, 3)} ** ${this.random.between(0, 4)} + ${b})`;
    }
  }

  comparison(scope, depth) {
    const of = (type) => this.expression(scope, type, depth - 1);
    switch (this.random.below(6)) {
      case 0: return `(${of("u32")} ${this.random.pick(["<", "<=", ">", ">="])} ${of("u32")})`;
      case 1: return `(${of("u32")} ${this.random.pick(["==", "!="])} ${of("u32")})`;
      case 2: return `(${of("string")} ${this.random.pick(["==", "!="])} ${of("string")})`;
      case 3: return `(${of("bool")} && ${of("bool")})`;
      case 4: return `(${of("bool")} || ${of("bool")})`;
      default: return `!${of("bool")}`;
    }
  }

  serviceCall(scope, type, depth) {
    if (type === "peer") return "Text.peer()";
    if (type === "string" && this.random.chance(0.3)) return "Text.peer()";
    const service = { u32: "Num", string: "Text", bool: "Flag" }[type];
    return `${service}.echo(${this.expression(scope, type, depth - 1)})`;
  }

  peer(scope) {
    const peers = scope.variables.filter(({ type }) => type === "peer");
    if (peers.length > 0 && this.random.chance(0.8)) return this.random.pick(peers).name;
    return this.random.chance(0.3) ? "HOST_PEER_ID" : `"${this.random.pick(PEERS)}"`;
  }

  // --- helpers --------------------------------------------------------------------------

  // Names of an inner block end with it; how far an outer stream is filled there is not known outside.
  inner(scope, changes = {}) {
    const isConditional = true;
    return { ...scope, variables: [...scope.variables], streams: [...scope.streams], closures: [...scope.closures], depth: scope.depth + 1, isConditional, ...changes };
  }

  define(scope, indent, prefix, type, arrow, text, length) {
    const name = this.fresh(prefix);
    this.emit(indent, `${name} ${arrow} ${text}`);
    scope.variables.push({ name, type, length });
  }

  fresh(prefix) {
    this.counter += 1;
    return `${prefix}${this.counter}`;
  }

  collected(make) {
    const outer = this.body;
    this.body = [];
    make();
    const lines = this.body;
    this.body = outer;
    return lines;
  }

  emit(indent, line) {
    this.body.push(indent + line);
  }
}

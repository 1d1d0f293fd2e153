// The particles that are timed, as data:
//   { air, init, peers: { name: { "service.function": answer } }, invocationsMax?, onlyInvocation?, results? }
// An answer is "first" (the first argument), "length" (of it), "json:TEXT", or "filler:N" (N letters).
// In scripts "@name" stands for the id of that peer.

const range = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const nest = (instruction) => (items) => items.reduceRight((rest, item) => (rest ? `(${instruction} ${item} ${rest})` : item), "");
const seq = nest("seq");
const par = nest("par");

function balancedSeq(items) {
  if (items.length === 1) return items[0];
  const half = items.length >> 1;
  return `(seq ${balancedSeq(items.slice(0, half))} ${balancedSeq(items.slice(half))})`;
}

const identity = (peer, argument, output = "") => `(call "@${peer}" ("op" "identity") [${argument}] ${output})`;
const respond = (values) => `(call %init_peer_id% ("callbackSrv" "response") [${values}])`;

const BASICS = { "op.identity": "first", "op.noop": "json:{}", "callbackSrv.response": "json:{}" };
const peersNamed = (names, more = {}) => Object.fromEntries(names.map((name) => [name, { ...BASICS, ...more[name] }]));
const onOnePeer = (air, more) => ({ air, init: "A", peers: peersNamed(["A"], { A: more }) });

const list = (n) => ({ "d.list": `json:${JSON.stringify(range(n, (i) => i))}` });
const GET_LIST = `(call "@A" ("d" "list") [] xs)`;

const fold = (n) => onOnePeer(seq([GET_LIST, `(fold xs x (seq ${identity("A", "x", "v")} (next x)))`]), list(n));

const streamFold = (instruction, last) => (n) =>
  onOnePeer(
    seq([
      GET_LIST,
      `(fold xs x (seq (ap x $s) (next x)))`,
      `(fold $s y (${instruction} ${identity("A", "y", "v")} (next y))${last})`,
    ]),
    list(n),
  );

// n calls in a row, each on the next peer of the ring and each taking the previous result
const ring = (names) => (n) => ({
  air: seq([...range(n, (i) => identity(names[i % names.length], i ? `v${i - 1}` : `"x"`, `v${i}`)), respond(`v${n - 1}`)]),
  init: "A",
  peers: peersNamed(["A", ...names]),
});

// one call on each of n peers at once, each branch hopping back; the last call waits for all results
const fan = (n) => ({
  air: seq([
    par(range(n, (i) => seq([identity(`P${i}`, `"v${i}"`, `r${i}`), `(call %init_peer_id% ("op" "noop") [])`]))),
    respond(range(n, (i) => `r${i}`).join(" ")),
  ]),
  init: "A",
  peers: peersNamed(["A", ...range(n, (i) => `P${i}`)]),
});

const largeValue = (bytes) => ({
  air: seq([`(call "@R" ("d" "get") [] v)`, `(call "@S" ("d" "len") [v] l)`, respond("l")]),
  init: "A",
  peers: peersNamed(["A", "R", "S"], { R: { "d.get": `filler:${bytes}` }, S: { "d.len": "length" } }),
});

const parallelCalls = (n) => onOnePeer(par(range(n, (i) => identity("A", i, `v${i}`))));

// n instructions: calls, and the seqs that join them. The first call is on another peer, so the rest is only parsed.
const longScript = (n) => ({
  air: balancedSeq(range((n + 1) >> 1, (i) => `(call "@B" ("service" "function_${i}") [${i ? `v${i - 1}` : `"x"`} ${i} "literal"] v${i})`)),
  init: "A",
  peers: peersNamed(["A", "B"]),
});

const sized = (name, sizes, make) => Object.fromEntries(sizes.map((n) => [`${name}-${n}`, () => make(n)]));

/** name -> () => scenario */
export const SCENARIOS = {
  null: () => onOnePeer("(null)"),
  tc1: () => ({ air: seq([identity("R", `"hello world!"`, "result"), respond("result")]), init: "A", peers: peersNamed(["A", "R"]) }),
  tc2: () => ({ air: seq([`(ap "123" $stream)`, `(canon "@R" $stream #c)`]), init: "A", peers: peersNamed(["A", "R"]) }),
  tc6: () => ({
    air: seq([...["B", "C", "D"].map((peer) => identity(peer, `"x"`, peer.toLowerCase())), `(call "@B" ("op" "noop") [])`, respond("b c d")]),
    init: "A",
    peers: peersNamed(["A", "B", "C", "D"]),
  }),
  "seq-100": () => onOnePeer(seq(range(100, (i) => identity("A", i, `v${i}`)))),
  ...sized("par", [100], parallelCalls),
  ...sized("fold", [10, 100, 300, 1000], fold),
  ...sized("stream-fold", [10, 100, 300, 1000], streamFold("seq", "")),
  ...sized("stream-fold-par", [10, 100], streamFold("par", " (never)")),
  ...sized("chain", [10, 50, 100], ring(["B", "C"])),
  ...sized("fan", [4, 16, 64], fan),
  "value-1mb": () => largeValue(1_000_000),
  "ping-pong-3x100": () => ring(["B", "C", "A"])(100),
  "parse-10000": () => ({ ...longScript(10_000), invocationsMax: 1 }),
  "call-requests-500": () => ({ ...parallelCalls(500), invocationsMax: 1, results: "one-by-one" }),
  "call-results-500": () => ({ ...parallelCalls(500), invocationsMax: 2, onlyInvocation: 1, results: "batched" }),
};

/** Families whose cost over their size is fitted; the sizes from which on. */
export const FAMILIES = { fold: 100, "stream-fold": 100, chain: 10, fan: 4 };

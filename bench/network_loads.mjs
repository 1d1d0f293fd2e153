// What is run in the embedded network, as data: a scenario of scenarios.mjs, and
//   result: the arguments of its one response, with "@name" for ids (none: it does not respond)
//   data: what getDataSrv answers, JSON with "@name"; ttlMs; isSlow: one round of ours only;
//   publishedOnce: the published VM takes seconds
import { SCENARIOS } from "./scenarios.mjs";

const range = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const names = (n) => range(n, (i) => `P${i}`);
const BASICS = { "op.identity": "first", "op.noop": "json:{}", "callbackSrv.response": "json:{}", "getDataSrv.peers": "", "getDataSrv.value": "" };

/** A scenario for both sides: the data of getDataSrv is what the published side's peers answer. */
function withData(air, peerNames, data) {
  const stubs = { ...BASICS };
  for (const [name, text] of Object.entries(data)) stubs[`getDataSrv.${name}`] = `json:${text}`;
  return { scenario: { air, init: "A", peers: Object.fromEntries(["A", ...peerNames].map((name) => [name, stubs])) }, data };
}

// What the compiler makes of "for p <- peers par: on p: results <- Op.identity(p)" and "join results[n - 1]".
const forPar = (n) => `(new $results (seq (seq (seq (seq
  (call %init_peer_id% ("getDataSrv" "peers") [] peers)
  (par
    (fold peers p (par
      (seq (call p ("op" "identity") [p] $results) (new $hop (new #hop (canon %init_peer_id% $hop #hop))))
      (next p)) (never))
    (null)))
  (new $test (seq (seq
    (fold $results r
      (seq (seq (ap r $test) (canon %init_peer_id% $test #iter))
           (xor (match #iter.length ${n} (null)) (next r)))
      (never))
    (canon %init_peer_id% $test #joined))
    (ap #joined gate))))
  (canon %init_peer_id% $results #all))
  (call %init_peer_id% ("callbackSrv" "response") [#all.length])))`;

const onPeers = (n) => {
  const peers = names(n);
  return { ...withData(forPar(n), peers, { peers: JSON.stringify(peers.map((name) => `@${name}`)) }), result: [n] };
};

const ECHO = `(seq (call %init_peer_id% ("getDataSrv" "value") [] v)
  (seq (call "@R" ("op" "identity") [v] r) (call %init_peer_id% ("callbackSrv" "response") [r])))`;
const echo = (bytes) => {
  const value = "x".repeat(bytes);
  return { ...withData(ECHO, ["R"], { value: JSON.stringify(value) }), result: [value] };
};

const known = (name, result) => ({ scenario: SCENARIOS[name](), result });
// A thousand calls in a row, each on the next of three peers.
const pipeline = (n) => {
  const identity = (i) => `(call "@${"BCD"[i % 3]}" ("op" "identity") [${i ? `v${i - 1}` : `"x"`}] v${i})`;
  const steps = [...range(n, identity), `(call %init_peer_id% ("callbackSrv" "response") [v${n - 1}])`];
  return { ...withData(steps.reduceRight((rest, step) => (rest ? `(seq ${step} ${rest})` : step), ""), ["B", "C", "D"], {}), result: ["x"], ttlMs: 60_000, publishedOnce: true };
};

/** name -> () => load. In the check the large ones are small. */
export const LOADS = {
  tc1: () => known("tc1", ["hello world!"]),
  tc2: () => known("tc2"),
  tc6: () => known("tc6", ["x", "x", "x"]),
  "echo-2mb": (isCheck) => echo(isCheck ? 20_000 : 2_000_000),
  "fan-64": (isCheck) => onPeers(isCheck ? 8 : 64),
  "pipeline-1000": (isCheck) => pipeline(isCheck ? 30 : 1000),
  "for-par-1000": (isCheck) => ({ ...onPeers(isCheck ? 20 : 1000), ttlMs: 60_000, isSlow: !isCheck }),
};

/** Particles that go to five peers of many each, one particle after the other. */
export function wander(peerCount) {
  const peers = names(peerCount);
  const visited = range(5, (i) => peers[Math.floor((i * peerCount) / 5)]);
  const steps = [...visited.map((name, i) => `(call "@${name}" ("op" "identity") ["x"] v${i})`), `(call %init_peer_id% ("callbackSrv" "response") ["x"])`];
  return { ...withData(steps.reduceRight((rest, step) => (rest ? `(seq ${step} ${rest})` : step), ""), peers, {}), result: ["x"] };
}

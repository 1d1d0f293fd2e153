// Services of every peer. An answer depends only on the peer, the service, the function and the arguments,
// so that all networks get the same ones. A function is named for the shape of its answer.
import { Random, seedOf } from "../random.mjs";

const scalar = (kind) => ({ kind });
const list = (item) => ({ kind: "list", item });
const object = (fields) => ({ kind: "object", fields });

export const INT = scalar("int");
export const STR = scalar("str");
export const PEER = scalar("peer");
export const FUNCTION = scalar("function");
export const FIELD = scalar("field");
export const ANY = scalar("any");
export const ERROR = object({ error_code: INT, message: STR });
export const INNER = object({ s: STR, l: list(INT) });
export const RECORD = object({ i: INT, s: STR, f: FIELD, p: PEER, l: list(INT), ps: list(PEER), o: INNER });
export const listOf = list;
export const pairOf = (value) => object({ key: ANY, value });

const LARGE_INTS = ["9007199254740993", "18446744073709551615", "-9223372036854775808", "2147483648", "-1"];
const FLOATS = ["1.0", "0.5", "-0.0", "1e21", "1e-7", "123456.789", "5e-324", "18446744073709551616", "1E2"];
const STRINGS = ["", "a", "hello", "naïve ☃", 'quote " slash / back \\', "tab\t nul\u0000 del\u007f", "1", "i"];
const AWKWARD = [
  '{"b":1,"a":2,"b":3}',
  ' [ 1 , 2.50 , { } ] ',
  '"\\u0041\\/\\ud83d\\ude00"',
  '{"":null,"é":[],"a.b":1,"1":2}',
  "[[[[[1]]]]]",
  nested(127),
  "null",
  "true",
];
const NOT_JSON = [nested(128), "", "oops", "{", "[1,]", "'a'", "01", "nan", '"\\ud800"', '{"a":1} x'];
const FAILURE_CODES = [1, 2, 42, -1, 2147483647, -2147483648, 10000];

/** name -> { shape of the answer, answer(random, args, peers) -> JSON text, or { ret_code, result } } */
export const FUNCTIONS = {
  int: { shape: INT, answer: (r) => String(r.below(4)) },
  large: { shape: ANY, answer: (r) => r.pick(LARGE_INTS) },
  float: { shape: ANY, answer: (r) => r.pick(FLOATS) },
  str: { shape: STR, answer: (r) => JSON.stringify(r.pick(STRINGS)) },
  bool: { shape: ANY, answer: (r) => r.pick(["true", "false"]) },
  awkward: { shape: ANY, answer: (r) => r.pick(AWKWARD) },
  peer: { shape: PEER, answer: (r, _, peers) => JSON.stringify(r.pick(peers)) },
  function: { shape: FUNCTION, answer: (r) => JSON.stringify(r.pick(["int", "str", "record", "peers"])) },
  field: { shape: FIELD, answer: (r) => JSON.stringify(r.pick(["i", "s", "p", "l", "o", "no"])) },
  ints: { shape: list(INT), answer: (r) => JSON.stringify(items(r, 0, 4, () => r.below(4))) },
  strs: { shape: list(STR), answer: (r) => JSON.stringify(items(r, 1, 3, () => r.pick(STRINGS))) },
  peers: { shape: list(PEER), answer: (r, _, peers) => JSON.stringify(items(r, 1, 4, () => r.pick(peers))) },
  all_peers: { shape: list(PEER), answer: (_r, _a, peers) => JSON.stringify(peers) },
  record: { shape: RECORD, answer: (r, _, peers) => JSON.stringify(record(r, peers)) },
  records: { shape: list(RECORD), answer: (r, _, peers) => JSON.stringify(items(r, 1, 3, () => record(r, peers))) },
  pairs: { shape: list(pairOf(INT)), answer: (r) => JSON.stringify(items(r, 1, 3, (i) => ({ key: "k" + i, value: i }))) },
  error: { shape: ERROR, answer: (r) => JSON.stringify({ error_code: r.below(5), message: r.pick(STRINGS), more: [1] }) },
  echo: { shape: ANY, answer: (_, args) => JSON.stringify(args[0] ?? null) },
  args: { shape: list(ANY), answer: (_, args) => JSON.stringify(args) },
  decrement: { shape: INT, answer: (_, args) => String(typeof args[0] === "number" ? Math.max(0, Math.trunc(args[0]) - 1) : 0) },
  fail: { shape: ANY, fails: true, answer: (r) => ({ ret_code: r.pick(FAILURE_CODES), result: failureText(r) }) },
  maybe: { shape: INT, fails: true, answer: (r) => (r.chance(0.5) ? "7" : { ret_code: 1, result: '"maybe not"' }) },
  not_json: { shape: ANY, fails: true, answer: (r) => r.pick(NOT_JSON) },
};

function nested(depth) {
  return "[".repeat(depth) + "]".repeat(depth);
}

function items(r, least, most, make) {
  return Array.from({ length: r.between(least, most) }, (_, i) => make(i));
}

function record(r, peers) {
  return {
    s: r.pick(STRINGS),
    i: r.below(3),
    f: r.pick(["i", "s", "l"]),
    p: r.pick(peers),
    ps: items(r, 1, 3, () => r.pick(peers)),
    l: items(r, 0, 3, () => r.below(5)),
    o: { s: r.pick(STRINGS), l: [r.below(3)] },
  };
}

function failureText(r) {
  return r.pick(['"failed"', "not JSON at all", '{"error_code":3,"message":"m"}', "", "it's 'quoted'"]);
}

/** -> { ret_code, result } as the VM takes it; peers: ids of all peers of the network */
export function answerCall(peerId, request, peers) {
  const known = FUNCTIONS[request.function];
  if (!known) return { ret_code: 1, result: JSON.stringify(`no service ${request.service}.${request.function}`) };
  const random = new Random(seedOf(peerId, request.service, request.function, request.argumentBytes));
  const answer = known.answer(random, request.args, peers);
  return typeof answer === "string" ? { ret_code: 0, result: answer } : answer;
}

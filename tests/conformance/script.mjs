// AIR scripts as trees, so that they can be counted and shrunk.
//
//   { op: "call", peer, service, function, args: [...], out }   { op: "ap", arg, out }
//   { op: "ap_map", key, arg, out }                             { op: "canon", peer, from, to }
//   { op: "match" | "mismatch", left, right, kids: [body] }     { op: "fold", over, iterator, kids: [body, last?] }
//   { op: "seq" | "par" | "xor", kids: [a, b] }                 { op: "new", name, kids: [body] }
//   { op: "next", iterator }   { op: "fail", args: [...] }      { op: "null" }   { op: "never" }
//
// Operands are AIR text. Peers in literals are spelled "@name" and replaced just before a script runs.

export const NULL = { op: "null" };

/** Text between the opening bracket and the kids. */
function head(node) {
  switch (node.op) {
    case "call": {
      const out = node.out ? " " + node.out : "";
      return `call ${node.peer} (${node.service} ${node.function}) [${node.args.join(" ")}]${out}`;
    }
    case "ap":
      return `ap ${node.arg} ${node.out}`;
    case "ap_map":
      return `ap (${node.key} ${node.arg}) ${node.out}`;
    case "canon":
      return `canon ${node.peer} ${node.from} ${node.to}`;
    case "match":
    case "mismatch":
      return `${node.op} ${node.left} ${node.right}`;
    case "fold":
      return `fold ${node.over} ${node.iterator}`;
    case "next":
      return `next ${node.iterator}`;
    case "new":
      return `new ${node.name}`;
    case "fail":
      return `fail ${node.args.join(" ")}`;
    default:
      return node.op;
  }
}

/** Script text, one instruction per line. */
export function printScript(node, indent = "") {
  const kids = (node.kids ?? []).map((kid) => "\n" + printScript(kid, indent + " "));
  return `${indent}(${head(node)}${kids.join("")})`;
}

export function* nodesOf(node) {
  yield node;
  for (const kid of node.kids ?? []) yield* nodesOf(kid);
}

const OPERAND_FIELDS = ["peer", "service", "function", "arg", "key", "left", "right", "over"];

/** The operands that a node reads. */
export function operandsOf(node) {
  return [...OPERAND_FIELDS.filter((field) => node[field] !== undefined).map((field) => node[field]), ...(node.args ?? [])];
}

export const instructionCount = (node) => [...nodesOf(node)].length;

/** Right-nested chain of a binary instruction. */
export function chain(op, nodes) {
  return nodes.reduceRight((right, left) => ({ op, kids: [left, right] }));
}

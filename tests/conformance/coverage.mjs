// Which instructions, operand forms and trace states a script used. A feature counts once per script.
import { nodesOf } from "./script.mjs";

/** -> Set of feature names */
export function featuresOf(script) {
  const features = new Set();
  visit(script, undefined, features);
  return features;
}

function visit(node, parent, features) {
  features.add(`instruction ${node.op}`);
  OPERANDS[node.op]?.(node, (position, operand) => features.add(`${position}: ${operandForm(operand)}`));
  if (node.op === "next") features.add(nextPlace(node, parent));
  if (node.op === "fold") features.add(`fold ${operandForm(node.over)}, ${node.kids.length === 2 ? "with" : "without"} last`);
  if (node.op === "new") features.add(`new ${operandForm(node.name)}${insideFold.has(node) ? " in a fold" : ""}`);
  if (node.op === "fold") for (const inner of nodesOf(node.kids[0])) insideFold.add(inner);
  for (const kid of node.kids ?? []) visit(kid, node, features);
}

const insideFold = new WeakSet();

const OPERANDS = {
  call(node, note) {
    note("call peer", node.peer);
    note("call service", node.service);
    note("call function", node.function);
    node.args.forEach((arg) => note("call argument", arg));
    note("call output", node.out ?? "");
  },
  ap(node, note) {
    note("ap argument", node.arg);
    note("ap target", node.out);
  },
  ap_map(node, note) {
    note("ap map key", node.key);
    note("ap map value", node.arg);
  },
  canon(node, note) {
    note("canon peer", node.peer);
    note(`canon ${operandForm(node.from)} to`, node.to);
  },
  match: comparison,
  mismatch: comparison,
  fail(node, note) {
    note("fail", node.args[0]);
  },
};

function comparison(node, note) {
  note(`${node.op} operand`, node.left);
  note(`${node.op} operand`, node.right);
}

function nextPlace(node, parent) {
  if (!parent) return "next alone";
  return `next in ${parent.op}${parent.kids.length > 1 ? [" left", " right"][parent.kids.indexOf(node)] : ""}`;
}

const FORMS = [
  [/^$/, "none"],
  [/^"@/, "peer literal"],
  [/^"/, "literal"],
  [/^[+-]?\d+$/, "int"],
  [/^[+-]?\d+\.\d*$/, "float"],
  [/^\[\]$/, "[]"],
  [/^(true|false)$/, "bool"],
  [/^%(init_peer_id|timestamp|ttl)%$/, ([text]) => text],
  [/^(%last_error%|:error:)(\..*)?$/, ([, slot, lens]) => slot + lensForm(lens)],
  [/^#%[^.]*(\..*)?$/, ([, lens]) => "canon map" + lensForm(lens)],
  [/^#[^.]*(\..*)?$/, ([, lens]) => "canon stream" + lensForm(lens)],
  [/^\$/, "stream"],
  [/^%/, "stream map"],
  [/^[^.]*(\..*)?$/, ([, lens]) => "scalar" + lensForm(lens)],
];

function operandForm(text) {
  for (const [pattern, form] of FORMS) {
    const found = pattern.exec(text);
    if (found) return typeof form === "string" ? form : form(found);
  }
  return "other";
}

function lensForm(lens) {
  if (!lens) return "";
  if (lens === ".length") return ".length";
  return /\[[^\]\d]/.test(lens) ? " + lens by scalar" : " + lens";
}

/** Kinds of states in the JSON view of a trace. */
export function stateKinds(trace) {
  return trace.map((state) => {
    const [[kind, content]] = Object.entries(state);
    if (kind === "call") return callKind(content);
    return kind === "canon" ? `state canon ${Object.keys(content)[0]}` : `state ${kind}`;
  });
}

function callKind(content) {
  const [[kind, result]] = Object.entries(content);
  return kind === "failed" ? "state call failed" : `state call ${kind} ${Object.keys(result)[0]}`;
}

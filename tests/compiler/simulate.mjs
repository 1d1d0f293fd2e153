// Runs a compiled script on simulated peers (docs/air-run.md) and tells what came of it.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonText, parsedJson } from "./exact-json.mjs";
import { runAqua } from "./ours.mjs";

// What every program finds: the client and its relay, functions that answer by their name in whatever service,
// and what peers compute themselves. A program's own directives come before these.
const DEFAULT_DIRECTIVES = [
  ';; on client: getDataSrv."-relay-" = "@relay"',
  ";; on client: callbackSrv.* = null",
  ";; on client: errorHandlingSrv.* = null",
  ";; on client: tracingSrv.* = null",
  ";; on *: *.echo = echo",
  ";; on *: *.args = args",
  ";; on *: *.peer = peer",
  ";; on *: *.nothing = null",
  ';; on *: *.fail = error 7 "failed"',
  ";; on *: *.never = never",
  ";; on *: *.* = compute",
];

const SCRIPT = join(tmpdir(), `aqua-compiler-test-${process.pid}.air`);

/** {verdict, calls: [[peer, service, function, arguments]...] sorted, responses, errors, causes, steps}; `refused`: no AIR. */
export function simulate(script, { run, directives = [], seed = 0, isUnordered = false }) {
  const given = Object.entries(run.arguments).map(([name, value]) => `;; on client: getDataSrv.${JSON.stringify(name)} = ${jsonText(value)}`);
  writeFileSync(SCRIPT, [";; init client", ...given, ...directives, ...DEFAULT_DIRECTIVES, script].join("\n"));
  const { status, signal, stdout, stderr } = runAqua(["air", "run", SCRIPT, "--json", "--seed", String(seed)]);
  const result = parsedJson(stdout);
  const end = signal ? `ended by ${signal} (of the time limit, where that is SIGTERM)` : `exit code ${status}`;
  if (!result) return { refused: `${end}: ${stderr || stdout}`, verdict: "refused", calls: [], responses: [], errors: [] };
  const clean = isUnordered ? sorted : (value) => value;
  const calls = result.peers.flatMap(({ name, calls: made }) =>
    made.map((call) => [name, call.service, call.function, clean(comparable(call))]),
  );
  const on = (service, name) => calls.filter((call) => call[1] === service && call[2] === name).map((call) => call[3]);
  return {
    verdict: result.verdict,
    calls: calls.map((call) => JSON.stringify(call)).sort(),
    responses: on("callbackSrv", "response"),
    errors: on("errorHandlingSrv", "error").map(([error]) => error),
    failures: result.peers.filter(({ end }) => end && end.ret_code !== 0).map(({ name, end }) => `${name}: ${end.ret_code} ${end.message}`),
    causes: result.causes, steps: result.step_count,
  };
}

// An error names the instruction, and its text the variables; those are the compiler's own.
function comparable({ service, arguments: values }) {
  return values.map(withoutInstructions);
}

function withoutInstructions(value) {
  if (Array.isArray(value)) return value.map(withoutInstructions);
  if (typeof value !== "object" || value === null) return value;
  if (!("error_code" in value && "message" in value)) {
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, withoutInstructions(value[key])]));
  }
  const { error_code, message, peer_id } = value;
  return { error_code, message: withoutVariables(message), peer_id };
}

const withoutVariables = (message) =>
  /^Local service error/.test(message) ? message : message.replace(/'[^']*'/g, "'...'").replace(/`[^`]*`/g, "`...`");

// Arrays that are filled by parallel branches have no order.
function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted).map((item) => [JSON.stringify(item), item]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}

/** As `-- result:` writes it. */
export function resultOf({ verdict, responses, errors, refused }) {
  if (refused) return "refused";
  if (errors.length > 0) return `error ${errors[0].error_code}`;
  if (responses.length > 0) return responses.map(jsonText).join(" ");
  return verdict;
}

/** Hops that the text holds: canonicalisations of a stream that only exists for them. */
/** The peers that the script visits on its ways, one for each visit in the text; variables without their numbers. */
export const hopPeers = (script) => [...script.matchAll(/\(canon\s+(\S+)\s+\$-hop/g)].map(([, peer]) => unnumbered(peer));

/** The peers on which services are called. */
export const calledPeers = (script) => new Set([...script.matchAll(/\(call\s+(\S+)\s/g)].map(([, peer]) => unnumbered(peer)));

const unnumbered = (peer) => peer.replace(/-\d+$/, "");

/** The script with its variables numbered in the order of their appearance, and streams spelled alike. */
export function renamed(script) {
  const numbers = new Map();
  return script
    .replace(/"[^"]*"|[^\s()[\]]+/g, (word) => {
      if (word[0] === '"' || /^(xor|seq|par|call|ap|canon|new|fold|next|null|never|match|mismatch|fail|true|false|-?[0-9.]+|%(init_peer_id|ttl|timestamp)%|:error:.*)$/.test(word)) return word;
      const [, sigil, name, rest] = /^(#\$|#%|[$%#]?)([^.]*)(.*)$/.exec(word);
      if (!numbers.has(name)) numbers.set(name, numbers.size);
      return `${sigil.replace("#$", "#")}${numbers.get(name)}${rest}`;
    })
    .replace(/\s+/g, " ")
    .replace(/\s(?=[)\]])|(?<=[([])\s/g, "");
}

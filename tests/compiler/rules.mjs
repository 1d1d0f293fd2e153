// Differences from the published compiler that we want. A rule looks only at what happened, never at the name of a program.
//
// difference: {kind, reference, actual, missing, extra}
//   kind        "calls": other service calls; "verdict": finished, unfinished, failed; "hops"; "definition"; "services"
//   reference,  the outcome of the run (simulate.mjs), for "hops" the number, for "definition" and "services" the JSON
//   actual
//   missing     calls of the reference that ours did not make, and
//   extra       the other way round: [peer, service, function, arguments]; of "hops" the peers that only ours visits,
//   called      and those on which it calls services

export function ruleFor(difference) {
  return RULES.find((rule) => rule.matches(difference))?.name;
}

const COMPUTING = new Set(["math", "cmp", "op", "array"]);

const RULES = [
  {
    name: "finishes",
    reason: "The published compiler's script waits for a value that nothing brings to where it is read; ours brings it.",
    matches: ({ kind, reference, actual }) =>
      (kind === "calls" || kind === "verdict") && reference.verdict === "unfinished" && actual.verdict === "finished",
  },
  {
    name: "computed-before",
    reason: "Ours computes less on the peers: more is folded when compiling, and what nobody reads is not computed.",
    matches: ({ kind, missing, extra }) =>
      kind === "calls" && extra.length === 0 && missing.length > 0 && missing.every(([, service]) => COMPUTING.has(service)),
  },
  {
    name: "sums",
    reason: "The literals of a sum are gathered in another order.",
    matches: ({ kind, missing, extra }) =>
      kind === "calls" && extra.length <= missing.length && [...missing, ...extra].every(([, service, name]) => service === "math" && (name === "add" || name === "sub")),
  },
  {
    name: "relay-visited",
    reason: "A relay that is also the peer of an \"on\" around is visited; the published compiler leaves it out, even where nothing takes execution to it.",
    matches: ({ kind, extra, called }) => kind === "hops" && extra.length > 0 && extra.every((peer) => called.has(peer)),
  },
  {
    name: "qualified-names",
    reason: "Types of a used module carry its name in definitions: the newest compiler does so, the published one does not yet.",
    matches: ({ kind, reference, actual }) =>
      kind === "definition" && JSON.stringify(ordered(reference)) === JSON.stringify(ordered(unqualified(actual))),
  },
];

function unqualified(value) {
  if (Array.isArray(value)) return value.map(unqualified);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "name" && typeof inner === "string" ? inner.replace(/^.*\./, "") : unqualified(inner)]),
  );
}

function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, ordered(value[key])]));
}

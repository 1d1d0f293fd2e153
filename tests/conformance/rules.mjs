// Differences from the published VM that we want. A rule looks only at what happened in one step, never at the
// script or the seed, and after it applied the networks are no longer comparable, so the case ends there.
//
// observation: { event, reference, actual, differences, sizes, trace, variants } as in network.mjs; a mutated request has
// no sizes of the incoming data. trace() gives the states that the published VM made, variants() its answers under other
// orders of its hash maps.
import { isCatchable } from "./compare.mjs";
import { peerNamed } from "./peers.mjs";

/** The rule that covers an observation's differences, if there is one. */
export async function ruleFor(observation) {
  for (const rule of RULES) if (await rule.matches(observation)) return rule;
  return undefined;
}

const RULES = [
  {
    name: "signed-bad-result",
    reason:
      "A result with ret_code 0 that is not JSON becomes a failed call. The published VM forgets to sign it, " +
      "and every other peer then refuses the data with code 9; ours signs it.",
    matches: ({ event, differences }) =>
      event.results.some(([, { ret_code, result }]) => ret_code === 0 && !isJson(result)) &&
      differences.every(({ path }) => path === `data.data.signatures.${peerNamed(event.peer).publicKey}`),
  },
  {
    name: "trap-becomes-error",
    reason: "Where the published VM traps, ours answers with an error code.",
    matches: ({ reference, actual }) => Boolean(reference.trap) && !actual.trap && actual.retCode !== 0,
  },
  {
    name: "unread-window-traps",
    reason:
      "A lore of received data names a window of no states far from its others. The published VM counts from there and " +
      "traps when it gets below zero; ours has nothing to read there and goes on.",
    matches: ({ reference, actual }) => /trace_pos\.rs:\S+\s+attempt to subtract with overflow/.test(reference.trap ?? "") && !actual.trap,
  },
  {
    name: "smaller-data",
    reason:
      "Ours writes the peer ids of a trace once, so its data is smaller: it stays within a particle size limit that " +
      "the published VM's data for the same knowledge exceeds.",
    matches: ({ sizes, differences }) =>
      sizes !== undefined && sizes.actual <= sizes.limit && sizes.limit < sizes.reference &&
      differences.some(({ path }) => path === "exceeded.1" || path === "retCode"),
  },
  {
    name: "unnumbered-generation",
    reason:
      "A stream that is first written by a last instruction, inside of a `new` of its name that the fold has not left, " +
      "makes the published VM close the wrong one of the two: values keep the mark that stands for a missing " +
      "generation, and the next run traps. Ours numbers both streams.",
    matches: ({ differences }) =>
      differences.some(({ reference }) => reference === GENERATION_MARK) &&
      differences.every(({ path }) => /gens|generation/.test(path)),
  },
  {
    name: "reads-on",
    reason:
      "Two pointers of the data lead to one content id, and the second one says that it is longer. The published VM " +
      "has copied it with the first length and reads on in its memory, so what it answers is anything; ours refuses.",
    matches: ({ actual }) => actual.retCode === 2 && /a content id is longer than where it was first read/.test(actual.errorMessage),
  },
  {
    name: "restarted-generation",
    reason:
      "The same closing of the wrong stream, seen from later values: a fold's last instruction put values in a stream, which is " +
      "closed with the `new` that the fold leaves then, so a later value of it gets generation 0 again. Ours goes on counting.",
    matches: ({ differences, trace }) => {
      if (!differences.every(({ path, reference, actual }) => isGeneration(path) && reference < actual)) return false;
      const restarted = differences.filter(({ reference }) => reference === 0).map(({ path }) => Number(GENERATION_PATH.exec(path)[1]));
      return restarted.length > 0 && lastInstructionPutsValues(trace().slice(0, Math.min(...restarted)));
    },
  },
  {
    name: "absurd-generation",
    reason:
      "Received data puts a value in a generation of a stream beyond all that were ever made. The published VM " +
      "allocates every generation up to it, as long as its memory lasts; ours refuses.",
    matches: ({ actual }) => {
      const [, generation] = /^the stream has no generation (\d+)$/.exec(actual.errorMessage) ?? [];
      return actual.retCode === 20011 && Number(generation) >= GENERATION_LIMIT;
    },
  },
  {
    name: "order-decides-refusal",
    reason:
      "Data with several faults is refused for the one that is met first, and in the published VM that depends on the " +
      "order of its hash maps: under another order it gives our code, or traps.",
    matches: async ({ reference, actual, variants }) =>
      isRefusal(reference) && isRefusal(actual) && (await variants()).some(({ trap, retCode }) => trap || retCode === actual.retCode),
  },
];

const GENERATION_LIMIT = 2 ** 20; // kGenerationLimit in src/vm/
const GENERATION_MARK = 0xcafebabe;

const GENERATION_PATH = /^data\.data\.trace\.(\d+)\.(ap\.gens\.0|call\.executed\.stream\.generation)$/;
const isGeneration = (path) => GENERATION_PATH.test(path);

/** Is there a fold whose part behind a `next`, where its last instruction runs, has a value of a stream? */
const lastInstructionPutsValues = (states) =>
  states.some(({ fold }) =>
    fold?.lore.some(({ desc: [, after] }) =>
      states.slice(after.pos, after.pos + after.len).some(({ ap, call }) => ap ?? call?.executed?.stream)));

const isRefusal = ({ trap, retCode }) => !trap && retCode !== 0 && !isCatchable(retCode);

// Refused by the VM although JavaScript reads them: deep nesting and lone surrogates.
const JSON_DEPTH_MAX = 127;

function isJson(text) {
  try {
    const value = JSON.parse(text);
    const hasLoneSurrogate = /\\ud[89a-f]/.test(JSON.stringify(value));
    return depthOf(value) <= JSON_DEPTH_MAX && !hasLoneSurrogate;
  } catch {
    return false;
  }
}

function depthOf(value) {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

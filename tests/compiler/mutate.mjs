// Spoils programs of the corpus: tokens and lines are deleted, swapped, doubled or replaced. Our compiler must end with
// exit code 0 or 1 and valid JSON, and take no more than 10 times as long as for the program itself.
//
//   mutate [--count N] [--seed S] [NAME PART...]       N mutations in all
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parsedJson } from "./exact-json.mjs";
import { runAqua } from "./ours.mjs";
import { programsIn } from "./program.mjs";
import { Random, seedOf } from "../random.mjs";

const { values: flags, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "300" }, seed: { type: "string", default: "1" } },
});

const CORPUS = fileURLToPath(new URL("corpus", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../build/compiler-mutations", import.meta.url));
const TIME_FACTOR = 10;
const TIME_MIN = 200; // a start of the program alone can take so many milliseconds on a busy machine
const TOKEN = /"[^"]*"|--[^\n]*|[A-Za-z_][A-Za-z0-9_]*|\d+|<<-|<-|->|[<>=!]=|&&|\|\||\*\*|\n *|[^\s]| +/g;

mkdirSync(FOLDER, { recursive: true });
const programs = programsIn(CORPUS).filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
const times = new Map();
const tokens = programs.flatMap(({ text }) => text.match(TOKEN) ?? []).filter((token) => token.trim() !== "");
let passed = 0;
let failed = 0;
let accepted = 0;
for (let i = 0; i < Number(flags.count); i++) {
  const seed = Number(flags.seed) + i;
  const random = new Random(seedOf("aqua mutation", seed));
  const program = random.pick(programs);
  if (!times.has(program.name)) times.set(program.name, runAqua(["check", program.path, "--format", "json"]).ms);
  // Beside the modules that it may import.
  const path = join(FOLDER, `seed-${seed}.aqua`);
  writeFileSync(path, mutated(program.text, random));
  const words = ["check", path, "--format", "json", "--import", CORPUS];
  const { status, signal, stdout, stderr, error, ms: first } = runAqua(words);
  const limit = Math.max(TIME_MIN, TIME_FACTOR * times.get(program.name));
  // A busy machine is slow once, a slow program again and again.
  let ms = first;
  for (let again = 0; again < 3 && ms > limit; again++) ms = Math.min(ms, runAqua(words).ms);
  const problems = [
    ...(error ? [error.message] : []),
    ...(status !== 0 && status !== 1 ? [`${signal ? `ended by ${signal}` : `exit code ${status}`} ${stderr.slice(0, 400)}`] : []),
    ...(Array.isArray(parsedJson(stdout)) ? [] : ["no list of diagnostics"]),
    ...(ms > limit ? [`took ${Math.round(ms)} ms, more than ${Math.round(limit)} ms`] : []),
  ];
  accepted += status === 0;
  if (problems.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`seed ${seed} (${program.name}): ${problems.join("; ")}; ${path}`);
  }
}
console.log(`${accepted} of the spoilt programs still compile`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function mutated(text, random) {
  let result = text;
  for (let i = random.between(1, 3); i > 0; i--) result = random.chance(0.7) ? mutatedParts(result.match(TOKEN) ?? [], "", random) : mutatedParts(result.split("\n"), "\n", random);
  return random.chance(0.05) ? result.slice(0, random.below(result.length + 1)) : result;
}

function mutatedParts(list, separator, random) {
  if (list.length === 0) return "";
  const [a, b] = [random.below(list.length), random.below(list.length)];
  switch (random.below(4)) {
    case 0: list.splice(a, 1); break;
    case 1: [list[a], list[b]] = [list[b], list[a]]; break;
    case 2: list.splice(a, 0, list[a]); break;
    default: list[a] = separator === "" ? random.pick(tokens) : list[b];
  }
  return list.join(separator);
}

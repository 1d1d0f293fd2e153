// Compiles every program of the corpus with both compilers, runs both scripts and compares. README.md tells more.
//
//   compare [--ref-only] [--update] [--seeds N] [--show] [NAME PART...]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Tally, checkReference, comparePrograms } from "./comparison.mjs";
import { compileWithOurs } from "./ours.mjs";
import { programsIn } from "./program.mjs";
import { KeptAnswers } from "./reference.mjs";

const { values: flags, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { "ref-only": { type: "boolean" }, update: { type: "boolean" }, seeds: { type: "string" }, show: { type: "boolean" } },
});

const CORPUS = fileURLToPath(new URL("corpus", import.meta.url));
const programs = programsIn(CORPUS).filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
const kept = new KeptAnswers(Boolean(flags.update || process.env.AQUA_UPDATE_GOLDEN));
const tally = new Tally();
const settings = { tally, seeds: flags.seeds ? Number(flags.seeds) : undefined };
let failed = 0;

for (const program of programs) {
  const reference = await kept.answer(program);
  if (flags.show) for (const [name, { script }] of Object.entries(reference.functions)) console.log(`; reference, ${name}\n${script}`);
  const problems = program.runs.length === 0 && program.ours === undefined ? ["has no '-- run:'"] : [];
  if (flags["ref-only"]) problems.push(...checkReference(program, reference, settings));
  else {
    const ours = compileWithOurs(program.path, program.options);
    if (flags.show) for (const [name, { script }] of Object.entries(ours.functions)) console.log(`; ours, ${name}\n${script}`);
    problems.push(...comparePrograms(program, reference, ours, settings));
  }
  if (problems.length > 0) failed += 1;
  for (const problem of problems) console.log(`${program.name}: ${problem}`);
}
if (kept.compiled > 0 && (flags["ref-only"] || flags.update || process.env.AQUA_UPDATE_GOLDEN)) kept.save(parts.length === 0);

const count = (key) => programs.filter((program) => program[key] !== undefined).length;
console.log(`${programs.length} programs; the published compiler refuses ${count("reference")} and breaks ${count("breaks")}`);
for (const line of tally.lines()) console.log(line);
console.log(`${programs.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

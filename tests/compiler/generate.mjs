// Random programs on both compilers; README.md tells more.
//
//   generate [--count N] [--seed S] [--ref-only] [--seeds N] [--print]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Tally, checkReference, comparePrograms } from "./comparison.mjs";
import { compileWithOurs } from "./ours.mjs";
import { parseProgram } from "./program.mjs";
import { randomProgram } from "./program-text.mjs";
import { compileWithReference } from "./reference.mjs";

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "100" }, seed: { type: "string", default: "1" }, seeds: { type: "string", default: "2" },
    "ref-only": { type: "boolean" }, print: { type: "boolean" },
  },
});

// Programs that failed stay here, one file each.
const FOLDER = fileURLToPath(new URL("../../build/compiler-programs", import.meta.url));
mkdirSync(FOLDER, { recursive: true });

const tally = new Tally();
let passed = 0;
let failed = 0;
let refused = 0;
for (let seed = Number(flags.seed); seed < Number(flags.seed) + Number(flags.count); seed++) {
  const { text } = randomProgram(seed);
  if (flags.print) console.log(text);
  const path = join(FOLDER, `seed-${seed}.aqua`);
  writeFileSync(path, text);
  const program = parseProgram(path, text);
  const settings = { tally, seeds: Number(flags.seeds) };
  const reference = await compileWithReference(path, program.options);
  // The published compiler has faults of its own; what it refuses is only counted.
  if (!reference.ok) {
    refused += 1;
    program.reference = "a fault of its own";
    if (flags["ref-only"]) console.log(`seed ${seed}: the reference refuses: ${reference.errors[0]}`);
  }
  const problems = flags["ref-only"] ? checkReference(program, reference, settings) : comparePrograms(program, reference, compileWithOurs(path, program.options), settings);
  if (problems.length === 0) passed += 1;
  else failed += 1;
  for (const problem of problems) console.log(`seed ${seed}: ${problem}`);
}
console.log(`the published compiler refuses ${refused} of ${passed + failed}`);
for (const line of tally.lines()) console.log(line);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

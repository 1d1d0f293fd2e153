// Every program of invalid/ must be refused, with at least one error and without a crash.
//
//   invalid [--ref-only] [NAME PART...]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileWithOurs } from "./ours.mjs";
import { parseOptions, programsIn } from "./program.mjs";
import { compileWithReference } from "./reference.mjs";

const { values: flags, positionals: parts } = parseArgs({ allowPositionals: true, options: { "ref-only": { type: "boolean" } } });
const options = parseOptions("");
let passed = 0;
let failed = 0;
for (const { name, path, text } of programsIn(fileURLToPath(new URL("invalid", import.meta.url)))) {
  if (parts.length > 0 && !parts.some((part) => name.includes(part))) continue;
  if (flags["ref-only"] && /^-- extra:/m.test(text)) continue;
  const { ok, crash, errors } = flags["ref-only"] ? await compileWithReference(path, options) : compileWithOurs(path, options);
  const isRefused = !ok && (flags["ref-only"] || !crash) && errors.length > 0;
  if (isRefused) passed += 1;
  else {
    failed += 1;
    console.log(`${name}: ${ok ? "is accepted" : errors[0]}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// Checks every .aqua file of the published packages with our compiler. libraries.json holds what is expected of each:
// the codes of its errors, none for a file that compiles.
//
//   libraries [--ref-only] [--update] [--show] [NAME PART...]
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parsedJson } from "./exact-json.mjs";
import { runAqua, shown } from "./ours.mjs";
import { parseOptions } from "./program.mjs";
import { PACKAGES, compileWithReference } from "./reference.mjs";

const { values: flags, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { "ref-only": { type: "boolean" }, update: { type: "boolean" }, show: { type: "boolean" } },
});
const EXPECTED = fileURLToPath(new URL("libraries.json", import.meta.url));
const NAMES = ["aqua-lib", "spell", "registry", "trust-graph"];

const expected = existsSync(EXPECTED) ? JSON.parse(readFileSync(EXPECTED, "utf8")) : {};
const isUpdating = flags.update || Boolean(process.env.AQUA_UPDATE_GOLDEN);
const found = {};
let passed = 0;
let failed = 0;
for (const file of NAMES.flatMap((name) => filesUnder(join(PACKAGES, "@fluencelabs", name)))) {
  const name = relative(join(PACKAGES, "@fluencelabs"), file);
  if (parts.length > 0 && !parts.some((part) => name.includes(part))) continue;
  if (flags["ref-only"]) {
    const { ok, errors } = await compileWithReference(file, { ...parseOptions(""), imports: foldersFor(file) });
    console.log(`${name}: ${ok ? "compiles" : errors[0].split("\n").slice(0, 3).join(" | ")}`);
    passed += ok;
    failed += !ok;
    continue;
  }
  const { status, signal, stdout, stderr } = runAqua(["check", file, "--format", "json"]);
  const diagnostics = parsedJson(stdout);
  if ((status !== 0 && status !== 1) || !Array.isArray(diagnostics)) {
    failed += 1;
    console.log(`${name}: ${signal ?? `exit code ${status}`} ${stderr}`);
    continue;
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  found[name] = errors.map(({ code }) => code);
  const isExpected = JSON.stringify(found[name]) === JSON.stringify(expected[name] ?? []);
  if (isExpected || isUpdating) passed += 1;
  else failed += 1;
  if (!isExpected || flags.show) for (const error of errors) console.log(`${name}: ${shown(error)}`);
  if (!isExpected && errors.length === 0) console.log(`${name}: compiles, expected ${expected[name].join(", ")}`);
}
if (isUpdating && !flags["ref-only"] && parts.length === 0) writeFileSync(EXPECTED, `${JSON.stringify(found, null, 1)}\n`);
const bad = Object.values(found).filter((codes) => codes.length > 0).length;
if (!flags["ref-only"]) console.log(`${Object.keys(found).length - bad} of ${Object.keys(found).length} files compile`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : entry.name.endsWith(".aqua") ? [join(folder, entry.name)] : []));
}

// Every node_modules above the file, the nearest first; ours finds them itself.
function foldersFor(file) {
  const folders = [];
  for (let folder = dirname(file); folder.length >= PACKAGES.length; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules"))) folders.push(relative(dirname(file), join(folder, "node_modules")) || ".");
  }
  return folders;
}

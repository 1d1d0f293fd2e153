// The published compiler. What it makes of the corpus is kept in reference.json, so that a comparison does not have to
// start it; `--update` writes that file anew.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const KEPT = join(HERE, "reference.json");
export const PACKAGES = join(HERE, "node_modules");

let compilerModule;

/** {ok, errors, warnings, functions: {name: {script, definition}}, services}; `crash`: it threw. */
export async function compileWithReference(file, options) {
  compilerModule ??= await importCompiler();
  const folder = dirname(resolve(file));
  const request = {
    filePath: resolve(file),
    imports: [...options.imports.map((path) => join(folder, path)), PACKAGES],
    noRelay: options.noRelay, noXor: options.noXor, noEmptyResponse: options.noEmptyResponse, tracing: options.tracing,
    constants: options.constants.map((constant) => constant.replace("=", " = ")),
    targetType: "air", logLevel: "off",
  };
  try {
    const { errors, warnings, functions, services } = await compilerModule.compileFromPath(request);
    return {
      ok: errors.length === 0,
      errors: errors.map(withoutColours), warnings: (warnings ?? []).map(withoutColours),
      functions: Object.fromEntries(
        Object.entries(functions ?? {}).map(([name, { script, funcDef }]) => [name, { script: flat(script), definition: plain(funcDef) }]),
      ),
      services: plain(services ?? {}),
    };
  } catch (error) {
    return { ok: false, crash: true, errors: [String(error.message)], warnings: [], functions: {}, services: {} };
  }
}

function importCompiler() {
  const { status } = spawnSync(join(HERE, "../../tools/npm-packages"), [HERE], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error("the published compiler can not be installed");
  return import("@fluencelabs/aqua-api");
}

const withoutColours = (text) => text.replace(/\x1b\[[0-9;]*m/g, "").replaceAll(`${HERE}/`, "");

// Deep scripts are mostly blanks.
const flat = (script) => script.replace(/^ +/gm, "").replace(/\n(?=\))/g, "");

// The package's build mangles the names of members.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/^Laqua_js_.*__f_/, ""), plain(inner)]));
}

/** What the published compiler made of programs, by name; remembers which of them changed since. */
export class KeptAnswers {
  constructor(isUpdating) {
    this.isUpdating = isUpdating;
    this.answers = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : {};
    this.used = new Set();
    this.compiled = 0;
  }

  async answer(program) {
    // What it makes of these is of no use, and of some not always the same.
    if (program.breaks !== undefined) return { ok: false, errors: [], functions: {} };
    this.used.add(program.name);
    const source = fingerprint(program);
    const kept = this.answers[program.name];
    if (kept?.source === source && !this.isUpdating) return kept;
    this.compiled += 1;
    const { ok, crash, errors, warnings, functions, services } = await compileWithReference(program.path, program.options);
    this.answers[program.name] = ok ? { source, ok, warningCount: warnings.length, functions, services } : { source, ok, crash };
    return { ...this.answers[program.name], errors };
  }

  /** One line for each program; those that are no longer there go when all were looked at. */
  save(isWhole) {
    const names = Object.keys(this.answers).filter((name) => !isWhole || this.used.has(name)).sort();
    const lines = names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(this.answers[name])}`);
    writeFileSync(KEPT, `{\n${lines.join(",\n")}\n}\n`);
  }
}

// Of the program without the comments that say how it is run, its options, and what it may import.
function fingerprint(program) {
  const hash = createHash("sha256").update(JSON.stringify(program.options)).update(program.text.replace(/^-- (run|result|order|on|peer|seeds|reference|ours)\b.*\n/gm, ""));
  if (/^\s*(use|import)\b/m.test(program.text)) for (const text of modulesBeside(program.path)) hash.update(text);
  return hash.digest("hex").slice(0, 16);
}

const moduleTexts = new Map();
function modulesBeside(path) {
  const folder = dirname(path);
  if (!moduleTexts.has(folder)) {
    const folders = readdirSync(folder).map((name) => join(folder, name)).filter((entry) => statSync(entry).isDirectory());
    moduleTexts.set(folder, folders.flatMap(filesUnder).map((file) => readFileSync(file, "utf8")));
  }
  return moduleTexts.get(folder);
}

const filesUnder = (folder) =>
  readdirSync(folder).sort().map((name) => join(folder, name)).flatMap((entry) => (statSync(entry).isDirectory() ? filesUnder(entry) : [entry]));

// A program of the corpus: an .aqua file whose comments tell how it is run. README.md has the format.
import { parseJson } from "./exact-json.mjs";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const KEYS = ["run", "result", "options", "reference", "ours", "order", "on", "peer", "seeds"];
const KEY_LINE = new RegExp(`^-- (${KEYS.join("|")})(?:: ?| (?=[a-z*]))(.*)$`);

export function programsIn(folder, filter = "") {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".aqua") && name.includes(filter))
    .sort()
    .map((name) => readProgram(join(folder, name)));
}

export const readProgram = (path) => parseProgram(path, readFileSync(path, "utf8"));

export function parseProgram(path, text) {
  const program = {
    path, name: basename(path, ".aqua"), text,
    runs: [], options: parseOptions(""), directives: [], reference: undefined, breaks: undefined, ours: undefined, isUnordered: false, seedCount: undefined,
  };
  for (const line of headOf(text)) {
    const [, key, value] = KEY_LINE.exec(line) ?? [];
    if (key === undefined) continue;
    if (key === "run") program.runs.push(parseRun(path, value));
    else if (key === "result") lastRun(program, line).result = value.trim();
    else if (key === "options") program.options = parseOptions(value);
    else if (key === "reference" && value.startsWith("breaks")) program.breaks = parseReason(path, line, value);
    else if (key === "reference" || key === "ours") program[key] = parseReason(path, line, value);
    else if (key === "order") program.isUnordered = value.trim() === "free";
    else if (key === "seeds") program.seedCount = Number(value);
    else program.directives.push(`;; ${key} ${value}`);
  }
  return program;
}

// Only the comments at the top tell how the program is run.
function headOf(text) {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("--"));
  return end < 0 ? lines : lines.slice(0, end);
}

function parseRun(path, value) {
  const match = /^([a-z][A-Za-z0-9_]*)\s*(\{.*\})?\s*$/.exec(value);
  if (!match) throw new Error(`${path}: a run is a name and a JSON object of arguments: ${value}`);
  try {
    return { function: match[1], arguments: parseJson(match[2] ?? "{}"), result: undefined };
  } catch {
    throw new Error(`${path}: the arguments are not JSON: ${value}`);
  }
}

function lastRun(program, line) {
  if (program.runs.length === 0) throw new Error(`${program.path}: stands before any run: ${line}`);
  return program.runs.at(-1);
}

function parseReason(path, line, value) {
  const match = /^(?:refuses|breaks) \((.*)\)\s*$/.exec(value);
  if (!match) throw new Error(`${path}: write 'refuses (reason)' or 'breaks (reason)': ${line}`);
  return match[1];
}

export function parseOptions(text) {
  const options = { noRelay: false, noXor: false, noEmptyResponse: true, tracing: false, constants: [], imports: [] };
  const words = text.match(/"[^"]*"(?:[^\s"]*)|[^\s"]+(?:"[^"]*")?/g) ?? [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "--no-relay") options.noRelay = true;
    else if (words[i] === "--no-xor") options.noXor = true;
    else if (words[i] === "--empty-response") options.noEmptyResponse = false;
    else if (words[i] === "--tracing") options.tracing = true;
    else if (words[i] === "--const") options.constants.push(words[++i]);
    else if (words[i] === "--import") options.imports.push(words[++i]);
    else throw new Error(`no such option: ${words[i]}`);
  }
  return options;
}

/** The options as words of our command line. */
export function optionWords(options, folder) {
  return [
    ...(options.noRelay ? ["--no-relay"] : []),
    ...(options.noXor ? ["--no-xor"] : []),
    ...(options.noEmptyResponse ? [] : ["--empty-response"]),
    ...(options.tracing ? ["--tracing"] : []),
    ...options.constants.flatMap((constant) => ["--const", constant]),
    ...options.imports.flatMap((path) => ["--import", join(folder, path)]),
  ];
}

// Our compiler, as a person runs it.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parsedJson } from "./exact-json.mjs";
import { optionWords } from "./program.mjs";
import { PACKAGES } from "./reference.mjs";

export const AQUA = process.env.AQUA ?? fileURLToPath(new URL("../../aqua", import.meta.url));
const TIME_LIMIT = 20_000;

/** {status, signal, stdout, stderr, ms} */
export function runAqua(words, options = {}) {
  const started = performance.now();
  const result = spawnSync(AQUA, words, { encoding: "utf8", timeout: TIME_LIMIT, maxBuffer: 1 << 28, ...options });
  return { ...result, ms: performance.now() - started };
}

/** As reference.mjs; `crash`: neither exit code 0 nor 1, or no JSON. */
export function compileWithOurs(file, options) {
  const words = ["compile", file, "--format", "json", ...optionWords(options, dirname(file)), "--import", PACKAGES];
  const { status, signal, stdout, stderr, error } = runAqua(words);
  const bad = (what) => ({ ok: false, crash: true, errors: [`${what}\n${stderr}`], warnings: [], functions: {}, services: {} });
  if (error) return bad(error.message);
  if (status === 1) {
    const diagnostics = parsedJson(stderr);
    if (!Array.isArray(diagnostics)) return bad("exit code 1 without diagnostics");
    return { ok: false, errors: diagnostics.map(shown), warnings: [], functions: {}, services: {} };
  }
  if (status !== 0) return bad(signal ? `ended by ${signal}` : `exit code ${status}`);
  const compiled = parsedJson(stdout);
  if (!compiled) return bad("exit code 0 without JSON");
  return { ok: true, errors: [], warnings: compiled.warnings ?? [], functions: compiled.functions, services: compiled.services };
}

export function shown({ code, message, places }) {
  const place = places?.[0];
  return `${code} ${place ? `${place.line}:${place.column} ` : ""}${message}`;
}

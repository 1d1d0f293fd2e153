// interop.aqua as both compilers make it, with the definitions that the client wants.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compileWithReference } from "../compiler/reference.mjs";
import { AQUA } from "./peers.mjs";

export const PROGRAM = fileURLToPath(new URL("interop.aqua", import.meta.url));

/** -> {functions: {name: {script, definition}}, services: {name: definition}} */
export function compiledByOurs() {
  const { status, stdout, stderr } = spawnSync(AQUA, ["compile", PROGRAM, "--format", "json"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

export async function compiledByReference() {
  const compiled = await compileWithReference(PROGRAM, { imports: [], constants: [] });
  if (!compiled.ok) throw new Error(compiled.errors.join("\n"));
  return compiled;
}

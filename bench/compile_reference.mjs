// The published compiler on one file.
//
//   node compile_reference.mjs FILE             compiles it once, as a command line would
//   node compile_reference.mjs --warm N FILE    compiles it N times in one process; prints {"ms":[...]}
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), "tests/compiler/package.json");
const api = createRequire(packages).resolve("@fluencelabs/aqua-api");
const { compileFromPath } = await import(pathToFileURL(api));

const warm = process.argv[2] === "--warm";
const count = warm ? Number(process.argv[3]) : 1;
const filePath = resolve(process.argv[warm ? 4 : 2]);

const ms = [];
for (let i = 0; i < count; i++) {
  const started = performance.now();
  const { errors } = await compileFromPath({ filePath, imports: [], logLevel: "off", targetType: "air" });
  ms.push(performance.now() - started);
  if (errors.length > 0) {
    console.error(errors.join("\n"));
    process.exit(1);
  }
}
if (warm) console.log(JSON.stringify({ ms }));

// Both compilers on the same files: whole processes, and warm inside one. Ours alone as files grow.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { cases, functions, statements } from "./compile_cases.mjs";
import { growthExponent, statistics } from "./statistics.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const AQUA = join(root, "build/release/bin/aqua");
const COMPILE_BENCH = join(root, "build/release/bin/compile_bench");
const REFERENCE = join(root, "bench/compile_reference.mjs");

// The aims of the project.
const FASTER_MIN = 100;
const TEN_LINES_MS_MAX = 5;
const FUNCTIONS_500_MS_MAX = 60;
const GROWTH_MAX = 1.1;
const RESIDENT_MB_MAX = 200;

const options = { names: [], json: false, check: false, count: 9 };
for (let i = 2; i < process.argv.length; i++) {
  const argument = process.argv[i];
  if (argument === "--json") options.json = true;
  else if (argument === "--check") options.check = true;
  else if (argument === "--count") options.count = Number(process.argv[++i]);
  else if (argument.startsWith("-")) {
    console.error(`compile: unknown option ${argument}`);
    process.exit(2);
  } else options.names.push(argument);
}

const folder = mkdtempSync(join(tmpdir(), "aqua-compile-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function write(name, files) {
  const home = join(folder, name);
  mkdirSync(home);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text);
  return [join(home, "main.aqua"), ...Object.keys(files).filter((file) => file !== "main.aqua").map((file) => join(home, file))];
}

function timed(command, args) {
  const started = process.hrtime.bigint();
  const result = spawnSync(command, args, { maxBuffer: 1 << 30, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${result.status}\n${result.stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

// The published compiler needs more than Node's usual heap for large files, and may not come to an end.
const NODE = ["--max-old-space-size=12000"];
const REFERENCE_SECONDS_MAX = 120;

function timedReference(file) {
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, [...NODE, REFERENCE, file], { maxBuffer: 1 << 30, timeout: 1000 * REFERENCE_SECONDS_MAX });
  return result.status === 0 ? Number(process.hrtime.bigint() - started) / 1e6 : null;
}

const repeat = (count, action) => Array.from({ length: count }, action);
const warmOurs = (files, count) => JSON.parse(execFileSync(COMPILE_BENCH, [String(count), ...files], { encoding: "utf8" }));
function warmReference(file, count) {
  const result = spawnSync(process.execPath, [...NODE, REFERENCE, "--warm", String(count), file], { encoding: "utf8", timeout: 1000 * REFERENCE_SECONDS_MAX * count });
  return result.status === 0 ? JSON.parse(result.stdout).ms : null;
}

// The first runs warm the process up; where there is only one, it counts.
const warmed = (times) => times && statistics(times.length > 2 ? times.slice(2) : times);

function measure(one) {
  const files = write(one.name, one.files);
  if (options.check) {
    timed(AQUA, ["compile", files[0]]);
    if (!one.slow) timed(process.execPath, [...NODE, REFERENCE, files[0]]);
    return null;
  }
  const referenceCount = one.slow ? 1 : options.count;
  const published = repeat(referenceCount, () => timedReference(files[0]));
  const finishes = !published.includes(null);
  const ours = warmOurs(files, options.count * 5 + 1);
  return {
    name: one.name,
    process: {
      ours: statistics(repeat(options.count, () => timed(AQUA, ["compile", files[0]]))),
      published: finishes ? statistics(published) : null,
    },
    warm: {
      ours: statistics(ours.ns.slice(1).map((ns) => ns / 1e6)),
      published: finishes ? warmed(warmReference(files[0], one.slow ? 2 : referenceCount + 2)) : null,
    },
  };
}

function growth(name, sizes, make) {
  const points = sizes.map((size) => {
    const ours = warmOurs(write(`${name}-${size}`, { "main.aqua": make(size) }), 5);
    return { size, ms: statistics(ours.ns.slice(1).map((ns) => ns / 1e6)), resident_mb: ours.resident_peak / 1e6 };
  });
  return { name, points, exponent: growthExponent(points.map(({ size, ms }) => [size, ms.median])) };
}

const number = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
const span = (times) => (times ? `${number(times.median)} (${number(times.min)}..${number(times.max)})` : `not in ${REFERENCE_SECONDS_MAX} s`);
const faster = ({ ours, published }) => (published ? published.median / ours.median : Infinity);
const ratio = (times) => (times.published ? `${faster(times).toFixed(0)}x` : "-");

const chosen = cases.filter(({ name }) => options.names.length === 0 || options.names.some((part) => name.includes(part)));
const rows = [];
for (const one of chosen) {
  const row = measure(one);
  if (row) rows.push(row);
}
if (options.check) {
  console.log(`${chosen.length} passed, 0 failed`);
  process.exit(0);
}
const growths =
  options.names.length > 0
    ? []
    : [growth("functions", [80, 800, 4000, 8300], functions), growth("statements", [100, 500, 1000, 5000], statements)];

if (options.json) {
  console.log(JSON.stringify({ rows, growths }, null, 1));
} else {
  console.log("| case | process: published ms | ours ms | faster | warm: published ms | ours ms | faster |");
  console.log("|---|---|---|---|---|---|---|");
  for (const { name, process: whole, warm } of rows)
    console.log(`| ${name} | ${span(whole.published)} | ${span(whole.ours)} | ${ratio(whole)} | ${span(warm.published)} | ${span(warm.ours)} | ${ratio(warm)} |`);
  for (const { name, points, exponent } of growths) {
    console.log(`\n${name}: n^${exponent.toFixed(2)} (aim ${GROWTH_MAX})`);
    for (const { size, ms, resident_mb } of points) console.log(`  ${size}: ${span(ms)} ms, ${number(resident_mb)} MB`);
  }
  const missed = rows.flatMap(({ name, process: whole, warm }) => [
    ...(faster(whole) < FASTER_MIN ? [`${name}: process ${ratio(whole)}`] : []),
    ...(faster(warm) < FASTER_MIN ? [`${name}: warm ${ratio(warm)}`] : []),
    ...(name === "ten-lines" && whole.ours.median > TEN_LINES_MS_MAX ? [`${name}: ${number(whole.ours.median)} ms`] : []),
    ...(name === "functions-500" && whole.ours.median > FUNCTIONS_500_MS_MAX ? [`${name}: ${number(whole.ours.median)} ms`] : []),
  ]);
  for (const { name, points, exponent } of growths) {
    if (exponent > GROWTH_MAX) missed.push(`${name}: n^${exponent.toFixed(2)}`);
    if (points.at(-1).resident_mb > RESIDENT_MB_MAX) missed.push(`${name}: ${number(points.at(-1).resident_mb)} MB`);
  }
  console.log(`\naims missed: ${missed.join("; ") || "none"}`);
}

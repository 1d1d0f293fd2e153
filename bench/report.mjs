// Tables for people, in Markdown.
import { LARGE_RESULT_FACTOR_MAX, PARSE_MB_PER_S_MIN, missedAims } from "./aims.mjs";

const number = (x) => (x >= 1000 ? x.toFixed(0) : x >= 1 ? x.toPrecision(3) : x.toFixed(3));
const span = ({ median, min, max }) => `${number(median)} (${number(min)}..${number(max)})`;
const times = (x) => `${x >= 100 ? x.toFixed(0) : x.toPrecision(2)}x`;
const met = (isMet) => (isMet ? "yes" : "no");

const COLUMNS = [
  ["scenario", 19, (r) => r.name],
  ["results", 10, (r) => r.results],
  ["inv", 5, (r) => r.invocations],
  ["published ms", 22, (r) => span(r.wasm.total)],
  ["ours ms", 24, (r) => span(r.bytes.total)],
  ["ours, state kept ms", 24, (r) => span(r.step.total)],
  ["ratio", 6, (r) => times(r.wasm.total.median / r.bytes.total.median)],
  ["made/verified", 13, (r) => `${r.bytes.made}/${r.bytes.verified}`],
  ["signatures ms", 13, (r) => number(r.bytes.signature.median)],
  ["rest ms", 8, (r) => number(r.bytes.rest.median)],
  ["rest ratio", 10, (r) => times(r.wasm.total.median / r.bytes.rest.median)],
  ["aims met", 8, (r) => missedAims(r).map((text) => `no: ${text}`).join("; ") || "yes"],
];

const line = (cells) => `| ${cells.map((cell, i) => String(cell).padEnd(COLUMNS[i][1])).join(" | ")} |`;

export function tableHead() {
  return [line(COLUMNS.map(([title]) => title)), `|${COLUMNS.map(([, width]) => "-".repeat(Math.max(width, 3) + 2)).join("|")}|`].join("\n");
}

export function tableRow(row) {
  return line(COLUMNS.map(([, , cell]) => cell(row)));
}

function signatureLine(rows) {
  const cost = (count, time) => {
    const timed = rows.filter(({ bytes }) => bytes[count] > 0);
    const us = timed.reduce((sum, { bytes }) => sum + (1000 * bytes[time].median) / bytes[count], 0) / timed.length;
    return timed.length > 0 ? `${us.toPrecision(3)} us` : "not measured";
  };
  return `one signature: ${cost("made", "made_ms")}; one verification: ${cost("verified", "verified_ms")} (mean of all rows)`;
}

export function summary({ rows, growth, parse, largeResult }) {
  const lines = rows.length > 0 ? ["", signatureLine(rows)] : [];
  if (growth.length > 0) lines.push("", "| cost grows as n^k | results | published | ours | ours, state kept |", "|---|---|---|---|---|");
  for (const { family, results, sizes, wasm, bytes, step } of growth)
    lines.push(`| ${family}, n = ${sizes.join(", ")} | ${results} | ${[wasm, bytes, step].map((k) => k.toFixed(2)).join(" | ")} |`);
  if (parse) {
    const speed = parse.airBytes / 1000 / parse.ms.median;
    lines.push("", `${parse.name}: ${(parse.airBytes / 1000).toFixed(0)} KB parsed, validated and resolved in ${span(parse.ms)} ms, ${speed.toFixed(0)} MB/s`);
    lines.push(`aim of ${PARSE_MB_PER_S_MIN} MB/s met: ${met(speed >= PARSE_MB_PER_S_MIN)}`);
  }
  if (largeResult) {
    const { bytes, ours, wasm } = largeResult;
    const factor = (ours.resident_peak - ours.resident_before) / bytes;
    lines.push("", `call-result-100mb: ours ${number(ours.vm_ns / 1e6)} ms, peak ${factor.toFixed(2)} times its size above the caller's buffers`);
    lines.push(`aim of ${LARGE_RESULT_FACTOR_MAX} times met: ${met(factor <= LARGE_RESULT_FACTOR_MAX)}`);
    lines.push(`published: ${number(wasm.ms)} ms, linear memory ${(wasm.memoryBytes / bytes).toFixed(2)} times its size, the copied arguments included`);
  }
  return lines.join("\n");
}

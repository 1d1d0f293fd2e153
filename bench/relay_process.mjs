// What the system says about another process.
import { readFileSync } from "node:fs";

const TICKS_PER_S = 100; // of /proc/PID/stat, on every Linux that we know

/** Kilobytes of memory that are resident. */
export function residentKb(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m)[1]);
}

/** Milliseconds of processor time, with a resolution of 10 ms. */
export function processorMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_S;
}

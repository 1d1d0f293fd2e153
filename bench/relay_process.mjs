// What the system says about another process.
import { readFileSync, readdirSync } from "node:fs";

/** Kilobytes of memory that are resident. */
export function residentKb(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m)[1]);
}

/** Milliseconds of processor time of the threads that it has now. */
export function processorMs(pid) {
  const ofThread = (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + ofThread(thread), 0) / 1e6;
}

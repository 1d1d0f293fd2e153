// What a run prints at its end.

function counts(table) {
  return Object.entries(table).sort(([, a], [, b]) => b - a).map(([key, times]) => `${key} ${times}`).join(", ") || "none";
}

/** How many scripts used each instruction, operand form and trace state. */
export function printFeatures(tally) {
  for (const [feature, scripts] of Object.entries(tally.features).sort()) console.log(`${String(scripts).padStart(7)}  ${feature}`);
}

export function printSummary(tally, seconds) {
  for (const { seed, golden, title, file } of tally.mismatches) {
    console.log(`MISMATCH ${golden ?? `seed ${seed}`}: ${title}${file ? `, saved as golden/${file}` : ""}`);
  }
  for (const [trap, times] of Object.entries(tally.traps)) console.log(`the published VM trapped ${times} times: ${trap}`);
  console.log(`ret codes of the published VM: ${counts(tally.retCodes)}`);
  const rejected = tally.rejected ? `, ${tally.rejected} REJECTED` : "";
  console.log(
    `${tally.scripts} scripts${rejected}, ${tally.invocations} invocations, ${tally.mismatches.length} mismatches, ` +
      `rules applied: ${counts(tally.rules)}, ${(tally.scripts / seconds).toFixed(0)} scripts/s`,
  );
  const failed = Math.min(tally.scripts, new Set(tally.mismatches.map(({ seed, golden }) => golden ?? seed)).size + tally.rejected);
  console.log(`${tally.scripts - failed} passed, ${failed} failed`);
}

// Counts of a run; those of several processes add up.

export class Tally {
  constructor() {
    this.scripts = 0;
    this.invocations = 0;
    this.rejected = 0;
    this.rules = {};
    this.retCodes = {};
    this.traps = {};
    this.features = {};
    this.mismatches = []; // { seed, title, file? }
  }

  static from(plain) {
    return Object.assign(new Tally(), plain);
  }

  count(table, key, times = 1) {
    this[table][key] = (this[table][key] ?? 0) + times;
  }

  countOutcome(outcome) {
    if (outcome.trap) this.count("traps", trapTitle(outcome.trap));
    this.count("retCodes", outcome.trap ? "trap" : outcome.retCode);
  }

  add(other) {
    for (const name of ["scripts", "invocations", "rejected"]) this[name] += other[name];
    for (const table of ["rules", "retCodes", "traps", "features"]) {
      for (const [key, times] of Object.entries(other[table])) this.count(table, key, times);
    }
    this.mismatches.push(...other.mismatches);
  }
}

/** The gist of a trap's message: file name and first line, without what varies. */
export function trapTitle(text) {
  const [place, message = ""] = text.split("\n");
  const file = place.split("/").pop().replace(/:.*/, "");
  return `${file}: ${message.replace(/\d+|baga\w+|`[^`]*`/g, "…")}`.slice(0, 160);
}

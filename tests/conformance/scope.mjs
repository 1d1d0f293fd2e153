// What a script has defined so far: every read needs an earlier definition, and a generator that knows
// the likely shape of a value can choose lenses that fit.

export class Scope {
  constructor() {
    this.scalars = [];
    this.streams = [];
    this.maps = [];
    this.canons = [];
    this.canonMaps = [];
    this.openIterators = [];
    this.walked = []; // streams and maps of the folds around this place
    this.names = 0;
  }

  fresh(prefix, suffixes = [""]) {
    this.names++;
    return prefix + this.names + suffixes[this.names % suffixes.length];
  }

  define(table, name, shape) {
    const known = this[table].find((entry) => entry.name === name);
    if (known) return Object.assign(known, { shape, live: true });
    const entry = { name, shape, live: true };
    this[table].push(entry);
    return entry;
  }

  /** Runs `body`; what it defines stays known to the validator but is unlikely to be readable afterwards. */
  inner(body) {
    const tables = [this.scalars, this.canons, this.canonMaps];
    const before = tables.map((table) => table.length);
    const result = body();
    tables.forEach((table, i) => table.slice(before[i]).forEach((entry) => (entry.live = false)));
    return result;
  }

  live(table) {
    return this[table].filter((entry) => entry.live);
  }

  isOpenIterator(name) {
    return this.openIterators.includes(name);
  }
}

// Seeded random numbers: the same seed gives the same scripts, schedules and mutations everywhere.
import { createHash } from "node:crypto";

/** Returns a function giving numbers in [0, 1) (mulberry32). */
export function seededRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A 32-bit seed made of any number of parts, so that independent choices draw from independent generators. */
export function seedOf(...parts) {
  return createHash("sha256").update(parts.join("\0")).digest().readInt32LE(0);
}

export class Random {
  constructor(seed) {
    this.next = seededRandom(seed);
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  between(low, high) {
    return low + this.below(high - low + 1);
  }
  chance(probability) {
    return this.next() < probability;
  }
  pick(items) {
    return items[this.below(items.length)];
  }
  take(items) {
    return items.splice(this.below(items.length), 1)[0];
  }
  /** Picks a key of {key: weight}. */
  weighted(weights) {
    const entries = Object.entries(weights);
    let left = this.next() * entries.reduce((sum, [, w]) => sum + w, 0);
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key;
    return entries.at(-1)[0];
  }
}

// A case: a script, its particle and how its events are scheduled. Everything follows from the seed.
import { generateScript } from "./generate.mjs";
import { Random, seedOf } from "../random.mjs";

const NO_LIMIT = 2 ** 32;

export const PLAIN_PARAMS = {
  particleId: "particle",
  timestamp: 0,
  ttl: 7000,
  airSizeLimit: NO_LIMIT,
  particleSizeLimit: NO_LIMIT,
  callResultSizeLimit: NO_LIMIT,
  hardLimitEnabled: false,
};

export function makeCase(seed) {
  const random = new Random(seedOf("case", seed));
  return {
    seed,
    ...generateScript(seed),
    params: particleParams(random),
    schedule: { seed: random.below(2 ** 31), steps: random.between(6, 22), noise: random.chance(0.85) },
  };
}

function particleParams(random) {
  return {
    particleId: random.pick(["particle", "", "7f3a9c", "частица"]),
    timestamp: random.pick([0, 1700000000000, 1, 2 ** 52]),
    ttl: random.pick([0, 7000, 4294967295]),
    ...sizeLimits(random),
  };
}

function sizeLimits(random) {
  const limit = (most) => (random.chance(0.5) ? random.below(most) : NO_LIMIT);
  const limited = random.chance(0.04);
  return {
    airSizeLimit: limited ? limit(3000) : NO_LIMIT,
    particleSizeLimit: limited ? limit(6000) : NO_LIMIT,
    callResultSizeLimit: limited ? limit(60) : NO_LIMIT,
    hardLimitEnabled: random.chance(limited ? 0.3 : 0.5),
  };
}

// What the project wants of a row, by medians. Each aim: which rows, what is wanted, whether it is met.

const REST_TIMES = 20;
const SIGNATURE_FACTOR = 1.5;

const AIMS = [
  {
    applies: () => true,
    text: `total <= ${SIGNATURE_FACTOR} signatures + published/${REST_TIMES}`,
    met: ({ wasm, bytes }) => bytes.total.median <= SIGNATURE_FACTOR * bytes.signature.median + wasm.total.median / REST_TIMES,
  },
  {
    applies: ({ name }) => name === "seq-100" || name === "fan-64" || name.includes("fold"),
    text: "rest <= published/50",
    met: ({ wasm, bytes }) => bytes.rest.median <= wasm.total.median / 50,
  },
  {
    applies: ({ name }) => ["call-requests-500", "call-results-500", "value-1mb"].includes(name),
    text: "total <= published/5",
    met: ({ wasm, bytes }) => bytes.total.median <= wasm.total.median / 5,
  },
  { applies: ({ name }) => name === "null", text: "rest <= 10 us", met: ({ bytes }) => bytes.rest.median <= 0.01 },
];

/** The aims that a row misses. */
export function missedAims(row) {
  return AIMS.filter((aim) => aim.applies(row) && !aim.met(row)).map((aim) => aim.text);
}

export const PARSE_MB_PER_S_MIN = 200;
export const LARGE_RESULT_FACTOR_MAX = 2.5;

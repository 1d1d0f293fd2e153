// Two protocols of the tests: one sends back what comes, one resets the stream at its first byte.
import { createHash } from "node:crypto";
import { pipe } from "it-pipe";

export const ECHO = "/aqua/echo/1.0.0";
export const RESET = "/aqua/reset/1.0.0";
const LIMITS = { maxInboundStreams: 10_000, maxOutboundStreams: 10_000 };
const CHUNK_BYTES = 50_000;

export async function serveEcho(node) {
  await node.handle(ECHO, ({ stream }) => void pipe(stream.source, copied, stream.sink).catch(() => {}), LIMITS);
  await node.handle(RESET, async ({ stream }) => { for await (const _ of stream.source) return stream.abort(new Error("reset")); }, LIMITS);
}

async function* copied(source) {
  for await (const bytes of source) yield bytes.subarray();
}

/** `seed` makes streams differ; a block is a byte repeated. */
function* blocks(count, seed) {
  for (let at = 0; at < count; at += CHUNK_BYTES) yield Buffer.alloc(Math.min(CHUNK_BYTES, count - at), 1 + ((seed + at / CHUNK_BYTES) % 251));
}

export function digestOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Sends so many bytes, closes its side, and wants them all back. `beforeReading` delays the first read. */
export async function checkEcho(connection, count, seed = 0, beforeReading = async () => {}) {
  const stream = await connection.newStream(ECHO, LIMITS);
  const sent = stream.sink(blocks(count, seed)).then(() => stream.closeWrite());
  await beforeReading();
  const hash = createHash("sha256");
  let arrived = 0;
  for await (const bytes of stream.source) {
    arrived += bytes.byteLength;
    hash.update(bytes.subarray());
  }
  await sent;
  if (arrived !== count) throw new Error(`${arrived} of ${count} bytes came back`);
  if (hash.digest("hex") !== digestOf(blocks(count, seed))) throw new Error("other bytes came back");
}

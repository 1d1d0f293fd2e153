// Call results and call requests: a multicodec prefix and MessagePack.
import { createRequire } from "node:module";
const msgpack = createRequire(import.meta.url)("msgpack-lite");

const PREFIX = Buffer.from([0x81, 0x04]);

/** results: [[id, { ret_code, result }]] */
export function encodeCallResults(results) {
  return Buffer.concat([PREFIX, msgpack.encode(Object.fromEntries(results))]);
}

/** The inverse of encodeCallResults(). */
export function decodeCallResults(bytes) {
  return Object.entries(msgpack.decode(Buffer.from(bytes.subarray(PREFIX.length))));
}

/** -> [{ id, service, function, args, argumentBytes (hex), tetraplets }] ordered by id */
export function decodeCallRequests(bytes) {
  if (bytes.length === 0) return [];
  if (bytes[0] !== PREFIX[0] || bytes[1] !== PREFIX[1]) throw new Error("call requests without the MessagePack prefix");
  const requests = Object.entries(msgpack.decode(Buffer.from(bytes.subarray(2)))).map(([id, request]) => ({
    id,
    service: request.service_id,
    function: request.function_name,
    args: msgpack.decode(Buffer.from(request.arguments)),
    argumentBytes: Buffer.from(request.arguments).toString("hex"),
    tetraplets: msgpack.decode(Buffer.from(request.tetraplets)),
  }));
  return requests.sort((a, b) => a.id - b.id);
}

export const encodeEnvelope = (envelope) => msgpack.encode(envelope);
export const decodeEnvelope = (bytes) => msgpack.decode(Buffer.from(bytes));

#!/usr/bin/env node
// The yardstick of streams.test.mjs; echo_peer.cpp says what it does.
import { parseArgs } from "node:util";
import { multiaddr } from "@multiformats/multiaddr";
import { startLibp2p } from "./libp2p-node.mjs";
import { checkEcho, serveEcho } from "./echo.mjs";

const { values } = parseArgs({
  options: { listen: { type: "string", multiple: true }, dial: { type: "string" }, streams: { type: "string" }, bytes: { type: "string" } },
});
const node = await startLibp2p({ listen: values.listen ?? [] });
if (values.dial) {
  const connection = await node.dial(multiaddr(values.dial));
  const [streams, bytes] = [Number(values.streams), Number(values.bytes)];
  await Promise.all(Array.from({ length: streams }, (_, i) => checkEcho(connection, bytes, i)));
  console.log(JSON.stringify({ streams, bytes }));
  process.exit(0);
}
await serveEcho(node);
console.log(JSON.stringify({ peer_id: node.peerId.toString(), multiaddrs: node.getMultiaddrs().map(String) }));
process.stdin.resume().on("end", () => process.exit(0));

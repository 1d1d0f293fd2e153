import "./polyfill.mjs";
import { Client } from "./client.mjs";
import { compiledByOurs } from "./compilers.mjs";
import { startPeer } from "./peers.mjs";
const peer = await startPeer(process.argv[2]);
const c = await Client.connect(peer, compiledByOurs());
for (const n of [10, 300000, 1048576]) {
  const t = Date.now();
  try { const r = await c.call("identity", ["a".repeat(n)], { ttl: 80000 }); console.log(n, r.length, Date.now() - t); } catch (e) { console.log(n, String(e).slice(0,100)); break; }
}
process.exit(0);

// The published client, unmodified, in Node.
import "./polyfill.mjs";
import { createClient, v5_callFunction, v5_registerService } from "@fluencelabs/js-client";

const TTL_MS = 20_000;

export class Client {
  /** relay: {multiaddr, peerId} */
  static async connect({ multiaddr, peerId }, program) {
    const client = new Client();
    client.peer = await createClient({ multiaddr, peerId }, { defaultTtlMs: TTL_MS });
    return Object.assign(client, { program, relayId: peerId, peerId: client.peer.getPeerId() });
  }

  /** For `on place.peer via place.relay`. */
  get place() {
    return { peer: this.peerId, relay: this.relayId };
  }

  /** The program may be that of another compiler than the client's own. */
  call(name, args, { ttl, program = this.program } = {}) {
    const { script, definition } = program.functions[name];
    return v5_callFunction([this.peer, ...args, ...(ttl ? [{ ttl }] : [])], definition, script);
  }

  serve(name, service) {
    v5_registerService([this.peer, service], this.program.services[name]);
  }

  stop() {
    return this.peer.disconnect();
  }
}

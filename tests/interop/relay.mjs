#!/usr/bin/env node
// A relay made of js-libp2p and the published VM: the yardstick that the tests here are tried on first, and a peer with the
// published VM among ours. As a program:
//
//   relay.mjs [--listen MULTIADDR]... [--bootstrap MULTIADDR]... [--verbose]
//
// prints {"peer_id", "multiaddrs"} in one line when it is ready, and ends when its standard input does.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { WEBSOCKET } from "./addresses.mjs";
import { startLibp2p } from "./libp2p-node.mjs";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { decode, encode } from "it-length-prefixed";
import { pipe } from "it-pipe";
import { AvmDirect } from "../conformance/avm-direct.mjs";
import { decodeCallRequests, encodeCallResults } from "../conformance/messages.mjs";
import { PROTOCOL, decodeParticle, encodeParticle, isSignedByInitPeer } from "./particle.mjs";

const NOTHING = Buffer.alloc(0);
const NO_LIMIT = 2 ** 32;
const FRAME_BYTES_MAX = 100 << 20;
const STREAMS = { maxInboundStreams: 100_000, maxOutboundStreams: 100_000 };

const deadline = ({ timestamp, ttl }) => timestamp + ttl;

class Relay {
  constructor(node, seed, avm, log) {
    Object.assign(this, { node, seed, avm, log, previous: new Map() });
    this.peerId = node.peerId.toString();
    this.services = {
      op: { identity: ([value]) => value, noop: () => ({}), array: (values) => values },
      math: { sub: ([a, b]) => a - b },
      peer: {
        identify: () => ({ external_addresses: this.multiaddrs, node_version: "relay.mjs", air_version: "0.62.0" }),
        is_connected: ([id]) => this.#connectionTo(id) !== undefined,
        timestamp_ms: () => Date.now(),
        timeout: ([ms, text]) => new Promise((resolve) => setTimeout(resolve, ms, text)),
      },
    };
  }

  get multiaddrs() {
    return this.node.getMultiaddrs().map(String);
  }

  stop() {
    return this.node.stop();
  }

  async accept() {
    const incoming = async (stream) => {
      for await (const message of decode(stream.source, { maxDataLength: FRAME_BYTES_MAX })) this.#receive(decodeParticle(message.subarray()));
      await stream.close(); // else it counts as open, and the client has no more than a thousand
    };
    await this.node.handle(PROTOCOL, ({ stream }) => incoming(stream).catch((error) => this.log("stream", error.message)), STREAMS);
  }

  #receive(particle) {
    if (!isSignedByInitPeer(particle)) return this.log("wrong signature", particle.id);
    this.#step(particle, particle.data, []);
  }

  #step(particle, data, results) {
    const lifetimeMs = deadline(particle) - Date.now();
    if (lifetimeMs <= 0) return this.log("expired", particle.id);
    const key = particle.signature.toString("base64");
    if (!this.previous.has(key)) {
      this.previous.set(key, NOTHING);
      setTimeout(() => this.previous.delete(key), lifetimeMs).unref();
    }
    const outcome = this.avm.invoke({
      air: particle.script,
      prevData: this.previous.get(key),
      data,
      callResults: encodeCallResults(results),
      params: {
        initPeerId: particle.initPeerId, currentPeerId: this.peerId, secretKey: this.seed,
        timestamp: particle.timestamp, ttl: particle.ttl, particleId: particle.id,
        airSizeLimit: NO_LIMIT, particleSizeLimit: NO_LIMIT, callResultSizeLimit: NO_LIMIT, hardLimitEnabled: false,
      },
    });
    if (outcome.trap || outcome.retCode !== 0) return this.log("run", outcome.trap ?? outcome.errorMessage);
    this.previous.set(key, outcome.data);
    for (const id of outcome.nextPeers) this.#send(id, { ...particle, data: outcome.data }).catch((error) => this.log("send", id, error.message));
    for (const request of decodeCallRequests(outcome.callRequests)) {
      this.#call(request).then((result) => this.#step(particle, NOTHING, [[request.id, result]]));
    }
  }

  async #call({ service, function: name, args }) {
    const body = this.services[service]?.[name];
    try {
      if (!body) throw new Error(`Service with id '${service}' not found (function ${name})`);
      return { ret_code: 0, result: JSON.stringify(await body(args)) };
    } catch (error) {
      return { ret_code: 1, result: JSON.stringify(error.message) };
    }
  }

  #connectionTo(id) {
    return this.node.getConnections(peerIdFromString(id))[0];
  }

  async #send(id, particle) {
    const connection = this.#connectionTo(id);
    if (!connection) throw new Error("not connected");
    const stream = await connection.newStream(PROTOCOL);
    await pipe([encodeParticle(particle)], (source) => encode(source, { maxDataLength: FRAME_BYTES_MAX }), stream.sink);
    stream.abort(new Error("nothing comes back")); // the client never ends its side, and has no more than a thousand
  }
}

/** bootstrap: multiaddrs that are dialled; -> {peerId, multiaddrs, node, stop()} */
export async function startReferenceRelay({ listen = [WEBSOCKET], bootstrap = [], log = () => {} } = {}) {
  const seed = randomBytes(32);
  const node = await startLibp2p({ listen, seed, agent: "relay.mjs" });
  const relay = new Relay(node, seed, await AvmDirect.create(), log);
  await relay.accept();
  for (const address of bootstrap) await node.dial(multiaddr(address));
  return relay;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { listen: { type: "string", multiple: true }, bootstrap: { type: "string", multiple: true }, verbose: { type: "boolean" } },
  });
  const relay = await startReferenceRelay({ ...values, log: values.verbose ? console.error : undefined });
  console.log(JSON.stringify({ peer_id: relay.peerId, multiaddrs: relay.multiaddrs }));
  process.stdin.resume().on("end", () => process.exit(0));
}

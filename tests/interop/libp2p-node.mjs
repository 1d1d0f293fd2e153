// A peer of js-libp2p with what our peers speak: TCP and WebSocket, noise, yamux, identify, ping.
import "./polyfill.mjs";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import { createFromPrivKey } from "@libp2p/peer-id-factory";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { createLibp2p } from "libp2p";
import { randomBytes } from "node:crypto";

// The defaults refuse the sixth connection of a second.
const CONNECTIONS = { maxConnections: 10_000, inboundConnectionThreshold: 10_000, maxIncomingPendingConnections: 10_000 };
const MUXER = { maxInboundStreams: 100_000, maxOutboundStreams: 100_000 };
// Tests open streams of identify while the service does.
const BY_HAND_TOO = { maxInboundStreams: 8, maxOutboundStreams: 8 };

/** A service that tells onStream the protocol of every stream that reaches it. */
function watched(service, onStream) {
  return (components) => {
    const registrar = Object.create(components.registrar);
    registrar.handle = (protocol, handler, options) =>
      components.registrar.handle(protocol, (incoming) => { onStream(protocol); return handler(incoming); }, options);
    return service(new Proxy(components, { get: (target, name) => (name === "registrar" ? registrar : target[name]) }));
  };
}

/** agent: as identify tells it; seed: 32 bytes that the key is made of; onStream: called with ping's and identify's protocol */
export async function startLibp2p({ listen = [], seed = randomBytes(32), agent = "interop", onStream = () => {} } = {}) {
  return createLibp2p({
    peerId: await createFromPrivKey(await generateKeyPairFromSeed("Ed25519", seed, 256)),
    addresses: { listen },
    transports: [webSockets({ filter: all }), tcp()],
    streamMuxers: [yamux(MUXER)],
    connectionEncryption: [noise()],
    connectionGater: { denyDialMultiaddr: async () => false },
    connectionManager: CONNECTIONS,
    services: { identify: watched(identify({ agentVersion: agent, ...BY_HAND_TOO }), onStream), ping: watched(ping(), onStream) },
  });
}

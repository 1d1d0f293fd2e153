// Many connections to one peer, each of an identity of its own: socket, noise, yamux, and nothing above. Made of the parts of
// js-libp2p, without the books that a whole node keeps about them.
import "./polyfill.mjs";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { defaultLogger } from "@libp2p/logger";
import { select } from "@libp2p/multistream-select";
import { peerIdFromString } from "@libp2p/peer-id";
import { createEd25519PeerId } from "@libp2p/peer-id-factory";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { multiaddr } from "@multiformats/multiaddr";

const components = { logger: defaultLogger() };
const transports = { tcp: tcp()(components), webSocket: webSockets({ filter: all })(components) };
const muxers = yamux()(components);

/** -> close() */
export async function openConnection(address) {
  const transport = address.includes("/ws") ? transports.webSocket : transports.tcp;
  const remotePeer = peerIdFromString(multiaddr(address).getPeerId());
  const localPeer = await createEd25519PeerId();
  const select_ = async (stream, protocol) => (await select(stream, [protocol], { log: components.logger.forComponent("select") })).stream;
  const upgradeOutbound = async (socket) => {
    const secured = await noise()(components).secureOutbound(localPeer, await select_(socket, "/noise"), remotePeer);
    const muxed = await select_({ ...secured.conn }, "/yamux/1.0.0");
    // Streams that the peer opens are refused.
    const muxer = muxers.createStreamMuxer({ direction: "outbound", onIncomingStream: (stream) => stream.abort(new Error("nothing here")) });
    muxer.sink(muxed.source).catch(() => {});
    muxed.sink(muxer.source).catch(() => {});
    return socket;
  };
  const socket = await transport.dial(multiaddr(address), { upgrader: { upgradeOutbound } });
  return () => socket.close();
}

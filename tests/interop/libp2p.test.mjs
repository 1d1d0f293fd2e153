// js-libp2p against our peer: ping and identify in both directions, over TCP and WebSocket.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { unmarshalPublicKey } from "@libp2p/crypto/keys";
import { createFromPubKey } from "@libp2p/peer-id-factory";
import { multiaddr } from "@multiformats/multiaddr";
import { decode } from "it-length-prefixed";
import { TCP, WEBSOCKET } from "./addresses.mjs";
import { startLibp2p } from "./libp2p-node.mjs";
import { PROTOCOL } from "./particle.mjs";
import { KIND, startPeer } from "./peers.mjs";
import { Identify } from "./node_modules/@libp2p/identify/dist/src/pb/message.js";

const PINGS = 20;
async function identify(connection) {
  const stream = await connection.newStream("/ipfs/id/1.0.0");
  for await (const bytes of decode(stream.source)) {
    const { listenAddrs, observedAddr, ...told } = Identify.decode(bytes.subarray());
    return { ...told, listenAddrs: listenAddrs.map((address) => String(multiaddr(address))), observedAddr: String(multiaddr(observedAddr)) };
  }
}

const transports = { TCP: "tcp", WebSocket: "multiaddr" };

describe(`js-libp2p dials a peer of kind ${KIND}`, () => {
  let peer;
  before(async () => (peer = await startPeer(KIND)));
  after(() => peer?.stop());

  for (const [transport, field] of Object.entries(transports)) {
    describe(transport, () => {
      let node, connection;

      before(async () => {
        node = await startLibp2p();
        connection = await node.dial(multiaddr(peer[field]));
      });
      after(() => node?.stop());

      test("the peer is who it says", () => {
        assert.equal(connection.remotePeer.toString(), peer.peerId);
        assert.equal(connection.multiplexer, "/yamux/1.0.0");
      });

      test("ping", async () => {
        for (let i = 0; i < PINGS; i++) assert.ok((await node.services.ping.ping(connection.remotePeer)) >= 0);
      });

      test("identify", async () => {
        const told = await identify(connection);
        assert.equal((await createFromPubKey(unmarshalPublicKey(told.publicKey))).toString(), peer.peerId);
        for (const protocol of [PROTOCOL, "/ipfs/id/1.0.0", "/ipfs/ping/1.0.0"]) assert.ok(told.protocols.includes(protocol), `${protocol} is not among ${told.protocols}`);
        assert.ok(told.agentVersion.length > 0);
        const withoutPeer = (address) => address.replace(/\/p2p\/.*/, "");
        assert.ok(told.listenAddrs.map(withoutPeer).includes(withoutPeer(peer[field])), `${peer[field]} is not among ${told.listenAddrs}`);
        assert.match(told.observedAddr, /^\/(ip4\/127\.0\.0\.1|ip6\/::ffff:7f00:1)\/tcp\/\d+/);
      });

      test("the signed record of identify is believed", async () => {
        const result = await node.services.identify.identify(connection);
        assert.equal(result.peerId.toString(), peer.peerId);
        const withoutPeer = (address) => String(address).replace(/\/p2p\/.*/, "");
        assert.ok(result.signedPeerRecord.addresses.map(withoutPeer).includes(withoutPeer(peer[field])));
        const { addresses } = await node.peerStore.get(connection.remotePeer);
        assert.ok(addresses.some((address) => address.isCertified), "no address in the store is certified");
      });

      test("a protocol that it does not speak", async () => {
        await assert.rejects(connection.newStream("/no/such/1.0.0"), (error) => error.code === "ERR_UNSUPPORTED_PROTOCOL");
        assert.ok((await node.services.ping.ping(connection.remotePeer)) >= 0);
      });
    });
  }

  test("another identity than the one that was dialled is refused", async () => {
    const node = await startLibp2p();
    const other = peer.multiaddr.replace(peer.peerId, "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D");
    await assert.rejects(node.dial(multiaddr(other)));
    await node.stop();
  });
});

describe(`a peer of kind ${KIND} dials js-libp2p`, () => {
  for (const [transport, listen] of [["TCP", TCP], ["WebSocket", WEBSOCKET]]) {
    test(transport, async () => {
      const streams = [];
      const node = await startLibp2p({ listen: [listen], onStream: (protocol) => streams.push(protocol) });
      const connected = once(node, "connection:open");
      const peer = await startPeer(KIND, { bootstrap: node.getMultiaddrs().map(String) });
      try {
        const [{ detail: connection }] = await connected;
        assert.equal(connection.remotePeer.toString(), peer.peerId);
        assert.ok((await identify(connection)).protocols.includes(PROTOCOL));
        // It asks, too.
        while (!streams.includes("/ipfs/id/1.0.0")) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.ok((await node.services.ping.ping(connection.remotePeer)) >= 0);
      } finally {
        await peer.stop();
        await node.stop();
      }
    });
  }
});

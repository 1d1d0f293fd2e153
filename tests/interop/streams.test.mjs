// Streams of js-libp2p to and from our network code: large ones, many, half-closed, reset, and read late.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { multiaddr } from "@multiformats/multiaddr";
import { TCP, WEBSOCKET } from "./addresses.mjs";
import { ECHO, RESET, checkEcho, serveEcho } from "./echo.mjs";
import { startLibp2p } from "./libp2p-node.mjs";
import { KIND, runEchoPeer, startEchoPeer } from "./peers.mjs";

const LARGE_BYTES = 8 << 20; // 32 windows
const STREAMS = 200;
const LATE_MS = 300;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe(`js-libp2p dials an echo of kind ${KIND}`, () => {
  let peer;
  before(async () => (peer = await startEchoPeer(KIND)));
  after(() => peer?.stop());

  for (const [transport, field] of [["TCP", "tcp"], ["WebSocket", "multiaddr"]]) {
    describe(transport, () => {
      let node, connection;
      before(async () => {
        node = await startLibp2p();
        connection = await node.dial(multiaddr(peer[field]));
      });
      after(() => node?.stop());

      test("nothing at all, and a byte", async () => {
        await checkEcho(connection, 0);
        await checkEcho(connection, 1);
      });

      test("a large stream", () => checkEcho(connection, LARGE_BYTES));

      test("a large stream that is read late: the windows fill", () => checkEcho(connection, LARGE_BYTES, 7, () => pause(LATE_MS)));

      test("many streams at a time", () => Promise.all(Array.from({ length: STREAMS }, (_, i) => checkEcho(connection, 10_000 + i, i))));

      test("many streams, one after the other", async () => {
        for (let i = 0; i < STREAMS; i++) await checkEcho(connection, 100, i);
      });

      test("a stream that is not read does not hold up others", async () => {
        const stuck = await connection.newStream(ECHO);
        stuck.sink((function* () { for (;;) yield Buffer.alloc(10_000); })()).catch(() => {});
        await pause(LATE_MS);
        await checkEcho(connection, 1 << 20);
        stuck.abort(new Error("given up"));
        await checkEcho(connection, 1 << 20);
      });

      test("a stream that the other side resets", async () => {
        const stream = await connection.newStream(RESET);
        stream.sink((function* () { yield Buffer.from("x"); })()).catch(() => {});
        await assert.rejects(async () => { for await (const _ of stream.source); }, (error) => error.code === "ERR_STREAM_RESET");
        await checkEcho(connection, 100);
      });

      test("streams that this side resets", async () => {
        for (let i = 0; i < STREAMS; i++) {
          const stream = await connection.newStream(ECHO);
          stream.sink((function* () { yield Buffer.alloc(1000); })()).catch(() => {});
          stream.abort(new Error("given up"));
        }
        await checkEcho(connection, 100);
      });
    });
  }
});

describe(`an echo of kind ${KIND} dials js-libp2p`, () => {
  for (const [transport, listen] of [["TCP", TCP], ["WebSocket", WEBSOCKET]]) {
    describe(transport, () => {
      const protocols = [];
      let node;
      before(async () => {
        node = await startLibp2p({ listen: [listen], onStream: (protocol) => protocols.push(protocol) });
        await serveEcho(node);
      });
      after(() => node?.stop());

      for (const [streams, bytes] of [[1, 0], [1, LARGE_BYTES], [STREAMS, 10_000]]) {
        test(`${streams} of ${bytes} bytes`, async () => {
          assert.deepEqual(await runEchoPeer(KIND, { dial: String(node.getMultiaddrs()[0]), streams, bytes }), { streams, bytes });
        });
      }

      // It ends only when its ping was answered, with the bytes that it sent.
      test("each dial pinged", { skip: KIND !== "ours" && "what ours does" }, () => {
        assert.equal(protocols.filter((protocol) => protocol === "/ipfs/ping/1.0.0").length, 3);
      });
    });
  }
});

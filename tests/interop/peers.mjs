// Peers as processes of their own: "ours" is `aqua peer`, "reference" is relay.mjs.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { TCP, WEBSOCKET } from "./addresses.mjs";

export const AQUA = process.env.AQUA ?? fileURLToPath(new URL("../../build/release/bin/aqua", import.meta.url));

const besideThis = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The kind of the relays under test. */
export const KIND = process.env.INTEROP_RELAY ?? "ours";

const peerCommands = {
  ours: [AQUA, "peer", "--json", "--state"],
  reference: [process.execPath, besideThis("relay.mjs")],
};
// Peers of the network code alone, with the protocols of echo.mjs.
const echoCommands = {
  ours: [join(dirname(AQUA), "echo_peer")],
  reference: [process.execPath, besideThis("echo-peer.mjs")],
};

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** -> {peerId, multiaddr (WebSocket), tcp (multiaddr), pid, stop()} when the peer is ready; bootstrap: multiaddrs */
export async function startPeer(kind, { bootstrap = [] } = {}) {
  const words = [...peerCommands[kind], ...(kind === "ours" ? [newStateFolder()] : [])];
  return start([...words, ...bootstrap.flatMap((address) => ["--bootstrap", address])], kind);
}

// Where a peer keeps its key: a new one has another.
function newStateFolder() {
  const folder = mkdtempSync(join(tmpdir(), "aqua-interop-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const startEchoPeer = (kind) => start(echoCommands[kind], kind);

/** Dials, and gives what it says at its end. */
export async function runEchoPeer(kind, { dial, streams, bytes }) {
  const [program, ...words] = [...echoCommands[kind], "--dial", dial, "--streams", String(streams), "--bytes", String(bytes)];
  const { stdout } = await promisify(execFile)(program, words);
  return JSON.parse(stdout);
}

async function start([program, ...words], kind) {
  for (const address of [WEBSOCKET, TCP]) words.push("--listen", address);
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve)).finally(() => running.delete(child));
  let said = "";
  child.stderr.on("data", (bytes) => (said = (said + bytes).slice(-10_000)));
  const line = await firstLine(child, () => said);
  const { peer_id: peerId, multiaddrs } = JSON.parse(line);
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  };
  const isWebSocket = (address) => address.includes("/ws");
  return { kind, peerId, multiaddr: multiaddrs.find(isWebSocket), tcp: multiaddrs.find((address) => !isWebSocket(address)), pid: child.pid, stop, said: () => said };
}

function firstLine(child, said) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`the peer ended at once (${signal ?? code}): ${said()}`)));
  });
}

/** Each after the first is bootstrapped to the first. -> {peers, stop()} */
export async function startNetwork(...kinds) {
  const peers = [];
  for (const kind of kinds) peers.push(await startPeer(kind, { bootstrap: peers.slice(0, 1).map(({ multiaddr }) => multiaddr) }));
  return { peers, stop: () => Promise.all(peers.map((peer) => peer.stop())) };
}

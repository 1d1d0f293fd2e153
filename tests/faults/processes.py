"""Peers and clients as processes of their own, on the loopback address."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("AQUA_BINARIES", ROOT / "build/release/bin"))
AQUA = BINARIES / "aqua"
SCRIPT = ROOT / "tests/node/remote.aqua"
# Only against a test that hangs; nothing is expected to take so long.
PATIENCE_S = 60


class Failed(Exception):
    pass


def expect(condition, what, *details):
    if not condition:
        raise Failed(" ".join([what, *map(str, details)]))


def until(what, look):
    """What look() gives, once that is true."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise Failed(f"in vain: {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """Reads what a program says, line by line."""

    def __init__(self, scratch, words, stdin=subprocess.DEVNULL):
        self.child = subprocess.Popen([str(word) for word in words], stdin=stdin, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True, cwd=ROOT)
        scratch.processes.append(self)
        self.lines, self.errors = [], []
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                        for pair in ((self.child.stdout, self.lines), (self.child.stderr, self.errors))]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def said(self, text):
        return any(text in line for line in self.lines + self.errors)

    def wait_for(self, text, count=1):
        def look():
            if sum(text in line for line in self.lines + self.errors) >= count:
                return True
            expect(self.child.poll() is None, f"it ended before it said {text}:", *self.tail())
            return False
        until(f"{text}, from {self.tail()}", look)

    def tail(self):
        return self.lines[-15:] + self.errors[-15:]

    def end(self):
        """Waits for its end. -> exit code"""
        try:
            code = self.child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failed(f"it does not end: {self.tail()}") from None
        for reader in self.readers:
            reader.join(PATIENCE_S)
        return code

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        self.child.kill()
        self.child.wait()


class Peer(Process):
    """aqua peer; the same name has the same key."""

    def __init__(self, scratch, name, *words, limits=None, listen=("/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"),
                 bootstrap=(), log="info"):
        self.name = name
        listening = [word for address in listen for word in ("--listen", address)]
        dialled = [word for address in bootstrap for word in ("--bootstrap", address)]
        limited = [word for limit in {"reconnect_ms_min": 50, "reconnect_ms_max": 200, **(limits or {})}.items()
                   for word in ("--limit", "{}={}".format(*limit))]
        super().__init__(scratch, [AQUA, "peer", "--json", "--log", log, "--state", scratch.folder / name,
                                   *listening, *dialled, *limited, *words])
        until(f"{name} announces itself", lambda: self.lines or self.child.poll() is not None)
        expect(self.lines, f"{name} did not start:", *self.errors)
        told = json.loads(self.lines[0])
        self.id, self.addresses, self.port = told["peer_id"], told["multiaddrs"], told["http_port"]
        self.tcp = self.addresses[0]

    def show(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_S) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def connected(self):
        return json.loads(self.show("/peer"))["connected_peers"]

    def metric(self, name):
        return sum(float(line.split()[-1]) for line in self.show("/metrics").splitlines()
                   if line.split("{")[0].split(" ")[0] == name)

    def resident_kb(self):
        for line in Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise Failed("no VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def stop(self):
        self.signal(signal.SIGTERM)
        expect(self.end() == 0, f"{self.name} does not stop well:", *self.tail())


class Client(Process):
    """aqua run --relay, as lines of JSON unless told otherwise"""

    def __init__(self, scratch, relays, call, *words, as_json=True):
        listed = [word for relay in relays for word in ("--relay", getattr(relay, "tcp", relay))]
        super().__init__(scratch, [AQUA, "run", SCRIPT, *listed, "-f", call, *words, *(["--json"] if as_json else [])])

    def news(self, key):
        return [told for told in map(json.loads, self.lines) if key in told]


class Scratch:
    """What one test leaves behind: ended and removed with it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="aqua-faults-"))
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.child.poll() is None:
                process.child.send_signal(signal.SIGCONT)
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def peer(self, name, *words, **options):
        return Peer(self, name, *words, **options)

    def client(self, relays, call, *words, **options):
        return Client(self, relays, call, *words, **options)

    def answer(self, relay, call):
        """Of a whole run."""
        client = self.client([relay], call)
        expect(client.end() == 0, f"{call} fails:", *client.tail())
        return client.news("result")[0]["result"]

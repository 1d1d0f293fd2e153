"""Attackers against one peer: it ends or bounds them, and serves everybody else meanwhile."""
import json
import os
import socket
import subprocess
import time

from processes import BINARIES, PATIENCE_S, Process, expect, until

# What a peer may hold after an attack beyond what it held before: heaps do not give everything back.
SLACK_KB = 30_000
PROTOCOL_ERROR = 1  # of a go-away of yamux
SAID_NOTHING = -1


def place(peer):
    """-> host, TCP port"""
    words = peer.tcp.split("/")
    return words[2], words[4]


def start(scratch, attack, peer, *words):
    return Process(scratch, [BINARIES / "attacker", attack, *place(peer), *words], stdin=subprocess.PIPE)


def done(attacker):
    """What it saw, as it ended."""
    expect(attacker.end() == 0, "the attacker fails:", *attacker.tail())
    return json.loads(attacker.lines[-1])


def told(attacker):
    """What it says while it goes on."""
    until("the attacker is ready", lambda: attacker.lines or attacker.child.poll() is not None)
    expect(attacker.lines, "the attacker fails:", *attacker.errors)
    return json.loads(attacker.lines[0])


def serves(scratch, peer):
    expect(scratch.answer(peer, f'echo("{peer.id}", "hi")') == ["hi"], "it serves everybody else")


def is_as_before(peer, resident_kb, descriptors):
    until("its descriptors are given back", lambda: peer.descriptors() <= descriptors)
    grown = peer.resident_kb() - resident_kb
    expect(grown < SLACK_KB, f"its memory is given back, it holds {grown} KB more")


def abandoned_connections(scratch, count=1_000):
    peer = scratch.peer("peer", limits={"handshake_ms": 2_000, "keepalive_ms": 1_000, "keepalive_answer_ms": 1_000})
    serves(scratch, peer)
    before = peer.resident_kb(), peer.descriptors()
    attackers = [start(scratch, "abandon", peer, count // 2) for _ in range(2)]
    for attacker in attackers:
        done(attacker)
    serves(scratch, peer)
    is_as_before(peer, *before)
    return f"{count} connections: {peer.resident_kb() - before[0]} KB more, {peer.descriptors() - before[1]} descriptors more"


def ten_thousand_abandoned_connections(scratch):
    return abandoned_connections(scratch, 10_000)


def silent_connections_fill_what_is_for_handshakes(scratch):
    # All places are taken by who says nothing: those who do are served all the same.
    peer = scratch.peer("peer", limits={"handshakes_max": 50})
    before = peer.resident_kb(), peer.descriptors()
    attacker = start(scratch, "silent", peer, 200)
    told(attacker)
    serves(scratch, peer)
    expect(peer.descriptors() <= before[1] + 50 + 5, "no more than 50 of them are held:", peer.descriptors(), before)
    attacker.kill()
    is_as_before(peer, *before)


def silent_web_sockets_fill_what_is_for_handshakes(scratch):
    peer = scratch.peer("peer", limits={"handshakes_max": 50})
    before = peer.descriptors()
    web = int(peer.addresses[1].split("/")[4])
    kept = []
    for _ in range(200):
        kept.append(socket.create_connection(("127.0.0.1", web)))
        kept[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
    expect(scratch.answer(peer.addresses[1], f'echo("{peer.id}", "hi")') == ["hi"], "others get through")
    expect(peer.descriptors() <= before + 50 + 5, "no more than 50 of them are held:", peer.descriptors(), before)
    for one in kept:
        one.close()


def slow_handshakes(scratch):
    # A byte now and then is no progress: the time for all of it is what counts.
    peer = scratch.peer("peer", limits={"handshake_ms": 700})
    web = int(peer.addresses[1].split("/")[4])
    said = [(int(place(peer)[1]), b"\x13/multistream/1.0.0\n\x07/noise\n" + bytes(200)),
            (web, b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nX-Long: " + b"a" * 200)]
    for port, words in said:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(PATIENCE_S)
            sent = 0
            try:
                for byte in words:
                    connection.sendall(bytes([byte]))
                    sent += 1
                    time.sleep(0.02)
            except OSError:
                pass  # it is closed
            expect(sent < len(words), "it is closed in the middle of it")
    serves(scratch, peer)


def what_is_no_handshake(scratch):
    peer = scratch.peer("peer", limits={"handshake_ms": 500})
    web = int(peer.addresses[1].split("/")[4])
    before = peer.descriptors()
    for port in (int(place(peer)[1]), web):
        for words in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
                      os.urandom(5000), b"\xff" * 5000, b"\n" * 5000):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.settimeout(PATIENCE_S)
                try:
                    connection.sendall(words)
                    while connection.recv(4096):
                        pass
                except ConnectionError:
                    pass
    until("all of them are closed", lambda: peer.descriptors() <= before)
    serves(scratch, peer)


def is_ended(attack, go_away, *words):
    def test(scratch):
        peer = scratch.peer("peer")
        resident_kb, descriptors = peer.resident_kb(), peer.descriptors()
        seen = done(start(scratch, attack, peer, *words))
        expect(seen["closed"], "the peer closes:", seen)
        expect(seen.get("go_away", SAID_NOTHING) == go_away, "and says why:", seen)
        serves(scratch, peer)
        is_as_before(peer, resident_kb, descriptors)
    test.__name__ = f"is_ended_{attack.replace('-', '_')}"
    return test


def frames_that_never_end(scratch):
    limits = {"incomplete_stream_bytes_max": 8 << 20, "incomplete_stream_ms_max": 1_000}
    peer = scratch.peer("peer", limits=limits)
    before = peer.resident_kb(), peer.descriptors()
    attacker = start(scratch, "never-end", peer, 200)
    expect(told(attacker)["sent"] > 30_000_000, "it sent more than may be kept")
    expect(peer.resident_kb() - before[0] < (8 << 10) + SLACK_KB, "what is kept is bounded:", peer.resident_kb(), before)
    # A frame in many pieces passes, though the attacker would fill all room for them.
    text = "x" * 3_000_000
    (scratch.folder / "large.json").write_text(json.dumps({"peer": peer.id, "text": text}))
    client = scratch.client([peer], "echo", "--data-path", scratch.folder / "large.json")
    expect(client.end() == 0 and client.news("result")[0]["result"] == [text], "others write large frames:", *[line[:200] for line in client.tail()])
    until("those that do not go on are ended", lambda: peer.metric("connection_pool_incomplete_bytes") == 0)
    attacker.kill()
    is_as_before(peer, *before)


def a_peer_that_does_not_read(scratch):
    # It gets what it was sent up to a limit; who sends more is told, and nobody else waits for it.
    peer = scratch.peer("peer", limits={"send_queue_bytes_max": 8 << 20})
    serves(scratch, peer)
    large = scratch.folder / "large.json"

    def attack():
        attacker = start(scratch, "deaf", peer)
        deaf = told(attacker)["peer_id"]
        large.write_text(json.dumps({"peer": deaf, "text": "x" * 3_000_000}))
        clients = [scratch.client([peer], "echo", "--data-path", large, "-t", "4000") for _ in range(8)]
        until("some of it is refused", lambda: any(client.said("bytes wait for the connection already") for client in clients))
        serves(scratch, peer)
        expect(peer.metric("connection_pool_unsent_bytes") <= 9 << 20, "what waits is bounded")
        for client in clients:
            client.end()
        attacker.kill()
        until("its connection is closed", lambda: deaf not in peer.connected())

    attack()
    held = peer.resident_kb(), peer.descriptors()  # a heap does not give everything back: what counts is the second time
    attack()
    is_as_before(peer, *held)


def many_peers_that_do_not_read(scratch):
    # Together they hold less than each of them could alone: who holds most is cut off.
    limits = {"send_queue_bytes_max": 16 << 20, "send_queues_bytes_max": 12 << 20}
    peer = scratch.peer("peer", limits=limits)
    serves(scratch, peer)
    attackers = [start(scratch, "deaf", peer) for _ in range(4)]
    clients = []
    for number, attacker in enumerate(attackers):
        large = scratch.folder / f"large-{number}.json"
        large.write_text(json.dumps({"peer": told(attacker)["peer_id"], "text": "x" * 3_000_000}))
        clients += [scratch.client([peer], "echo", "--data-path", large, "-t", "4000") for _ in range(2)]
    until("one of them is cut off", lambda: peer.said('"slow-reader-cut-off"'))
    until("its sender is told", lambda: any(client.said("it takes too little of what is sent to it") for client in clients))
    expect(peer.metric("connection_pool_unsent_bytes") <= 16 << 20, "what waits is bounded")
    serves(scratch, peer)
    for client in clients:
        client.end()
    for attacker in attackers:
        attacker.kill()


TESTS = [abandoned_connections, silent_connections_fill_what_is_for_handshakes, silent_web_sockets_fill_what_is_for_handshakes,
         slow_handshakes, what_is_no_handshake, frames_that_never_end, a_peer_that_does_not_read, many_peers_that_do_not_read,
         is_ended("replay", SAID_NOTHING), is_ended("reorder", SAID_NOTHING), is_ended("repeat", SAID_NOTHING),
         is_ended("streams", PROTOCOL_ERROR, 100_000), is_ended("pings", PROTOCOL_ERROR, 100_000),
         is_ended("window-overflow", PROTOCOL_ERROR), is_ended("window-exceeded", PROTOCOL_ERROR)]
HEAVY = [ten_thousand_abandoned_connections]

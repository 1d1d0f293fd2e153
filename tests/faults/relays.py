"""Relays and peers that vanish, hang, come back or do not, while a function runs."""
import signal
import subprocess

from processes import expect, free_port, until


def pair(scratch, near_limits=None, relay_limits=None):
    """A relay on a port that it can come back to, and a peer that is behind it."""
    listen = [f"/ip4/127.0.0.1/tcp/{free_port()}"]
    start = lambda: scratch.peer("relay", listen=listen, limits=relay_limits, log="debug")
    relay = start()
    near = scratch.peer("near", bootstrap=[relay.tcp], limits=near_limits, log="debug")
    until("near is connected", lambda: near.id in relay.connected())
    return relay, near, start


def a_relay_that_comes_back(scratch):
    relay, near, start = pair(scratch)
    client = scratch.client([relay], f'wait_for("{near.id}", 1500)', "-t", "30000")
    near.wait_for('"function":"peer.timeout"')
    relay.kill()
    client.wait_for('"relay_lost"')
    start()
    expect(client.end() == 0, "the function does not go on:", *client.tail())
    lost, back = client.news("relay_lost"), client.news("relay_back")
    expect([told["relay_lost"] for told in lost] == [relay.id], "the loss is told:", lost)
    expect([told["relay_back"] for told in back] == [relay.id], "the return is told:", back)
    expect(client.news("result")[0]["result"] == ["waited"], "it has its result:", *client.tail())


def a_relay_that_comes_back_after_the_answer(scratch):
    # The answer is there before the relay: it waits where it is.
    relay, near, start = pair(scratch)
    client = scratch.client([relay], f'wait_for("{near.id}", 300)', "-t", "30000", as_json=False)
    near.wait_for('"function":"peer.timeout"')
    relay.kill()
    near.wait_for('"event":"answered"')
    client.wait_for("was lost")
    start()
    expect(client.end() == 0, "the function does not go on:", *client.tail())
    expect(client.lines == ['"waited"'], "it has its result:", *client.lines)
    expect(client.said("the function goes on when it comes back") and client.said("is back after"),
           "both are told:", *client.errors)


def a_relay_that_does_not_come_back(scratch):
    relay, near, _ = pair(scratch)
    other = scratch.peer("other", bootstrap=[near.tcp])
    words = ["-t", "30000", "--relay-wait", "300"]
    clients = [scratch.client([relay, other], f'wait_for("{near.id}", 20000)', *words, as_json=as_json)
               for as_json in (True, False)]
    near.wait_for('"event":"called"', count=2)
    relay.kill()
    for client in clients:
        expect(client.end() == 1, "the function fails:", *client.tail())
    end = clients[0].news("ended")[0]
    expect((end["end"], end["relay"], end["other_relay"]) == ("relay-lost", relay.id, other.id), "with its reason:", end)
    expect(clients[1].said(f"can not go on behind {other.id}") and clients[1].said("call it again"),
           "people are told too:", *clients[1].errors)
    expect(scratch.answer(other, f'echo("{near.id}", "hi")') == ["hi"], "behind the other one it works")


def no_relay_comes_back(scratch):
    relay, near, _ = pair(scratch)
    client = scratch.client([relay], f'wait_for("{near.id}", 20000)', "-t", "1500")
    near.wait_for('"function":"peer.timeout"')
    relay.kill()
    expect(client.end() == 1, "the function fails:", *client.tail())
    end = client.news("ended")[0]
    expect(end["end"] == "relay-lost" and "other_relay" not in end, "with its reason:", end)


def the_relay_returns_in_time_though_another_one_is_there(scratch):
    relay, near, start = pair(scratch)
    other = scratch.peer("other", bootstrap=[near.tcp])
    client = scratch.client([relay, other], f'wait_for("{near.id}", 1500)', "-t", "30000", "--relay-wait", "30000")
    near.wait_for('"function":"peer.timeout"')
    relay.kill()
    client.wait_for(f'"relay":"{other.id}"')
    start()
    expect(client.end() == 0 and client.news("relay_back"), "the function does not go on:", *client.tail())


def a_peer_that_hangs_is_noticed_and_catches_up(scratch):
    relay, near, _ = pair(scratch, relay_limits={"keepalive_ms": 200, "keepalive_answer_ms": 200, "return_ms_max": 30000})
    near.signal(signal.SIGSTOP)
    until("the relay notices", lambda: near.id not in relay.connected())
    expect(relay.said("a ping was not answered in time"), "and says why:", *relay.tail())
    client = scratch.client([relay], f'echo("{near.id}", "hi")', "-t", "30000")
    relay.wait_for('"event":"sending"')
    near.signal(signal.SIGCONT)
    expect(client.end() == 0, "what was meant for it arrives when it is back:", *client.tail())


def a_relay_that_hangs_is_noticed_by_who_is_behind_it(scratch):
    relay, near, _ = pair(scratch, near_limits={"keepalive_ms": 200, "keepalive_answer_ms": 200})
    relay.signal(signal.SIGSTOP)
    near.wait_for('"event":"disconnected"')
    relay.signal(signal.SIGCONT)
    expect(scratch.answer(relay, f'echo("{near.id}", "hi")') == ["hi"], "it is connected again")


def a_peer_that_is_killed_in_the_middle(scratch):
    # Nobody else can do what it was asked to: the caller is told where the way ended.
    relay, near, _ = pair(scratch, relay_limits={"return_ms_max": 300})
    near.kill()
    until("the relay notices", lambda: near.id not in relay.connected())
    client = scratch.client([relay], f'echo("{near.id}", "hi")', "-t", "5000")
    client.wait_for('"not_delivered"')
    told = client.news("not_delivered")[0]["not_delivered"]
    expect((told["from"], told["to"], told["why"]) == (relay.id, near.id, "unreachable"), "the report:", told)
    client.kill()


def a_killed_peer_comes_back(scratch):
    relay, near, _ = pair(scratch)
    near.kill()
    client = scratch.client([relay], f'echo("{near.id}", "hi")', "-t", "30000")
    relay.wait_for('"event":"sending"')
    near = scratch.peer("near", bootstrap=[relay.tcp])
    expect(client.end() == 0, "it takes what waited for it:", *client.tail())


def a_partition_heals(scratch):
    """In a network of its own (main.py sees to it), whose loopback device is cut."""
    link = lambda state: subprocess.run(["ip", "link", "set", "lo", state], check=True)
    limits = {"keepalive_ms": 200, "keepalive_answer_ms": 300, "return_ms_max": 30000, "dial_ms_max": 500}
    relay, near, _ = pair(scratch, relay_limits=limits, near_limits=limits)
    client = scratch.client([relay], f'wait_for("{near.id}", 1000)', "-t", "30000")
    near.wait_for('"function":"peer.timeout"')
    link("down")
    near.wait_for('"event":"disconnected"')
    relay.wait_for(f'"event":"disconnected","peer":"{near.id}"')
    near.wait_for('"event":"answered"')
    link("up")
    expect(client.end() == 0, "the particle does not go on:", *client.tail())
    # And where it does not heal in time, the report says why.
    limits |= {"return_ms_max": 300, "handshake_ms": 300}
    relay.kill()
    near.kill()
    relay, near, _ = pair(scratch, relay_limits=limits, near_limits=limits)
    near.signal(signal.SIGSTOP)  # cut off alone
    until("the relay notices", lambda: near.id not in relay.connected())
    client = scratch.client([relay], f'echo("{near.id}", "hi")', "-t", "20000")
    client.wait_for('"not_delivered"')
    expect("the handshake took too long" in client.news("not_delivered")[0]["not_delivered"]["detail"], "and why:", *client.tail())
    near.signal(signal.SIGCONT)
    until("near is connected again", lambda: near.id in relay.connected())
    expect(scratch.answer(relay, f'echo("{near.id}", "hi")') == ["hi"], "the next particle passes")


TESTS = [a_relay_that_comes_back, a_relay_that_comes_back_after_the_answer, a_relay_that_does_not_come_back,
         no_relay_comes_back, the_relay_returns_in_time_though_another_one_is_there,
         a_peer_that_hangs_is_noticed_and_catches_up, a_relay_that_hangs_is_noticed_by_who_is_behind_it,
         a_peer_that_is_killed_in_the_middle, a_killed_peer_comes_back]
IN_OWN_NETWORK = [a_partition_heals]

#include <gtest/gtest.h>

#include "base/varint.h"
#include "net/attacker_for_test.h"
#include "net/connection_pair_for_test.h"
#include "net/noise_payload.h"
#include "net/protobuf.h"

namespace aqua::net {
namespace {

LocalPeer victim_peer() { return local_peer(1, {std::string(kParticleProtocol)}); }

YamuxHeader syn(StreamId stream) {
  return {
      .type = YamuxType::kWindowUpdate, .flags = yamux_flag::kSyn, .stream = stream, .length = 0};
}
YamuxHeader data(StreamId stream, std::size_t size_bytes) {
  return {.type = YamuxType::kData,
          .flags = 0,
          .stream = stream,
          .length = static_cast<std::uint32_t>(size_bytes)};
}
base::Bytes proposal(std::string_view protocol) {
  base::Bytes bytes;
  append_multistream_line(bytes, kMultistreamProtocol);
  append_multistream_line(bytes, protocol);
  return bytes;
}
// Not even an answer of `bytes` may lie in wait.
void expect_dead(Attacker& attacker) {
  const std::size_t before = attacker.heard.size();
  attacker.send(base::Bytes(100));
  EXPECT_EQ(attacker.victim.open_stream(kParticleProtocol, 0, attacker.heard).error(),
            StreamError::kNotSecured);
  attacker.victim.on_time(1'000'000, attacker.heard);
  EXPECT_EQ(attacker.heard.size(), before);
  EXPECT_EQ(attacker.victim.deadline(), std::nullopt);
}

TEST(HostileConnection, TheAttackerIsHonestUntilThen) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.open();
  EXPECT_EQ(attacker.failure(), std::nullopt);
  EXPECT_EQ(attacker.count<Secured>(), 1U);
}

TEST(HostileConnection, Http) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.send(base::as_bytes(
      "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: text/html,application/xml\r\n\r\n"));
  EXPECT_EQ(attacker.failure(), FailureReason::kBadMultistream);
  expect_dead(attacker);
}

TEST(HostileConnection, OtherSecurity) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  base::Bytes lines;
  append_multistream_line(lines, kMultistreamProtocol);
  for (std::size_t i = 0; i <= peer.limits.proposals_max; ++i)
    append_multistream_line(lines, "/tls/1.0.0");
  attacker.send(lines);
  EXPECT_EQ(attacker.failure(), FailureReason::kSecurityRefused);
}

TEST(HostileConnection, LyingLengthInTheHandshake) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.select_security();
  attacker.send(base::Bytes{0xff, 0xff});
  EXPECT_EQ(attacker.failure(), FailureReason::kBadHandshake);
}

TEST(HostileConnection, TooShortAndSmallOrderKeys) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{32}}) {
    const LocalPeer peer = victim_peer();
    Attacker attacker(peer);
    attacker.select_security();
    base::Bytes framed;
    append_noise_frame(framed, base::Bytes(size));  // of 32 bytes: the point 0
    attacker.send(framed);
    EXPECT_EQ(attacker.failure(), FailureReason::kBadHandshake) << size;
  }
}

TEST(HostileConnection, AForgedByteInTheLastMessage) {
  const LocalPeer peer = victim_peer();
  std::size_t size = 0;
  for (std::size_t at = 2; at == 2 || at < size; at += 7) {
    Attacker attacker(peer);
    attacker.begin_handshake();
    base::Bytes message = attacker.last_message(local_peer(9, {}).noise.payload);
    size = message.size();
    message[at] ^= 1;
    attacker.send(message);
    EXPECT_EQ(attacker.failure(), FailureReason::kBadHandshake) << at;
    EXPECT_EQ(attacker.count<Secured>(), 0U);
  }
}

// A good payload, and another's: it is bound to a static key that the attacker has not.
TEST(HostileConnection, ReplayedIdentity) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.begin_handshake();
  attacker.send(attacker.last_message(local_peer(9, {}).noise.payload));
  EXPECT_EQ(attacker.failure(), FailureReason::kBadHandshake);
  expect_dead(attacker);
}

TEST(HostileConnection, NoIdentity) {
  const LocalPeer peer = victim_peer();
  for (const base::Bytes& payload :
       {base::Bytes{}, base::Bytes{0x12, 0x40}, base::Bytes(500, 0xff)}) {
    Attacker attacker(peer);
    attacker.begin_handshake();
    attacker.send(attacker.last_message(payload));
    EXPECT_EQ(attacker.failure(), FailureReason::kBadHandshake);
  }
}

TEST(HostileConnection, AnotherPeerThanExpected) {
  Pair pair(local_peer(1, {}), local_peer(2, {}), local_peer(3, {}).identity.peer_id());
  pair.start();
  pair.run();
  ASSERT_EQ(pair.dialer.all<Failed>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<Failed>()[0].reason, FailureReason::kWrongPeer);
  // Who we are is not told to the wrong one.
  EXPECT_TRUE(pair.listener.all<Secured>().empty());
  EXPECT_EQ(pair.listener.connection.peer_id(), "");
}

TEST(HostileConnection, ReplayedAndReorderedMessages) {
  const LocalPeer peer = victim_peer();
  Attacker replays(peer);
  replays.open();
  base::Bytes ping;
  append_yamux_header(
      ping, {.type = YamuxType::kPing, .flags = yamux_flag::kSyn, .stream = 0, .length = 1});
  const base::Bytes message = replays.sealed(ping);
  replays.send(message);
  EXPECT_EQ(replays.failure(), std::nullopt);
  replays.send(message);
  EXPECT_EQ(replays.failure(), FailureReason::kBadCiphertext);
  expect_dead(replays);
  Attacker reorders(peer);
  reorders.open();
  const base::Bytes first = reorders.sealed(ping);
  reorders.send(reorders.sealed(ping));
  EXPECT_EQ(reorders.failure(), FailureReason::kBadCiphertext);
}

TEST(HostileConnection, WindowAbuse) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.open();
  attacker.send_frame(syn(1));
  attacker.send_frame(data(1, proposal(kParticleProtocol).size()), proposal(kParticleProtocol));
  EXPECT_EQ(attacker.count<StreamOpened>(), 1U);
  attacker.send_frame(data(1, 256 * 1024 + 1));
  EXPECT_EQ(attacker.failure(), FailureReason::kWindowExceeded);
  expect_dead(attacker);
}

TEST(HostileConnection, PingsWithoutEnd) {
  LocalPeer peer = victim_peer();
  peer.limits.idle_frames_max = 100;
  Attacker attacker(peer);
  attacker.open();
  for (int i = 0; i < 200 && !attacker.failure(); ++i) {
    attacker.send_frame(
        {.type = YamuxType::kPing, .flags = yamux_flag::kSyn, .stream = 0, .length = 1});
  }
  EXPECT_EQ(attacker.failure(), FailureReason::kTooManyIdleFrames);
  // A ping every now and then for days is none of that.
  Attacker patient(peer);
  patient.open();
  for (int i = 0; i < 1000; ++i) {
    patient.now += 1000;
    patient.send_frame(
        {.type = YamuxType::kPing, .flags = yamux_flag::kSyn, .stream = 0, .length = 1});
  }
  EXPECT_EQ(patient.failure(), std::nullopt);
}

TEST(HostileConnection, ManyStreamsThatNegotiateNothing) {
  LocalPeer peer = victim_peer();
  peer.limits.inbound_streams_max = 5;
  Attacker attacker(peer);
  attacker.open();
  for (StreamId id = 1; id < 101; id += 2) attacker.send_frame(syn(id));
  EXPECT_EQ(attacker.victim.streams(), 6U);  // and ours of identify
  EXPECT_EQ(attacker.failure(), std::nullopt);
  attacker.victim.on_time(peer.limits.negotiation_ms, attacker.heard);
  EXPECT_EQ(attacker.victim.streams(), 0U);
  EXPECT_EQ(attacker.count<StreamReset>(), 0U);  // no owner has heard of them
}

TEST(HostileConnection, OversizedIdentify) {
  const LocalPeer peer = victim_peer();
  for (const bool lies : {true, false}) {
    Attacker attacker(peer);
    attacker.open();
    base::Bytes answer = proposal(kIdentifyProtocol);
    base::append_varint(answer, lies ? 1'000'000'000 : peer.limits.identify_bytes_max + 1);
    attacker.send_frame(data(2, answer.size()), answer);
    EXPECT_EQ(attacker.victim.streams(), 0U);
    EXPECT_EQ(attacker.count<PeerIdentified>(), 0U);
    EXPECT_EQ(attacker.failure(), std::nullopt);
  }
}

TEST(HostileConnection, IdentifyOfAnotherKey) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.open();
  base::Bytes message;
  append_field(message, 1, encode_identity_key(local_peer(9, {}).identity.public_key()));
  append_field(message, 6, base::as_bytes("another"));
  base::Bytes answer = proposal(kIdentifyProtocol);
  base::append_varint(answer, message.size());
  answer.insert(answer.end(), message.begin(), message.end());
  attacker.send_frame(data(2, answer.size()), answer);
  EXPECT_EQ(attacker.count<PeerIdentified>(), 0U);
  EXPECT_EQ(attacker.failure(), std::nullopt);
}

TEST(HostileConnection, PingThatIsNeverRead) {
  const LocalPeer peer = victim_peer();
  Attacker attacker(peer);
  attacker.open();
  attacker.send_frame(syn(1));
  attacker.send_frame(data(1, proposal(kPingProtocol).size()), proposal(kPingProtocol));
  const std::size_t before = attacker.victim.streams();
  // Our window for the answers never opens.
  for (int i = 0; i < 100 && attacker.victim.streams() == before; ++i) {
    attacker.send_frame(data(1, 10'000), base::Bytes(10'000));
  }
  EXPECT_EQ(attacker.victim.streams(), before - 1);
  EXPECT_LT(attacker.victim.heap_bytes(), 10'000U);
}

}  // namespace
}  // namespace aqua::net

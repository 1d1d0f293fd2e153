#include "net/connection.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/connection_pair_for_test.h"
#include "net/protocols.h"

namespace aqua::net {
namespace {

constexpr std::string_view kOther = "/other/1.0.0";

LocalPeer particle_peer(int number) { return local_peer(number, {std::string(kParticleProtocol)}); }

TEST(Connection, SecuresAndIdentifies) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.listener_peer.listen_addresses = {"/ip4/127.0.0.1/tcp/4001/ws"};
  pair.start();
  pair.run();
  ASSERT_EQ(pair.dialer.all<Secured>().size(), 1U);
  ASSERT_EQ(pair.listener.all<Secured>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<Secured>()[0].peer_id, pair.listener_peer.identity.peer_id());
  EXPECT_EQ(pair.listener.all<Secured>()[0].peer_id, pair.dialer_peer.identity.peer_id());
  const auto told = pair.dialer.all<PeerIdentified>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].listen_addresses, pair.listener_peer.listen_addresses);
  EXPECT_EQ(told[0].observed_address, "/ip4/127.0.0.1/tcp/50000");
  EXPECT_EQ(told[0].agent_version, "aqua/0.1.0");
  EXPECT_EQ(told[0].protocols, (std::vector<std::string>{std::string(kParticleProtocol),
                                                         "/ipfs/id/1.0.0", "/ipfs/ping/1.0.0"}));
  EXPECT_EQ(pair.listener.all<PeerIdentified>().size(), 1U);
  // Nothing is left of the streams of identify.
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
  EXPECT_EQ(pair.listener.connection.streams(), 0U);
  EXPECT_EQ(pair.dialer.connection.deadline(), std::nullopt);
}

// One stream for one message, in both directions, whatever the pieces in which the bytes arrive.
void exchange_messages(const std::function<std::size_t()>& piece, std::size_t size_bytes) {
  Pair pair(particle_peer(1), particle_peer(2), particle_peer(2).identity.peer_id());
  pair.start();
  pair.run(piece);
  const base::Bytes message = some_bytes(size_bytes);
  for (const bool from_dialer : {true, false, true}) {
    Side& from = from_dialer ? pair.dialer : pair.listener;
    Side& to = from_dialer ? pair.listener : pair.dialer;
    from.heard.clear();
    to.heard.clear();
    const StreamId stream = pair.open(from, kParticleProtocol);
    EXPECT_EQ(stream % 2, from_dialer ? 1U : 0U);
    pair.write(from, stream, message);
    pair.close(from, stream);
    pair.run(piece);
    ASSERT_EQ(from.all<StreamOpened>().size(), 1U);
    EXPECT_FALSE(from.all<StreamOpened>()[0].inbound);
    ASSERT_EQ(to.all<StreamOpened>().size(), 1U);
    EXPECT_TRUE(to.all<StreamOpened>()[0].inbound);
    EXPECT_EQ(to.all<StreamOpened>()[0].protocol, kParticleProtocol);
    EXPECT_EQ(to.data(stream), message);
    ASSERT_EQ(to.all<StreamEnded>().size(), 1U);
    EXPECT_EQ(to.connection.streams(), 1U);
    pair.close(to, stream);
    pair.run(piece);
    ASSERT_EQ(from.all<StreamEnded>().size(), 1U);
    EXPECT_EQ(from.connection.streams(), 0U);
    EXPECT_EQ(to.connection.streams(), 0U);
    EXPECT_TRUE(from.all<StreamReset>().empty() && to.all<StreamReset>().empty());
  }
}

TEST(Connection, OneStreamForEachMessage) {
  exchange_messages([] { return std::size_t{1} << 20; }, 1000);
}

TEST(Connection, MessagesLargerThanTheWindow) {
  exchange_messages([] { return std::size_t{10'000}; }, 3'000'000);
}

TEST(Connection, ByteByByte) {
  exchange_messages([] { return std::size_t{1}; }, 100);
}

RC_GTEST_PROP(Connection, AnyPieces, ()) {
  const auto sizes =
      *rc::gen::container<std::vector<std::size_t>>(20, rc::gen::inRange<std::size_t>(1, 300));
  std::size_t at = 0;
  exchange_messages([&] { return sizes[at++ % sizes.size()]; },
                    *rc::gen::inRange<std::size_t>(0, 2000));
}

TEST(Connection, RefusesAProtocolThatItDoesNotSpeak) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kOther);
  pair.write(pair.dialer, stream, some_bytes(10));
  pair.run();
  const auto refused = pair.dialer.all<ProtocolRefused>();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].stream, stream);
  EXPECT_EQ(refused[0].protocol, kOther);
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
  EXPECT_EQ(pair.listener.connection.streams(), 0U);
  EXPECT_TRUE(pair.listener.all<StreamOpened>().empty());
}

TEST(Connection, PingIsAnswered) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  Pair::perform(pair.listener, [&](Connection& c, Actions& a) { c.ping(pair.now, a); });
  pair.run([&] {
    pair.now += 7;
    return std::size_t{1} << 20;
  });
  ASSERT_EQ(pair.listener.all<PingAnswered>().size(), 1U);
  EXPECT_EQ(pair.listener.all<PingAnswered>()[0].round_trip_ms, 14U);  // two moves
  EXPECT_EQ(pair.listener.connection.streams(), 0U);
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
}

}  // namespace
}  // namespace aqua::net

#include <gtest/gtest.h>

#include "net/connection_pair_for_test.h"
#include "net/protocols.h"

namespace aqua::net {
namespace {

LocalPeer particle_peer(int number) { return local_peer(number, {std::string(kParticleProtocol)}); }

void tell_time(Side& side, TimeMs now) {
  Pair::perform(side, [&](Connection& c, Actions& a) { c.on_time(now, a); });
}

TEST(ConnectionTime, AHandshakeHasItsTime) {
  Pair pair(particle_peer(1), particle_peer(2));
  EXPECT_EQ(pair.dialer.connection.deadline(), std::nullopt);
  pair.start();
  EXPECT_EQ(pair.dialer.connection.deadline(), pair.now + 10'000);
  tell_time(pair.dialer, pair.now + 9'999);
  EXPECT_TRUE(pair.dialer.all<Failed>().empty());
  tell_time(pair.dialer, pair.now + 10'000);
  ASSERT_EQ(pair.dialer.all<Failed>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<Failed>()[0].reason, FailureReason::kHandshakeTimeout);
}

// Bytes that come slowly are no excuse.
TEST(ConnectionTime, ASlowHandshakeToo) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  while (pair.listener.all<Failed>().empty() && pair.now < 100'000) {
    pair.move(pair.dialer, pair.listener, 1);
    pair.now += 500;
    tell_time(pair.listener, pair.now);
  }
  EXPECT_EQ(pair.now, 11'000U);
}

TEST(ConnectionTime, ANegotiationHasItsTime) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  ASSERT_EQ(pair.dialer.connection.deadline(), pair.now + 10'000);
  tell_time(pair.dialer, pair.now + 10'000);
  ASSERT_EQ(pair.dialer.all<StreamReset>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<StreamReset>()[0].stream, stream);
  EXPECT_TRUE(pair.dialer.all<Failed>().empty());
  EXPECT_EQ(pair.dialer.connection.deadline(), std::nullopt);
}

TEST(ConnectionTime, AStreamThatTheOtherSideNeverEnds) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  pair.close(pair.dialer, stream);
  pair.run();
  tell_time(pair.dialer, pair.now + 119'999);
  EXPECT_EQ(pair.dialer.connection.streams(), 1U);
  // What arrives begins the time again.
  pair.now += 100'000;
  pair.write(pair.listener, stream, some_bytes(1));
  pair.run();
  tell_time(pair.dialer, pair.now + 119'999);
  EXPECT_EQ(pair.dialer.connection.streams(), 1U);
  tell_time(pair.dialer, pair.now + 120'000);
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
  EXPECT_EQ(pair.dialer.all<StreamReset>().size(), 1U);
}

TEST(ConnectionTime, KeepaliveFindsTheDead) {
  LocalPeer careful = particle_peer(1);
  careful.limits.keepalive_ms = 30'000;
  Pair pair(careful, particle_peer(2));
  pair.start();
  pair.run();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pair.dialer.connection.deadline(), pair.now + 30'000);
    pair.now += 30'000;
    tell_time(pair.dialer, pair.now);
    EXPECT_EQ(pair.dialer.connection.deadline(), pair.now + 10'000);
    pair.run();
  }
  pair.now += 30'000;
  tell_time(pair.dialer, pair.now);
  tell_time(pair.dialer, pair.now + 10'000);
  ASSERT_EQ(pair.dialer.all<Failed>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<Failed>()[0].reason, FailureReason::kKeepaliveTimeout);
}

TEST(Connection, AProbeEndsAConnectionWhoseOtherEndIsGone) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const auto probe = [&] {
    Pair::perform(pair.dialer, [&](Connection& c, Actions& a) { c.probe(pair.now, a); });
    EXPECT_EQ(pair.dialer.connection.deadline(), pair.now + 10'000);
  };
  probe();
  pair.run();
  tell_time(pair.dialer, pair.now += 10'000);
  EXPECT_TRUE(pair.dialer.all<Failed>().empty()) << "it was answered";
  probe();
  tell_time(pair.dialer, pair.now + 10'000);
  ASSERT_EQ(pair.dialer.all<Failed>().size(), 1U);
  EXPECT_EQ(pair.dialer.all<Failed>()[0].reason, FailureReason::kKeepaliveTimeout);
}

TEST(Connection, ASlowReaderStopsTheWriter) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.listener.consumes = false;
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  const base::Bytes message = some_bytes(5 << 20);
  pair.write(pair.dialer, stream, message);
  pair.run();
  // The lines of the negotiation, 20 and 25 bytes, were dealt with, but that is not worth an update yet.
  EXPECT_EQ(pair.listener.data(stream).size(), 262'144U - 45);
  Actions actions;
  EXPECT_EQ(pair.dialer.connection.write(stream, some_bytes(1), actions).error(),
            StreamError::kTooMuchUnsent);
  EXPECT_TRUE(actions.empty());
  pair.close(pair.dialer, stream);
  std::size_t dealt_with = 0;
  while (dealt_with < message.size()) {
    const std::size_t there = pair.listener.data(stream).size();
    ASSERT_GT(there, dealt_with);
    Pair::perform(pair.listener,
                  [&](Connection& c, Actions& a) { c.consumed(stream, there - dealt_with, a); });
    dealt_with = there;
    pair.run();
  }
  EXPECT_EQ(pair.listener.data(stream), message);
  EXPECT_EQ(pair.dialer.all<StreamDrained>().size(), 1U);
  EXPECT_EQ(pair.listener.all<StreamEnded>().size(), 1U);
}

TEST(Connection, AResetIsHeard) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  pair.write(pair.dialer, stream, some_bytes(10));
  pair.run();
  Pair::perform(pair.listener, [&](Connection& c, Actions& a) { c.reset(stream, a); });
  pair.run();
  EXPECT_EQ(pair.dialer.all<StreamReset>().size(), 1U);
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
  EXPECT_EQ(pair.listener.connection.streams(), 0U);
  Actions actions;
  EXPECT_EQ(pair.dialer.connection.write(stream, some_bytes(1), actions).error(),
            StreamError::kUnknownStream);
  EXPECT_EQ(pair.dialer.connection.close(stream, pair.now, actions).error(),
            StreamError::kUnknownStream);
}

TEST(Connection, GoesAwayWhenTheLastStreamIsGone) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  pair.run();
  Pair::perform(pair.dialer, [](Connection& c, Actions& a) { c.go_away(a); });
  pair.run();
  Actions actions;
  EXPECT_EQ(pair.dialer.connection.open_stream(kParticleProtocol, 0, actions).error(),
            StreamError::kNotSecured);
  EXPECT_EQ(pair.listener.connection.open_stream(kParticleProtocol, 0, actions).error(),
            StreamError::kNotSecured);
  EXPECT_TRUE(pair.dialer.all<Closed>().empty());
  pair.write(pair.dialer, stream, some_bytes(100));
  pair.close(pair.dialer, stream);
  pair.run();
  EXPECT_EQ(pair.listener.data(stream), some_bytes(100));
  pair.close(pair.listener, stream);
  EXPECT_EQ(pair.listener.all<Closed>().size(), 1U);
  pair.run();
  EXPECT_EQ(pair.dialer.all<Closed>().size(), 1U);
}

TEST(Connection, ManyStreamsAtOnce) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  pair.run();
  std::vector<StreamId> streams;
  for (int i = 0; i < 300; ++i) {
    streams.push_back(pair.open(i % 2 == 0 ? pair.dialer : pair.listener, kParticleProtocol));
    pair.write(i % 2 == 0 ? pair.dialer : pair.listener, streams.back(), some_bytes(100 + i));
  }
  pair.run([] { return std::size_t{777}; });
  for (int i = 0; i < 300; ++i) {
    Side& from = i % 2 == 0 ? pair.dialer : pair.listener;
    Side& to = i % 2 == 0 ? pair.listener : pair.dialer;
    EXPECT_EQ(to.data(streams[i]), some_bytes(100 + i));
    pair.close(from, streams[i]);
    pair.close(to, streams[i]);
  }
  pair.run();
  EXPECT_EQ(pair.dialer.connection.streams(), 0U);
  EXPECT_EQ(pair.listener.connection.streams(), 0U);
}

// The figure of docs/decisions/0009-net.md.
TEST(Connection, AnIdleOneIsSmall) {
  Pair pair(particle_peer(1), particle_peer(2));
  pair.start();
  EXPECT_LT(pair.dialer.connection.heap_bytes(), 2048U);
  pair.run();
  const StreamId stream = pair.open(pair.dialer, kParticleProtocol);
  pair.write(pair.dialer, stream, some_bytes(1 << 20));
  pair.run();
  pair.close(pair.dialer, stream);
  pair.close(pair.listener, stream);
  pair.run();
  RecordProperty("idle_heap_bytes", static_cast<int>(pair.dialer.connection.heap_bytes()));
  EXPECT_LT(sizeof(Connection) + pair.dialer.connection.heap_bytes(), 1024U);
  EXPECT_LT(sizeof(Connection) + pair.listener.connection.heap_bytes(), 1024U);
}

}  // namespace
}  // namespace aqua::net

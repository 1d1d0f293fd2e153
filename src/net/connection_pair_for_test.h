#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "net/connection.h"

// Two connections with nothing but two queues of bytes between them.

namespace aqua::net {

inline crypto::Seed seed_of(int number) {
  crypto::Seed seed{};
  seed[0] = static_cast<base::Byte>(number);
  seed[1] = static_cast<base::Byte>(number >> 8);
  return seed;
}

inline LocalPeer local_peer(int number, std::vector<std::string> protocols) {
  LocalPeer peer(crypto::KeyPair::from_seed(seed_of(number)), seed_of(number + 1000));
  peer.protocols = std::move(protocols);
  return peer;
}

struct Side {
  Connection connection;
  base::Bytes wire = {};  // sent, not yet arrived
  Actions heard = {};     // all actions but SendBytes
  bool consumes = true;   // whatever comes is dealt with at once

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Action& action : heard) {
      if (const T* of_type = std::get_if<T>(&action)) found.push_back(*of_type);
    }
    return found;
  }
  base::Bytes data(StreamId stream) const {
    base::Bytes bytes;
    for (const StreamData& piece : all<StreamData>()) {
      if (piece.stream == stream) bytes.insert(bytes.end(), piece.bytes.begin(), piece.bytes.end());
    }
    return bytes;
  }

  void take(Actions actions) {
    Actions more;
    for (Action& action : actions) {
      if (auto* send = std::get_if<SendBytes>(&action)) {
        wire.insert(wire.end(), send->bytes.begin(), send->bytes.end());
        continue;
      }
      const auto* data_action = std::get_if<StreamData>(&action);
      if (data_action && consumes) {
        connection.consumed(data_action->stream, data_action->bytes.size(), more);
      }
      heard.push_back(std::move(action));
    }
    if (!more.empty()) take(std::move(more));
  }
};

struct Pair {
  LocalPeer dialer_peer;
  LocalPeer listener_peer;
  Side dialer;
  Side listener;
  TimeMs now = 1000;

  Pair(LocalPeer dialing, LocalPeer listening, std::string expected = {})
      : dialer_peer(std::move(dialing)),
        listener_peer(std::move(listening)),
        dialer{Connection(dialer_peer, Role::kDialer, seed_of(501), std::move(expected),
                          "/ip4/127.0.0.1/tcp/4001")},
        listener{Connection(listener_peer, Role::kListener, seed_of(502), {},
                            "/ip4/127.0.0.1/tcp/50000")} {}
  Pair(const Pair&) = delete;

  void start() {
    perform(dialer, [&](Connection& c, Actions& a) { c.start(now, a); });
    perform(listener, [&](Connection& c, Actions& a) { c.start(now, a); });
  }

  template <class F>
  static void perform(Side& side, F&& call) {
    Actions actions;
    call(side.connection, actions);
    side.take(std::move(actions));
  }

  // Moves bytes until both are silent, in pieces of the size that `piece` says.
  void run(const std::function<std::size_t()>& piece = [] { return std::size_t{1} << 20; }) {
    while (!dialer.wire.empty() || !listener.wire.empty()) {
      move(dialer, listener, piece());
      move(listener, dialer, piece());
    }
  }

  void move(Side& from, Side& to, std::size_t piece) {
    const std::size_t count = std::min(std::max<std::size_t>(piece, 1), from.wire.size());
    if (count == 0) return;
    const base::Bytes bytes(from.wire.begin(),
                            from.wire.begin() + static_cast<std::ptrdiff_t>(count));
    from.wire.erase(from.wire.begin(), from.wire.begin() + static_cast<std::ptrdiff_t>(count));
    perform(to, [&](Connection& c, Actions& a) { c.on_bytes(bytes, now, a); });
  }

  StreamId open(Side& side, std::string_view protocol) {
    StreamId id = 0;
    perform(side, [&](Connection& c, Actions& a) { id = c.open_stream(protocol, now, a).value(); });
    return id;
  }
  void write(Side& side, StreamId stream, base::ByteView bytes) {
    perform(side, [&](Connection& c, Actions& a) { ASSERT_TRUE(c.write(stream, bytes, a)); });
  }
  void close(Side& side, StreamId stream) {
    perform(side, [&](Connection& c, Actions& a) { ASSERT_TRUE(c.close(stream, now, a)); });
  }
};

inline base::Bytes some_bytes(std::size_t count) {
  base::Bytes bytes(count);
  std::uint32_t state = 1;
  for (base::Byte& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<base::Byte>(state >> 24);
  }
  return bytes;
}

}  // namespace aqua::net

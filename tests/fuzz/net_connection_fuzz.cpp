#include <cstdint>
#include <cstdlib>

#include "net/attacker_for_test.h"

// A whole connection. The first byte says how far an honest handshake goes before the input begins: not at all
// (as listener, as dialer), until Noise, until the last message of it, until yamux.

namespace {

using namespace aqua;

const net::LocalPeer& victim() {
  static const net::LocalPeer peer = [] {
    net::LocalPeer made(crypto::KeyPair::from_seed(net::attacker_seed(21)), net::attacker_seed(22));
    made.protocols = {std::string(net::kParticleProtocol)};
    made.listen_addresses = {"/ip4/127.0.0.1/tcp/4001"};
    made.limits.inbound_streams_max = 8;
    made.limits.idle_frames_max = 100;
    return made;
  }();
  return peer;
}

// The owner answers what it is told, as a node would.
void own(net::Connection& connection, net::Actions& actions, std::size_t& seen) {
  for (; seen < actions.size(); ++seen) {
    const net::Action action = actions[seen];
    if (const auto* data = std::get_if<net::StreamData>(&action)) {
      connection.consumed(data->stream, data->bytes.size(), actions);
      (void)connection.write(data->stream, data->bytes, actions);
    } else if (const auto* ended = std::get_if<net::StreamEnded>(&action)) {
      (void)connection.close(ended->stream, 0, actions);
    } else if (std::holds_alternative<net::Secured>(action)) {
      (void)connection.open_stream(net::kParticleProtocol, 0, actions);
    } else if (std::holds_alternative<net::Failed>(action) ||
               std::holds_alternative<net::Closed>(action)) {
      if (seen + 1 != actions.size()) std::abort();
    }
  }
}

void dial(base::ByteView bytes) {
  net::Connection connection(victim(), net::Role::kDialer, net::attacker_seed(23));
  net::Actions actions;
  connection.start(0, actions);
  connection.on_bytes(bytes, 1, actions);
  connection.on_time(100'000, actions);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::ByteView rest(data + 1, size - 1);
  const int stage = data[0] % 5;
  if (stage == 0) {
    dial(rest);
    return 0;
  }
  net::Attacker attacker(victim());
  std::size_t seen = 0;
  if (stage == 2) attacker.select_security();
  if (stage == 3) attacker.begin_handshake();
  if (stage == 4) attacker.open();
  if (stage == 3) {
    attacker.send(attacker.last_message(rest));
  } else if (stage < 4) {
    attacker.send(rest);
  }
  // Pieces of a length byte and so many bytes, each sealed by itself.
  while (stage == 4 && !rest.empty()) {
    const auto count = std::min<std::size_t>(rest[0], rest.size() - 1);
    attacker.send_sealed(rest.subspan(1, count));
    rest = rest.subspan(1 + count);
    own(attacker.victim, attacker.heard, seen);
  }
  own(attacker.victim, attacker.heard, seen);
  attacker.victim.on_time(100'000, attacker.heard);
  attacker.victim.go_away(attacker.heard);
  own(attacker.victim, attacker.heard, seen);
  return 0;
}

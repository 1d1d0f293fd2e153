// attacker ATTACK HOST PORT [COUNT]
//
// Does one thing to a peer that no good peer does, and prints a line of JSON: what the peer did then.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "hostile_connection.h"
#include "net/protocols.h"
#include "node/key_file.h"

namespace aqua::faults {

namespace {

constexpr int kEndMs = 20'000;
constexpr std::uint32_t kMegabyte = 1 << 20;

struct Target {
  std::string host;
  std::uint16_t port = 0;
  std::size_t count = 1;
};

std::unique_ptr<HostileConnection> dial(const Target& target) {
  return std::make_unique<HostileConnection>(target.host, target.port);
}
std::unique_ptr<HostileConnection> opened(const Target& target) {
  auto connection = dial(target);
  connection->open();
  return connection;
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// Whether the peer closed, and what it said before: -1 for nothing.
void say_end(HostileConnection& connection) {
  const auto end = connection.wait_for_end(kEndMs);
  say(fmt::format(R"({{"closed":{},"go_away":{}}})", end.has_value(), end.value_or(-1)));
}

void wait_for_end_of_input() {
  while (std::getchar() != EOF) {
  }
}

base::Bytes zeros(std::size_t count) { return base::Bytes(count); }

base::Bytes ping(std::uint32_t value) {
  base::Bytes frame;
  net::append_yamux_header(frame, {.type = net::YamuxType::kPing,
                                   .flags = net::yamux_flag::kSyn,
                                   .stream = 0,
                                   .length = value});
  return frame;
}

// --- connections -------------------------------------------------------------------------------

// Connections that are left behind at every stage, half of them without an end.
void abandon(const Target& target) {
  constexpr std::size_t kOpenMax = 500;
  std::deque<std::unique_ptr<HostileConnection>> kept;
  for (std::size_t i = 0; i < target.count; ++i) {
    auto connection = dial(target);
    switch (i % 5) {
      case 0: break;
      case 1: connection->select_security(); break;
      case 2: connection->begin_handshake(); break;
      case 3: connection->open(); break;
      default:
        connection->open();
        connection->open_stream(1, net::kParticleProtocol, zeros(100));
        break;
    }
    kept.push_back(std::move(connection));
    if (kept.size() > kOpenMax) kept.pop_front();
  }
  say(fmt::format(R"({{"opened":{}}})", target.count));
}

// Says nothing at all, many times, until its standard input ends.
void be_silent(const Target& target) {
  std::vector<std::unique_ptr<HostileConnection>> kept;
  for (std::size_t i = 0; i < target.count; ++i) kept.push_back(dial(target));
  say(fmt::format(R"({{"opened":{}}})", kept.size()));
  wait_for_end_of_input();
}

// Is somebody, and never reads.
void be_deaf(const Target& target) {
  auto connection = dial(target);
  const int little = 4096;
  ::setsockopt(connection->socket(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  connection->open();
  say(fmt::format(R"({{"peer_id":"{}"}})", connection->peer_id()));
  wait_for_end_of_input();
}

// --- the handshake -----------------------------------------------------------------------------

// The bytes of a good connection again, on another one.
void replay(const Target& target) {
  const auto good = opened(target);
  good->open_stream(1, net::kParticleProtocol);
  const auto again = dial(target);
  again->send(good->sent());
  // Its answer belongs to another handshake: it is only waited for.
  base::Bytes heard(4096);
  std::size_t count = 0;
  while (true) {
    const ssize_t size = ::recv(again->socket(), heard.data(), heard.size(), 0);
    if (size <= 0) break;
    count += static_cast<std::size_t>(size);
  }
  say(fmt::format(R"({{"closed":true,"heard_bytes":{}}})", count));
}

// Two sealed messages in the wrong order.
void reorder(const Target& target) {
  const auto connection = opened(target);
  const base::Bytes first = connection->sealed(ping(1));
  connection->send_sealed(ping(2));
  connection->send(first);
  say_end(*connection);
}

// A sealed message twice.
void repeat(const Target& target) {
  const auto connection = opened(target);
  const base::Bytes message = connection->sealed(ping(1));
  connection->send(message);
  connection->send(message);
  say_end(*connection);
}

// --- yamux -------------------------------------------------------------------------------------

void flood_streams(const Target& target) {
  auto connection = opened(target);
  for (std::uint32_t id = 1; id < 2 * target.count; id += 2) {
    if (!connection->send_frame({.type = net::YamuxType::kWindowUpdate,
                                 .flags = net::yamux_flag::kSyn,
                                 .stream = id,
                                 .length = 0}))
      break;
  }
  say_end(*connection);
}

void flood_pings(const Target& target) {
  auto connection = opened(target);
  for (std::uint32_t i = 0; i < target.count; ++i) {
    if (!connection->send_sealed(ping(i))) break;
  }
  say_end(*connection);
}

void overflow_window(const Target& target) {
  auto connection = opened(target);
  connection->open_stream(1, net::kParticleProtocol);
  for (int i = 0; i < 2; ++i) {
    connection->send_frame(
        {.type = net::YamuxType::kWindowUpdate, .flags = 0, .stream = 1, .length = UINT32_MAX});
  }
  say_end(*connection);
}

void exceed_window(const Target& target) {
  auto connection = opened(target);
  connection->open_stream(1, net::kParticleProtocol);
  connection->send_frame(
      {.type = net::YamuxType::kData, .flags = 0, .stream = 1, .length = 8 * kMegabyte},
      zeros(8 * kMegabyte));
  say_end(*connection);
}

// Frames of particles that say they are large, and do not end: 200 KB of each are sent.
void never_end(const Target& target) {
  auto connection = opened(target);
  const base::Bytes length{0x80, 0x80, 0x80, 0x20};  // 64 MiB
  const base::Bytes piece = zeros(100'000);
  std::size_t sent = 0;
  for (std::uint32_t stream = 1; stream < 2 * target.count; stream += 2) {
    connection->open_stream(stream, net::kParticleProtocol, length);
    for (int i = 0; i < 2; ++i) {
      if (!connection->send_frame({.type = net::YamuxType::kData,
                                   .flags = 0,
                                   .stream = stream,
                                   .length = static_cast<std::uint32_t>(piece.size())},
                                  piece))
        break;
      sent += piece.size();
    }
  }
  say(fmt::format(R"({{"sent":{}}})", sent));
  wait_for_end_of_input();
}

using Attack = std::function<void(const Target&)>;
const std::map<std::string_view, Attack>& attacks() {
  static const std::map<std::string_view, Attack> all{
      {"abandon", abandon},
      {"silent", be_silent},
      {"deaf", be_deaf},
      {"replay", replay},
      {"reorder", reorder},
      {"repeat", repeat},
      {"streams", flood_streams},
      {"pings", flood_pings},
      {"window-overflow", overflow_window},
      {"window-exceeded", exceed_window},
      {"never-end", never_end},
  };
  return all;
}

std::size_t number_in(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("a number was expected");
  return value;
}

void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace aqua::faults

int main(int count, char** words) {
  using namespace aqua::faults;
  const std::vector<std::string_view> given(words, words + count);
  if (given.size() < 4) fail("attacker ATTACK HOST PORT [COUNT]");
  const auto attack = attacks().find(given[1]);
  if (attack == attacks().end()) fail("there is no such attack");
  Target target{.host = std::string(given[2]),
                .port = static_cast<std::uint16_t>(number_in(given[3])),
                .count = given.size() > 4 ? number_in(given[4]) : 1};
  allow_many_descriptors();
  attack->second(target);
  return 0;
}

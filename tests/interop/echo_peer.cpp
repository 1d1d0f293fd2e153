// A peer of the network code alone, for streams.test.mjs.
//
//   echo_peer --listen MULTIADDR...                     serves what EchoLink does; prints {"peer_id", "multiaddrs"};
//                                                       ends with its standard input
//   echo_peer --dial MULTIADDR --streams N --bytes N    echoes on so many streams at a time; prints {"streams", "bytes"}
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "echo_link.h"
#include "net/multiaddr.h"
#include "node/key_file.h"
#include "node/transport.h"

namespace aqua::interop {
namespace {

constexpr std::uint32_t kConnectMs = 10'000;

struct Options {
  std::vector<std::string> listen;
  std::string dial;
  std::size_t streams = 1;
  std::size_t bytes = 0;
};

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "echo_peer: {}\n", why);
  std::exit(1);
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("a number was expected");
  return value;
}

Options read_options(std::span<char*> words) {
  Options options;
  if (words.size() % 2 != 0) fail("every option has a value");
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    if (name == "--listen") {
      options.listen.emplace_back(value);
    } else if (name == "--dial") {
      options.dial = value;
    } else if (name == "--streams") {
      options.streams = number(value);
    } else if (name == "--bytes") {
      options.bytes = number(value);
    } else {
      fail(fmt::format("there is no option {}", name));
    }
  }
  return options;
}

net::Endpoint endpoint_named(const std::string& address) {
  const auto parsed = net::parse_multiaddr(address);
  const auto endpoint = parsed ? net::endpoint_of(*parsed) : std::nullopt;
  if (!endpoint) fail(fmt::format("no address: {}", address));
  return *endpoint;
}

node::Carrier carrier_of(const net::Endpoint& endpoint) {
  return endpoint.websocket ? node::Carrier::kWebSocket : node::Carrier::kTcp;
}

node::Endpoint socket_of(const net::Endpoint& endpoint) {
  return {.carrier = carrier_of(endpoint), .host = endpoint.host, .port = endpoint.port};
}

void serve(node::Loop& loop, const net::LocalPeer& local, const std::vector<std::string>& listen) {
  std::vector<std::unique_ptr<node::Listener>> listeners;
  std::string addresses;
  for (const std::string& address : listen) {
    net::Endpoint endpoint = endpoint_named(address);
    auto listener = node::Listener::open(
        loop, socket_of(endpoint),
        [&loop, &local, endpoint](const node::Listener::Accepted& accepted) {
          node::open_accepted(
              loop, accepted.socket,
              {.carrier = carrier_of(endpoint), .host = {}, .path = {}, .tls = nullptr},
              [&loop, &local](base::Result<std::shared_ptr<node::ByteStream>, std::string> stream) {
                if (!stream) return;
                std::make_shared<EchoLink>(
                    loop, local, std::move(*stream), net::Role::kListener, std::string(),
                    EchoLink::Handlers{.on_ready = [] {},
                                       .on_echoed = [](std::size_t, bool) {},
                                       .on_pinged = [] {},
                                       .on_closed = [](const std::string&) {}})
                    ->start();
              });
        });
    if (!listener) fail(listener.error());
    endpoint.port = (*listener)->port();
    endpoint.peer_id = local.identity.peer_id();
    addresses += fmt::format("{}\"{}\"", addresses.empty() ? "" : ",",
                             net::print_multiaddr(net::multiaddr_of(endpoint)));
    listeners.push_back(std::move(*listener));
  }
  fmt::print("{{\"peer_id\":\"{}\",\"multiaddrs\":[{}]}}\n", local.identity.peer_id(), addresses);
  std::fflush(stdout);
  const EndOfInput end([&loop] { loop.stop(); });
  loop.run();
}

void call(node::Loop& loop, const net::LocalPeer& local, const Options& options) {
  const net::Endpoint endpoint = endpoint_named(options.dial);
  std::shared_ptr<EchoLink> link;
  std::size_t left = options.streams + 1;  // and a ping
  const auto done = [&] {
    if (--left == 0) loop.stop();
  };
  const auto begin = [&] {
    link->ping();
    for (std::size_t i = 0; i < options.streams; ++i) link->call(options.bytes);
  };
  const auto echoed = [&](std::size_t count, bool is_same) {
    if (count != options.bytes) fail(fmt::format("{} bytes came back", count));
    if (!is_same) fail("other bytes came back");
    done();
  };
  const auto opened = [&](base::Result<std::shared_ptr<node::ByteStream>, std::string> stream) {
    if (!stream) fail(stream.error());
    link = std::make_shared<EchoLink>(
        loop, local, std::move(*stream), net::Role::kDialer, endpoint.peer_id,
        EchoLink::Handlers{.on_ready = begin,
                           .on_echoed = echoed,
                           .on_pinged = done,
                           .on_closed = [](const std::string& why) { fail(why); }});
    link->start();
  };
  const auto connected = [&](base::Result<int, std::string> socket) {
    if (!socket) fail(socket.error());
    node::open_dialled(
        loop, *socket,
        {.carrier = carrier_of(endpoint), .host = endpoint.host, .path = "/", .tls = nullptr},
        opened);
  };
  node::connect_tcp(loop, socket_of(endpoint), kConnectMs, connected);
  loop.run();
  fmt::print("{{\"streams\":{},\"bytes\":{}}}\n", options.streams, options.bytes);
}

}  // namespace
}  // namespace aqua::interop

int main(int count, char** words) {
  using namespace aqua;
  const interop::Options options =
      interop::read_options(std::span(words, static_cast<std::size_t>(count)).subspan(1));
  net::LocalPeer local(node::random_key(), node::random_seed());
  local.protocols = {std::string(interop::kEchoProtocol), std::string(interop::kResetProtocol)};
  node::Loop loop;
  if (options.dial.empty()) {
    interop::serve(loop, local, options.listen);
  } else {
    interop::call(loop, local, options);
  }
  return 0;
}

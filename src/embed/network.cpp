#include <aqua/network.h>
#include <fmt/format.h>

#include <set>

#include "embed/network_thread.h"

namespace aqua {

namespace {

constexpr std::uint32_t kTtlMsMax = 600'000;
constexpr std::uint32_t kLatencyMsMax = 600'000;

Result<config::Network> config_of(const NetworkOptions& options) {
  const auto mistake = [](std::string message) {
    return std::unexpected(Error{ErrorKind::kUsage, std::move(message)});
  };
  if (options.peers.empty()) return mistake("a network needs a peer");
  if (options.peers.size() > config::kPeersMax)
    return mistake(fmt::format("a network has at most {} peers", config::kPeersMax));
  if (options.ttl_ms == 0 || options.ttl_ms > kTtlMsMax)
    return mistake(fmt::format("ttl_ms is 1 to {}, not {}", kTtlMsMax, options.ttl_ms));
  if (options.latency_ms > kLatencyMsMax)
    return mistake(fmt::format("latency_ms is at most {}", kLatencyMsMax));
  config::Network network;
  network.latency_ms = options.latency_ms;
  network.start = options.peers[0].name;
  std::set<std::string_view> names;
  for (const PeerOptions& peer : options.peers) {
    if (peer.name.empty()) return mistake("a peer has no name");
    if (!names.insert(peer.name).second)
      return mistake(fmt::format("two peers are named \"{}\"", peer.name));
    config::PeerEntry& entry = network.peers.emplace_back();
    entry.name = peer.name;
    entry.via = peer.via;
  }
  for (const PeerOptions& peer : options.peers) {
    for (const std::string& relay : peer.via) {
      if (!names.contains(relay) || relay == peer.name)
        return mistake(
            fmt::format("\"{}\", by which {} is reached, is no other peer", relay, peer.name));
    }
  }
  return network;
}

}  // namespace

std::string Peer::id() const { return network_->peer_id(name_); }

Result<void> Peer::add(std::string service_id, std::map<std::string, Function> functions) const {
  return network_->add(name_, std::move(service_id), std::move(functions));
}

void Peer::call_then(const Script& script, std::string_view function,
                     std::vector<Argument> arguments,
                     std::function<void(Result<Value>)> done) const {
  network_->call(name_, script, function, std::move(arguments), std::move(done));
}

Error Peer::wrong_result(const std::string& expected, const Value& given) {
  return {ErrorKind::kResult,
          fmt::format("the result is {}, expected was {}", given.shown(), expected)};
}

Result<Network> Network::start(const NetworkOptions& options) {
  auto config = config_of(options);
  if (!config) return std::unexpected(std::move(config.error()));
  return Network(std::make_unique<embed::NetworkThread>(std::move(*config), options));
}

Network::Network(std::unique_ptr<embed::NetworkThread> thread) : thread_(std::move(thread)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

}  // namespace aqua

#include "node/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/keys.h"

namespace aqua::node {

namespace {

constexpr std::size_t kAddressBytesMax = 512;
constexpr std::size_t kHostBytesMax = 253;

using Failed = std::unexpected<std::string>;

bool is_ip(int family, const std::string& text) {
  unsigned char bytes[16];
  return ::inet_pton(family, text.c_str(), bytes) == 1;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= kHostBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 1; at <= text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool is_good_host(std::string_view protocol, const std::string& host) {
  if (protocol == "ip4") return is_ip(AF_INET, host);
  if (protocol == "ip6") return is_ip(AF_INET6, host);
  return is_host_name(host);
}

}  // namespace

base::Result<PeerAddress, std::string> parse_address(std::string_view multiaddr) {
  const auto failed = [&](std::string_view why) {
    return Failed(fmt::format("\"{}\" is no address to connect to: {}",
                              multiaddr.substr(0, kAddressBytesMax), why));
  };
  if (multiaddr.size() > kAddressBytesMax || !multiaddr.starts_with('/'))
    return failed("a multiaddr begins with /ip4/ or /dns4/");
  const std::vector<std::string_view> parts = parts_of(multiaddr);
  constexpr std::string_view kHosts[] = {"ip4", "ip6", "dns", "dns4", "dns6"};
  if (parts.size() < 4 || std::ranges::find(kHosts, parts[0]) == std::end(kHosts))
    return failed("it begins with /ip4/ADDRESS/tcp/PORT, or /ip6/, /dns/, /dns4/, /dns6/");
  PeerAddress address;
  address.endpoint.host = parts[1];
  if (!is_good_host(parts[0], address.endpoint.host))
    return failed(fmt::format("\"{}\" is no {}", parts[1], parts[0]));
  const auto port = port_of(parts[3]);
  if (parts[2] != "tcp" || !port) return failed("behind the host stands /tcp/PORT");
  address.endpoint.port = *port;
  std::size_t at = 4;
  const auto is_at = [&](std::size_t index, std::string_view part) {
    return index < parts.size() && parts[index] == part;
  };
  if (is_at(at, "ws")) {
    address.endpoint.carrier = Carrier::kWebSocket;
    ++at;
  } else if (is_at(at, "wss")) {
    address.endpoint.carrier = Carrier::kSecureWebSocket;
    ++at;
  } else if (is_at(at, "tls") && is_at(at + 1, "ws")) {
    address.endpoint.carrier = Carrier::kSecureWebSocket;
    at += 2;
  }
  if (is_at(at, "p2p") && at + 1 < parts.size()) {
    address.peer_id = parts[at + 1];
    if (!crypto::public_key_of(address.peer_id))
      return failed(fmt::format("\"{}\" is no peer id of an Ed25519 key", address.peer_id));
    at += 2;
  }
  if (at != parts.size()) return failed(fmt::format("nobody here knows \"/{}\"", parts[at]));
  return address;
}

std::string address_text(const Endpoint& endpoint) {
  const std::string_view host = is_ip(AF_INET, endpoint.host)    ? "ip4"
                                : is_ip(AF_INET6, endpoint.host) ? "ip6"
                                                                 : "dns";
  std::string_view carrier;
  switch (endpoint.carrier) {
    case Carrier::kTcp: break;
    case Carrier::kWebSocket: carrier = "/ws"; break;
    case Carrier::kSecureWebSocket: carrier = "/wss"; break;
  }
  return fmt::format("/{}/{}/tcp/{}{}", host, endpoint.host, endpoint.port, carrier);
}

base::Result<Endpoint, std::string> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "127.0.0.1" : text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto port = port_of(colon == std::string_view::npos ? text : text.substr(colon + 1));
  const std::string address(host);
  if (!port || (!is_ip(AF_INET, address) && !is_ip(AF_INET6, address)))
    return Failed(fmt::format("\"{}\" is no ADDRESS:PORT, such as 127.0.0.1:18080", text));
  return Endpoint{Carrier::kTcp, address, *port};
}

}  // namespace aqua::node

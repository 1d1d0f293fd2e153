#include "net/multiaddr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base58.h"
#include "base/check.h"
#include "base/varint.h"

namespace aqua::net {

namespace {

enum class ValueKind : std::uint8_t { kNone, kIp4, kIp6, kPort, kName, kPeerId };

struct ProtocolRow {
  AddrProtocol protocol;
  std::uint32_t code;
  std::string_view name;
  ValueKind value;
};

constexpr std::array kProtocols = {
    ProtocolRow{AddrProtocol::kIp4, 4, "ip4", ValueKind::kIp4},
    ProtocolRow{AddrProtocol::kIp6, 41, "ip6", ValueKind::kIp6},
    ProtocolRow{AddrProtocol::kDns, 53, "dns", ValueKind::kName},
    ProtocolRow{AddrProtocol::kDns4, 54, "dns4", ValueKind::kName},
    ProtocolRow{AddrProtocol::kDns6, 55, "dns6", ValueKind::kName},
    ProtocolRow{AddrProtocol::kTcp, 6, "tcp", ValueKind::kPort},
    ProtocolRow{AddrProtocol::kTls, 448, "tls", ValueKind::kNone},
    ProtocolRow{AddrProtocol::kWs, 477, "ws", ValueKind::kNone},
    ProtocolRow{AddrProtocol::kWss, 478, "wss", ValueKind::kNone},
    ProtocolRow{AddrProtocol::kP2p, 421, "p2p", ValueKind::kPeerId},
};

constexpr std::string_view kOldNameOfP2p = "ipfs";
constexpr std::size_t kNameBytesMax = 253;
constexpr std::size_t kPeerIdBytesMax = 64;
constexpr std::size_t kPeerIdCharsMax = 96;

const ProtocolRow& row_of(AddrProtocol protocol) {
  return *std::ranges::find(kProtocols, protocol, &ProtocolRow::protocol);
}

std::optional<base::Bytes> parse_ip(int family, std::size_t size, const std::string& text) {
  base::Bytes bytes(size);
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::string print_ip(int family, base::ByteView bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  AQUA_CHECK(inet_ntop(family, bytes.data(), text.data(), text.size()), "an address has no text");
  return text.data();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != '/'; });
}

// A multihash: its code, its length, and so many bytes.
bool good_peer_id(base::ByteView bytes) {
  if (bytes.size() > kPeerIdBytesMax) return false;
  const auto code = base::read_varint(bytes, 0xFFFF);
  if (!code || !*code) return false;
  const base::ByteView rest = bytes.subspan((*code)->size_bytes);
  const auto length = base::read_varint(rest, kPeerIdBytesMax);
  return length && *length && (*length)->value > 0 &&
         rest.size() == (*length)->size_bytes + (*length)->value;
}

// The value in binary, without the length before it.
std::optional<base::Bytes> value_bytes(ValueKind kind, std::string_view text) {
  switch (kind) {
    case ValueKind::kNone: return base::Bytes{};
    case ValueKind::kIp4: return parse_ip(AF_INET, 4, std::string(text));
    case ValueKind::kIp6: return parse_ip(AF_INET6, 16, std::string(text));
    case ValueKind::kPort: {
      const auto port = parse_port(text);
      if (!port) return std::nullopt;
      return base::Bytes{static_cast<base::Byte>(*port >> 8), static_cast<base::Byte>(*port)};
    }
    case ValueKind::kName: {
      if (!good_name(text)) return std::nullopt;
      return base::Bytes(text.begin(), text.end());
    }
    case ValueKind::kPeerId: {
      if (text.size() > kPeerIdCharsMax) return std::nullopt;
      auto bytes = base::base58_decode(text);
      if (!bytes || !good_peer_id(*bytes)) return std::nullopt;
      return bytes;
    }
  }
  AQUA_CHECK(false, "no such kind of value: {}", static_cast<int>(kind));
}

std::optional<std::string> value_text(ValueKind kind, base::ByteView bytes) {
  switch (kind) {
    case ValueKind::kNone: return std::string();
    case ValueKind::kIp4: return print_ip(AF_INET, bytes);
    case ValueKind::kIp6: return print_ip(AF_INET6, bytes);
    case ValueKind::kPort: return std::to_string(bytes[0] << 8 | bytes[1]);
    case ValueKind::kName: {
      if (!good_name(base::as_text(bytes))) return std::nullopt;
      return std::string(base::as_text(bytes));
    }
    case ValueKind::kPeerId: {
      if (!good_peer_id(bytes)) return std::nullopt;
      return base::base58_encode(bytes);
    }
  }
  AQUA_CHECK(false, "no such kind of value: {}", static_cast<int>(kind));
}

// None: the length lies before the value.
std::optional<std::size_t> fixed_size(ValueKind kind) {
  switch (kind) {
    case ValueKind::kNone: return 0;
    case ValueKind::kIp4: return 4;
    case ValueKind::kIp6: return 16;
    case ValueKind::kPort: return 2;
    case ValueKind::kName:
    case ValueKind::kPeerId: return std::nullopt;
  }
  AQUA_CHECK(false, "no such kind of value: {}", static_cast<int>(kind));
}

std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

base::Result<std::size_t, MultiaddrError> take_varint(base::ByteView& rest, std::uint64_t value_max,
                                                      MultiaddrError too_large) {
  const auto varint = base::read_varint(rest, value_max);
  if (!varint) return std::unexpected(too_large);
  if (!*varint) return std::unexpected(MultiaddrError::kTruncated);
  rest = rest.subspan((*varint)->size_bytes);
  return static_cast<std::size_t>((*varint)->value);
}

base::Result<AddrComponent, MultiaddrError> take_component(base::ByteView& rest) {
  const auto code = take_varint(rest, 0xFFFFFF, MultiaddrError::kUnknownProtocol);
  if (!code) return std::unexpected(code.error());
  const auto row = std::ranges::find(kProtocols, *code, &ProtocolRow::code);
  if (row == kProtocols.end()) return std::unexpected(MultiaddrError::kUnknownProtocol);
  std::size_t size = 0;
  if (const auto fixed = fixed_size(row->value)) {
    size = *fixed;
  } else {
    const auto length = take_varint(rest, kMultiaddrBytesMax, MultiaddrError::kTooLong);
    if (!length) return std::unexpected(length.error());
    size = *length;
  }
  if (size > rest.size()) return std::unexpected(MultiaddrError::kTruncated);
  auto value = value_text(row->value, rest.first(size));
  if (!value) return std::unexpected(MultiaddrError::kBadValue);
  rest = rest.subspan(size);
  return AddrComponent{row->protocol, std::move(*value)};
}

std::optional<HostKind> host_kind_of(AddrProtocol protocol) {
  switch (protocol) {
    case AddrProtocol::kIp4: return HostKind::kIp4;
    case AddrProtocol::kIp6: return HostKind::kIp6;
    case AddrProtocol::kDns: return HostKind::kDns;
    case AddrProtocol::kDns4: return HostKind::kDns4;
    case AddrProtocol::kDns6: return HostKind::kDns6;
    case AddrProtocol::kTcp:
    case AddrProtocol::kTls:
    case AddrProtocol::kWs:
    case AddrProtocol::kWss:
    case AddrProtocol::kP2p: return std::nullopt;
  }
  AQUA_CHECK(false, "no such protocol: {}", static_cast<int>(protocol));
}

AddrProtocol protocol_of(HostKind kind) {
  switch (kind) {
    case HostKind::kIp4: return AddrProtocol::kIp4;
    case HostKind::kIp6: return AddrProtocol::kIp6;
    case HostKind::kDns: return AddrProtocol::kDns;
    case HostKind::kDns4: return AddrProtocol::kDns4;
    case HostKind::kDns6: return AddrProtocol::kDns6;
  }
  AQUA_CHECK(false, "no such kind of host: {}", static_cast<int>(kind));
}

}  // namespace

std::string_view text(MultiaddrError error) {
  switch (error) {
    case MultiaddrError::kEmpty: return "nothing in it";
    case MultiaddrError::kTooLong: return "too long";
    case MultiaddrError::kNoLeadingSlash: return "does not begin with a slash";
    case MultiaddrError::kUnknownProtocol: return "a protocol that is not known here";
    case MultiaddrError::kMissingValue: return "a value is missing at its end";
    case MultiaddrError::kBadValue: return "a value is not what its protocol wants";
    case MultiaddrError::kTruncated: return "truncated";
  }
  AQUA_CHECK(false, "no such error: {}", static_cast<int>(error));
}

base::Result<Multiaddr, MultiaddrError> parse_multiaddr(std::string_view text) {
  if (text.size() > kMultiaddrBytesMax) return std::unexpected(MultiaddrError::kTooLong);
  if (text.empty()) return std::unexpected(MultiaddrError::kEmpty);
  if (!text.starts_with('/')) return std::unexpected(MultiaddrError::kNoLeadingSlash);
  std::string_view rest = text.substr(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) return std::unexpected(MultiaddrError::kEmpty);
  Multiaddr address;
  while (!rest.empty()) {
    std::string_view name = take_part(rest);
    if (name == kOldNameOfP2p) name = row_of(AddrProtocol::kP2p).name;
    const auto row = std::ranges::find(kProtocols, name, &ProtocolRow::name);
    if (row == kProtocols.end()) return std::unexpected(MultiaddrError::kUnknownProtocol);
    if (address.components.size() == kMultiaddrComponentsMax) {
      return std::unexpected(MultiaddrError::kTooLong);
    }
    std::string value;
    if (row->value != ValueKind::kNone) {
      if (rest.empty()) return std::unexpected(MultiaddrError::kMissingValue);
      // Through the binary form, which makes it canonical.
      const auto bytes = value_bytes(row->value, take_part(rest));
      const auto canonical = bytes ? value_text(row->value, *bytes) : std::nullopt;
      if (!canonical) return std::unexpected(MultiaddrError::kBadValue);
      value = *canonical;
    }
    address.components.push_back({row->protocol, std::move(value)});
  }
  return address;
}

std::string print_multiaddr(const Multiaddr& address) {
  std::string text;
  for (const AddrComponent& component : address.components) {
    const ProtocolRow& row = row_of(component.protocol);
    text.append("/").append(row.name);
    if (row.value != ValueKind::kNone) text.append("/").append(component.value);
  }
  return text;
}

base::Result<Multiaddr, MultiaddrError> decode_multiaddr(base::ByteView bytes) {
  if (bytes.size() > kMultiaddrBytesMax) return std::unexpected(MultiaddrError::kTooLong);
  if (bytes.empty()) return std::unexpected(MultiaddrError::kEmpty);
  Multiaddr address;
  while (!bytes.empty()) {
    if (address.components.size() == kMultiaddrComponentsMax) {
      return std::unexpected(MultiaddrError::kTooLong);
    }
    auto component = take_component(bytes);
    if (!component) return std::unexpected(component.error());
    address.components.push_back(std::move(*component));
  }
  return address;
}

base::Bytes encode_multiaddr(const Multiaddr& address) {
  base::Bytes out;
  for (const AddrComponent& component : address.components) {
    const ProtocolRow& row = row_of(component.protocol);
    const auto value = value_bytes(row.value, component.value);
    AQUA_CHECK(value.has_value(), "/{}/{} in a multiaddr", row.name, component.value);
    base::append_varint(out, row.code);
    if (!fixed_size(row.value)) base::append_varint(out, value->size());
    out.insert(out.end(), value->begin(), value->end());
  }
  return out;
}

std::optional<Endpoint> endpoint_of(const Multiaddr& address) {
  auto at = address.components.begin();
  const auto end = address.components.end();
  const auto take = [&](AddrProtocol protocol) {
    const bool there = at != end && at->protocol == protocol;
    if (there) ++at;
    return there;
  };
  Endpoint endpoint;
  if (at == end) return std::nullopt;
  const auto kind = host_kind_of(at->protocol);
  if (!kind) return std::nullopt;
  endpoint.host_kind = *kind;
  endpoint.host = at++->value;
  if (!take(AddrProtocol::kTcp)) return std::nullopt;
  endpoint.port = *parse_port(std::prev(at)->value);
  if (take(AddrProtocol::kWss)) {
    endpoint.websocket = endpoint.tls = true;
  } else {
    endpoint.tls = take(AddrProtocol::kTls);
    endpoint.websocket = take(AddrProtocol::kWs);
    // TLS as the security of a bare TCP connection is another protocol, which nobody here speaks.
    if (endpoint.tls && !endpoint.websocket) return std::nullopt;
  }
  if (take(AddrProtocol::kP2p)) endpoint.peer_id = std::prev(at)->value;
  if (at != end) return std::nullopt;
  return endpoint;
}

Multiaddr multiaddr_of(const Endpoint& endpoint) {
  Multiaddr address;
  const auto add = [&](AddrProtocol protocol, std::string value) {
    address.components.push_back({protocol, std::move(value)});
  };
  add(protocol_of(endpoint.host_kind), endpoint.host);
  add(AddrProtocol::kTcp, std::to_string(endpoint.port));
  if (endpoint.tls) add(AddrProtocol::kTls, {});
  if (endpoint.websocket) add(AddrProtocol::kWs, {});
  if (!endpoint.peer_id.empty()) add(AddrProtocol::kP2p, endpoint.peer_id);
  return address;
}

}  // namespace aqua::net

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// Multiaddrs of the transports that there are: "/ip4/127.0.0.1/tcp/9999/ws/p2p/12D3Koo...".

namespace aqua::net {

inline constexpr std::size_t kMultiaddrComponentsMax = 16;
inline constexpr std::size_t kMultiaddrBytesMax = 1024;  // as text or in binary

enum class AddrProtocol : std::uint8_t {
  kIp4,
  kIp6,
  kDns,
  kDns4,
  kDns6,
  kTcp,
  kTls,
  kWs,
  kWss,
  kP2p
};

struct AddrComponent {
  AddrProtocol protocol;
  std::string value;  // in canonical text; empty for those without: tls, ws, wss

  friend bool operator==(const AddrComponent&, const AddrComponent&) = default;
};

struct Multiaddr {
  std::vector<AddrComponent> components;  // one at least

  friend bool operator==(const Multiaddr&, const Multiaddr&) = default;
};

enum class MultiaddrError : std::uint8_t {
  kEmpty,
  kTooLong,
  kNoLeadingSlash,
  kUnknownProtocol,  // also one that exists, and that we have no use for: udp, quic-v1, p2p-circuit...
  kMissingValue,
  kBadValue,   // not an address, a port, a name, a peer id
  kTruncated,  // binary only
};
std::string_view text(MultiaddrError error);

base::Result<Multiaddr, MultiaddrError> parse_multiaddr(std::string_view text);
std::string print_multiaddr(const Multiaddr& address);

base::Result<Multiaddr, MultiaddrError> decode_multiaddr(base::ByteView bytes);
base::Bytes encode_multiaddr(const Multiaddr& address);

enum class HostKind : std::uint8_t { kIp4, kIp6, kDns, kDns4, kDns6 };

// What a multiaddr means to one who dials or listens.
struct Endpoint {
  HostKind host_kind = HostKind::kIp4;
  std::string host;
  std::uint16_t port = 0;
  bool websocket = false;
  bool tls = false;
  std::string peer_id;  // empty: anyone

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Host, tcp, then nothing or ws or wss or tls/ws, then nothing or p2p. None: another order.
std::optional<Endpoint> endpoint_of(const Multiaddr& address);
Multiaddr multiaddr_of(const Endpoint& endpoint);

}  // namespace aqua::net

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "diagnostics/diagnostic.h"
#include "services/service.h"

// What a network file says: docs/formats/network.md.

namespace aqua::config {

inline constexpr std::size_t kNetworkBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kPeersMax = 100'000;
inline constexpr std::uint32_t kLatencyMsDefault = 10;
inline constexpr std::uint32_t kLatencyMsMax = 600'000;

using Services = services::Services;

struct PeerEntry {
  std::string name;
  std::string id;  // peer id on a real network; empty: not known
  std::vector<std::string>
      via;  // reachable, and reaching others, only through these; empty: directly
  std::optional<std::uint32_t> latency_ms;  // of every message from and to it
  bool is_down = false;
  Services services;
};

struct LinkEntry {
  std::string a;
  std::string b;
  std::optional<std::uint32_t> latency_ms;
  bool is_down = false;
};

struct Network {
  std::uint32_t latency_ms = kLatencyMsDefault;
  std::string start;             // the peer that starts the script
  std::vector<PeerEntry> peers;  // in the order of the file
  std::vector<LinkEntry> links;
  Services services;  // that every peer has
  std::map<std::string, services::CannedFunction, std::less<>>
      callbacks;  // arrow arguments, by name

  const PeerEntry* find(std::string_view name) const;
};

// All mistakes at once.
base::Result<Network, std::vector<diagnostics::Diagnostic>> parse_network(
    const diagnostics::Source& source);

}  // namespace aqua::config

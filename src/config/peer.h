#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "diagnostics/diagnostic.h"
#include "services/service.h"

// What the file of a peer says: docs/peer.md.

namespace aqua::config {

inline constexpr std::size_t kPeerFileBytesMax = std::size_t{4} << 20;
inline constexpr std::uint32_t kLoopsMax = 64;

// A limit as it stands under [limits].
struct LimitName {
  std::string_view name;
  std::uint64_t value_max = UINT64_MAX;
};

struct PeerFile {
  std::vector<std::string> listen;     // multiaddrs
  std::vector<std::string> bootstrap;  // multiaddrs
  std::vector<std::string> external;   // multiaddrs that others may use
  std::optional<std::string> state;    // folder
  std::optional<std::string> http;     // ADDRESS:PORT; empty: no HTTP port
  std::optional<std::string> log;      // error, warning, info or debug
  std::uint32_t loops = 1;
  std::string certificate;  // PEM files, for wss
  std::string key;
  std::string roots;
  services::Services services;
  std::map<std::string, std::uint64_t, std::less<>> limits;
};

// All mistakes at once.
base::Result<PeerFile, std::vector<diagnostics::Diagnostic>> parse_peer(
    const diagnostics::Source& source, std::span<const LimitName> limits);

}  // namespace aqua::config

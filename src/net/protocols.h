#pragma once

#include <string_view>

// Names that travel in multistream-select.

namespace aqua::net {

inline constexpr std::string_view kMultistreamProtocol = "/multistream/1.0.0";
inline constexpr std::string_view kNoiseProtocol = "/noise";
inline constexpr std::string_view kYamuxProtocol = "/yamux/1.0.0";
inline constexpr std::string_view kIdentifyProtocol = "/ipfs/id/1.0.0";
inline constexpr std::string_view kPingProtocol = "/ipfs/ping/1.0.0";
// One stream for each particle, one frame on it (see peer/frame.h).
inline constexpr std::string_view kParticleProtocol = "/fluence/particle/2.0.0";

}  // namespace aqua::net

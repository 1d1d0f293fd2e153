#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

// The header of a frame of yamux, version 0, big endian:
//
//   version 1 byte, type 1 byte, flags 2 bytes, stream id 4 bytes, length 4 bytes
//
// Only data have a body, of `length` bytes.

namespace aqua::net {

inline constexpr std::size_t kYamuxHeaderBytes = 12;
// What either side may send on a new stream.
inline constexpr std::uint32_t kYamuxInitialWindow = 256 * 1024;

enum class YamuxType : std::uint8_t { kData = 0, kWindowUpdate = 1, kPing = 2, kGoAway = 3 };

namespace yamux_flag {
inline constexpr std::uint16_t kSyn = 1;
inline constexpr std::uint16_t kAck = 2;
inline constexpr std::uint16_t kFin = 4;
inline constexpr std::uint16_t kRst = 8;
}  // namespace yamux_flag

// Why a side leaves.
enum class YamuxGoAway : std::uint32_t { kNormal = 0, kProtocolError = 1, kInternalError = 2 };

struct YamuxHeader {
  YamuxType type = YamuxType::kData;
  std::uint16_t flags = 0;
  std::uint32_t stream = 0;
  // Data: bytes of the body. Window update: by how much it grows. Ping: its value. Go away: a reason.
  std::uint32_t length = 0;

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
};

void append_yamux_header(base::Bytes& out, const YamuxHeader& header);
// None: another version, or an unknown type.
std::optional<YamuxHeader> parse_yamux_header(
    const std::array<base::Byte, kYamuxHeaderBytes>& bytes);

}  // namespace aqua::net

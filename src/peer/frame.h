#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "peer/particle.h"

// One particle as it lies on a stream:
//
//   varint       number of bytes that follow
//   81 04        varint 0x0201: MessagePack
//   map          "action": "Particle", and the seven fields of a particle by their names
//
// Bytes are written as MessagePack binary, and read as that or as an array of small integers. The order of
// keys does not matter; unknown keys are skipped.

namespace aqua::peer {

inline constexpr std::size_t kFrameBytesMax = std::size_t{100} << 20;  // without the first varint

// Says nothing and is ignored.
struct Upgrade {};
using Message = std::variant<Particle, Upgrade>;

enum class FrameError : std::uint8_t {
  kTooLong,
  kTruncated,
  kBadLength,  // not a varint in its shortest form
  kTrailingBytes,
  kUnknownCodec,  // not MessagePack
  kMalformed,     // not the MessagePack of a map as above
  kMissingField,
  kUnknownAction,
};

void append_frame(base::Bytes& out, const ParticleHeader& header, base::ByteView data);

// How many bytes the frame at the start of `bytes` has in all; none: more bytes are needed to know.
base::Result<std::optional<std::size_t>, FrameError> frame_size(base::ByteView bytes);
// A whole frame.
base::Result<Message, FrameError> decode_frame(base::ByteView frame);

}  // namespace aqua::peer

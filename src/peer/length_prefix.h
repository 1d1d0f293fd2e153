#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

// What lies on a stream begins with a varint: the number of bytes that follow.

namespace aqua::peer {

struct LengthPrefix {
  std::uint64_t value = 0;     // bytes that follow
  std::size_t size_bytes = 0;  // of the varint itself
};

enum class LengthPrefixError : std::uint8_t {
  kTooLong,    // says more than it may
  kBadLength,  // not a varint in its shortest form
};

void append_varint(base::Bytes& out, std::uint64_t value);

// None: more bytes are needed to know.
base::Result<std::optional<LengthPrefix>, LengthPrefixError> read_length_prefix(
    base::ByteView bytes, std::uint64_t value_max);

}  // namespace aqua::peer

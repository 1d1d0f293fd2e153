#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

// Unsigned varints of multiformats: seven bits a byte, least first, in the shortest form, at most nine bytes.

namespace aqua::base {

struct Varint {
  std::uint64_t value = 0;
  std::size_t size_bytes = 0;  // of the varint itself
};

enum class VarintError : std::uint8_t {
  kTooLarge,   // more than it may say
  kMalformed,  // too long, or not the shortest form
};

void append_varint(Bytes& out, std::uint64_t value);

// At the start of `bytes`. None: more bytes are needed to know.
Result<std::optional<Varint>, VarintError> read_varint(ByteView bytes, std::uint64_t value_max);

}  // namespace aqua::base

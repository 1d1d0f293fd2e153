#include "base/varint.h"

#include <algorithm>

namespace aqua::base {

namespace {

constexpr std::size_t kVarintBytesMax = 9;

}  // namespace

void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<Byte>(value | 0x80));
  out.push_back(static_cast<Byte>(value));
}

Result<std::optional<Varint>, VarintError> read_varint(ByteView bytes, std::uint64_t value_max) {
  Varint varint;
  for (const Byte byte : bytes.first(std::min(bytes.size(), kVarintBytesMax))) {
    varint.value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * varint.size_bytes);
    ++varint.size_bytes;
    if ((byte & 0x80) != 0) {
      // What is too large already gets no further byte to say how much.
      if (varint.value > value_max) return std::unexpected(VarintError::kTooLarge);
      continue;
    }
    if (byte == 0 && varint.size_bytes > 1) return std::unexpected(VarintError::kMalformed);
    if (varint.value > value_max) return std::unexpected(VarintError::kTooLarge);
    return varint;
  }
  if (bytes.size() >= kVarintBytesMax) return std::unexpected(VarintError::kMalformed);
  return std::nullopt;
}

}  // namespace aqua::base

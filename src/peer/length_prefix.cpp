#include "peer/length_prefix.h"

#include <algorithm>

namespace aqua::peer {

namespace {

constexpr std::size_t kVarintBytesMax = 5;  // 35 bits, more than any frame has bytes

}  // namespace

void append_varint(base::Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<base::Byte>(value | 0x80));
  out.push_back(static_cast<base::Byte>(value));
}

base::Result<std::optional<LengthPrefix>, LengthPrefixError> read_length_prefix(
    base::ByteView bytes, std::uint64_t value_max) {
  LengthPrefix length;
  for (const base::Byte byte : bytes.first(std::min(bytes.size(), kVarintBytesMax))) {
    length.value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * length.size_bytes);
    ++length.size_bytes;
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && length.size_bytes > 1) return std::unexpected(LengthPrefixError::kBadLength);
    if (length.value > value_max) return std::unexpected(LengthPrefixError::kTooLong);
    return length;
  }
  if (bytes.size() >= kVarintBytesMax) return std::unexpected(LengthPrefixError::kBadLength);
  return std::nullopt;
}

}  // namespace aqua::peer

#include "base/varint.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace aqua::base {
namespace {

constexpr std::uint64_t kAnyValue = std::numeric_limits<std::uint64_t>::max();

TEST(Varint, ReadsWhatWasAppended) {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 300ULL, (1ULL << 63) - 1}) {
    Bytes bytes;
    append_varint(bytes, value);
    const std::size_t size = bytes.size();
    bytes.push_back(0xFF);  // of what follows
    const auto varint = read_varint(bytes, value);
    ASSERT_TRUE(varint && *varint) << value;
    EXPECT_EQ((*varint)->value, value);
    EXPECT_EQ((*varint)->size_bytes, size);
  }
}

TEST(Varint, ACutOneNeedsMore) {
  EXPECT_EQ(read_varint(Bytes{}, kAnyValue), std::nullopt);
  EXPECT_EQ(read_varint(Bytes{0xAC}, kAnyValue), std::nullopt);
  EXPECT_EQ(read_varint(Bytes(8, 0xFF), kAnyValue), std::nullopt);
}

TEST(Varint, TooLargeIsSaidAsSoonAsItIsKnown) {
  EXPECT_EQ(read_varint(Bytes{101}, 100).error(), VarintError::kTooLarge);
  EXPECT_EQ(read_varint(Bytes{0x80, 0x01}, 127).error(), VarintError::kTooLarge);
  EXPECT_EQ(read_varint(Bytes{0xFF}, 100).error(), VarintError::kTooLarge);  // unfinished
}

TEST(Varint, OnlyTheShortestFormIsRead) {
  EXPECT_EQ(read_varint(Bytes{0x80, 0x00}, 100).error(), VarintError::kMalformed);
  EXPECT_EQ(read_varint(Bytes{0x81, 0x80, 0x00}, 100).error(), VarintError::kMalformed);
}

TEST(Varint, TenBytesAreNone) {
  EXPECT_EQ(read_varint(Bytes(9, 0x80), kAnyValue).error(), VarintError::kMalformed);
  Bytes bytes(9, 0xFF);
  bytes.push_back(0x01);
  EXPECT_EQ(read_varint(bytes, kAnyValue).error(), VarintError::kMalformed);
}

}  // namespace
}  // namespace aqua::base

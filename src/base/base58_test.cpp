#include "base/base58.h"

#include <gtest/gtest.h>

namespace aqua::base {
namespace {

TEST(Base58, PublishedVectors) {
  EXPECT_EQ(base58_encode(as_bytes("Hello World!")), "2NEpo7TZRRrLZSi2U");
  EXPECT_EQ(base58_encode(as_bytes("The quick brown fox jumps over the lazy dog.")),
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
  EXPECT_EQ(base58_encode(Bytes{0, 0, 0x28, 0x7F, 0xB4, 0xCD}), "11233QC4");
  EXPECT_EQ(base58_encode({}), "");
  EXPECT_EQ(base58_encode(Bytes(3)), "111");
}

TEST(Base58, ReadsBackAtEveryLength) {
  Bytes bytes;
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(base58_decode(base58_encode(bytes)), bytes) << i;
    bytes.push_back(static_cast<Byte>(i * 37 % 251));
  }
  EXPECT_FALSE(base58_decode("0"));
}

}  // namespace
}  // namespace aqua::base

#include "crypto/cid.h"

#include <gtest/gtest.h>

#include <cctype>

namespace aqua::crypto {
namespace {

TEST(Cid, TextReadsBack) {
  const CidText text = cid_of(base::as_bytes("\"hello\""));
  EXPECT_TRUE(view(text).starts_with("bagaaihra"));
  const auto cid = parse_cid(view(text));
  ASSERT_TRUE(cid);
  EXPECT_EQ(cid->hash, HashKind::kBlake3);
  EXPECT_TRUE(cid_matches(*cid, base::as_bytes("\"hello\"")));
  EXPECT_FALSE(cid_matches(*cid, base::as_bytes("\"hellO\"")));
}

TEST(Cid, OtherFormsAreRefused) {
  const CidText good = cid_of({});
  for (std::size_t at : {0u, 1u, 3u, 60u}) {
    CidText bad = good;
    bad[at] = bad[at] == 'z' ? 'y' : 'z';
    EXPECT_FALSE(parse_cid(view(bad))) << at;
  }
  EXPECT_FALSE(parse_cid(""));
  EXPECT_FALSE(parse_cid(view(good).substr(1)));
}

TEST(Cid, CapitalsAreRead) {
  CidText text = cid_of({});
  for (std::size_t at = 60; at < 61; --at) {
    text[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
    const auto cid = parse_cid(view(text));
    ASSERT_TRUE(cid) << view(text);
    EXPECT_TRUE(cid_matches(*cid, {}));
  }
}

TEST(Cid, UnusedBitsMustBeZero) {
  CidText text = cid_of({});
  text[60] = text[60] == 'a' ? 'b' : static_cast<char>(text[60] + 1);
  EXPECT_FALSE(parse_cid(view(text)));
}

}  // namespace
}  // namespace aqua::crypto

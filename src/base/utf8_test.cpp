#include "base/utf8.h"

#include <gtest/gtest.h>

namespace aqua::base {
namespace {

TEST(Utf8, FindsWhatIsInvalid) {
  EXPECT_EQ(find_invalid_utf8("plain ascii text, long enough"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("é日\U00010400"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("12345678\xC0\x80"), 8u);   // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);       // surrogate
  EXPECT_EQ(find_invalid_utf8("a\xF4\x90\x80\x80"), 1u);  // above U+10FFFF
  EXPECT_EQ(find_invalid_utf8("ab\xE6\x97"), 2u);         // cut
  EXPECT_EQ(find_invalid_utf8("\x80"), 0u);
}

}  // namespace
}  // namespace aqua::base

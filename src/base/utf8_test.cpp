#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(Utf8, PrefixEndsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("a日b", 5), "a日b");
  EXPECT_EQ(utf8_prefix("a日b", 4), "a日");
  EXPECT_EQ(utf8_prefix("a日b", 3), "a");
  EXPECT_EQ(utf8_prefix("a日b", 2), "a");
  EXPECT_EQ(utf8_prefix("日", 2), "");
  EXPECT_EQ(utf8_prefix("", 0), "");
  EXPECT_EQ(utf8_prefix("\x80\x80\x80", 2), "");  // no character begins
}

TEST(Utf8, TruncatedSaysThatSomethingIsMissing) {
  EXPECT_EQ(truncated("abc", 3), "abc");
  EXPECT_EQ(truncated("abcd", 3), "abc...");
  EXPECT_EQ(truncated("ab日", 4), "ab...");
}

TEST(Utf8, AbbreviatedKeepsBothEndsWithoutHalvesOfCharacters) {
  const std::string short_word(60, 'a');
  EXPECT_EQ(abbreviated(short_word), short_word);
  EXPECT_EQ(abbreviated(std::string(30, 'a') + std::string(31, 'b')),
            std::string(24, 'a') + "..." + std::string(24, 'b'));
  std::string accents = "x";
  for (int i = 0; i < 40; ++i) accents += "é";
  accents += "y";
  const std::string shown = abbreviated(accents);
  EXPECT_TRUE(is_utf8(shown));
  EXPECT_TRUE(shown.starts_with("xé") && shown.ends_with("éy"));
  EXPECT_EQ(shown.size(), 23u + 3u + 23u);
}

}  // namespace
}  // namespace aqua::base

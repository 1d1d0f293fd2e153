#include "json/canonical.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace aqua::json {
namespace {

using namespace std::string_view_literals;

struct Pair {
  std::string_view input;
  std::string_view expected;
};

// clang-format off
#include "json/canonical_test_pairs.inc"
// clang-format on

TEST(Canonical, ErrorsSayWhatAndWhere) {
  for (const Pair& pair : kErrors) {
    const auto result = check(pair.input);
    ASSERT_FALSE(result) << pair.input;
    EXPECT_EQ(result.error().text, pair.expected) << pair.input;
  }
}

TEST(Canonical, CanonicalTexts) {
  for (const Pair& pair : kCanonicalTexts) {
    const auto result = check(pair.input);
    ASSERT_TRUE(result) << pair.input << ": " << result.error().text;
    EXPECT_EQ(canonicalize(pair.input), pair.expected);
    EXPECT_EQ(*result, pair.input == pair.expected) << pair.input;
  }
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(Canonical, DepthIsLimited) {
  EXPECT_TRUE(check(nested(kDepthMax)));
  const auto result = check(nested(kDepthMax + 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text, "recursion limit exceeded at line 1 column 128");
}

TEST(Canonical, FloatsAreReadInexactly) {
  EXPECT_EQ(canonicalize("1.26932e148"), "1.2693200000000001e148");
  EXPECT_EQ(canonicalize("1.2693200000000001e148"), "1.26932e148");
  EXPECT_EQ(canonicalize("-5.590e305"), "-5.590000000000001e305");
  EXPECT_EQ(canonicalize("251051.8994949586730174788"), "251051.8994949587");
}

TEST(Canonical, NestedObjectsAreSorted) {
  EXPECT_EQ(canonicalize(R"( {"b":[ {"z":1,"a":{"q":[],"c":{}}} ],"a":null,"b" : 1.50} )"),
            R"({"a":null,"b":1.5})");
  EXPECT_EQ(canonicalize(R"([{"b":1,"a\n":2},{"b":1,"a":{"d":1,"c":2}}])"),
            R"([{"a\n":2,"b":1},{"a":{"c":2,"d":1},"b":1}])");
}

TEST(Text, PartsOfValues) {
  const auto items = array_items(R"([1,"a,]",[2,[3]],{"x":[4]},null])");
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[1], R"("a,]")");
  EXPECT_EQ(items[2], "[2,[3]]");
  EXPECT_EQ(items[4], "null");
  EXPECT_TRUE(array_items("[]").empty());
  EXPECT_EQ(find_member(R"({"a":1,"b\"":{"a":2}})", "b\""), R"({"a":2})");
  EXPECT_EQ(find_member(R"({"a":1})", "b"), std::nullopt);
  EXPECT_EQ(unquote(quoted("\x01\"\\\n/\xC3\xA9")), "\x01\"\\\n/\xC3\xA9");
}

TEST(Text, Equality) {
  EXPECT_TRUE(equal("[0.0,1]", "[-0.0,1]"));
  EXPECT_TRUE(equal("{\"a\":-0.0}", "{\"a\":0.0}"));
  EXPECT_FALSE(equal("\"-0.0\"", "\"0.0\""));
  EXPECT_FALSE(equal("1", "1.0"));
  EXPECT_FALSE(equal("-0.01", "0.01"));
}

TEST(Text, Msgpack) {
  base::Bytes out;
  append_msgpack(out, R"({"a":[1,-1,300],"b":"\n","c":[]})");
  const base::Bytes expected = {0x83, 0xA1, 'a', 0x93, 0x01, 0xFF, 0xCD, 0x01,
                                0x2C, 0xA1, 'b', 0xA1, '\n', 0xA1, 'c',  0x90};
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace aqua::json

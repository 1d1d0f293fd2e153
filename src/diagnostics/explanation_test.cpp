#include "diagnostics/explanation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aqua::diagnostics {
namespace {

constexpr Explanation kPage{
    .code = "X0001",
    .title = "a title",
    .text =
        "A first paragraph with `some code` in it that is so long that it has to be\n"
        "filled again.\n"
        "\n"
        "## More\n"
        "- an item that is long enough to go over the end of the line of a small terminal\n"
        "- another\n"
        "\n"
        "```air wrong\n"
        "(a\n"
        "\n"
        "  b)\n"
        "```\n"
        "\n"
        "```text right\n"
        "c\n"
        "```\n"};

TEST(Explanation, IsFilledAndIndented) {
  EXPECT_EQ(render(kPage, Colour::kOff),
            "X0001: a title\n"
            "\n"
            "A first paragraph with `some code` in it that is so long that it has to be\n"
            "filled again.\n"
            "\n"
            "More\n"
            "\n"
            "- an item that is long enough to go over the end of the line of a small terminal\n"
            "- another\n"
            "\n"
            "Wrong:\n"
            "\n"
            "    (a\n"
            "\n"
            "      b)\n"
            "\n"
            "Right:\n"
            "\n"
            "    c\n");
  const std::string shown = render(kPage, Colour::kOff);
  for (std::string_view text = shown; !text.empty();) {
    const std::size_t end = text.find('\n');
    EXPECT_LE(end, kExplanationColumns);
    text.remove_prefix(end + 1);
  }
}

TEST(Explanation, CodeIsColouredInsteadOfQuoted) {
  const std::string text = render(kPage, Colour::kOn);
  EXPECT_EQ(text.find('`'), std::string::npos);
  EXPECT_NE(text.find("\x1b[1;36msome code\x1b[0m"), std::string::npos);
}

TEST(Explanation, KeepsShortCodeInOneLine) {
  const std::string filler(70, 'x');
  const std::string text = filler + " `a b c d e f`.\n";
  const Explanation page{.code = "X0001", .title = "t", .text = text};
  EXPECT_EQ(render(page, Colour::kOff), "X0001: t\n\n" + filler + "\n`a b c d e f`.\n");
}

TEST(Explanation, Examples) {
  const std::vector<Example> examples = examples_of(kPage);
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[0].language, "air");
  EXPECT_FALSE(examples[0].is_right);
  EXPECT_EQ(examples[0].text, "(a\n\n  b)\n");
  EXPECT_TRUE(examples[1].is_right);
}

TEST(Explanation, FindsCodesByNameAndByNearName) {
  ASSERT_NE(explanation("R0101"), nullptr);
  EXPECT_EQ(explanation("R0101")->code, "R0101");
  EXPECT_EQ(explanation("R01"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(explanations(), {}, &Explanation::code));
  EXPECT_EQ(nearest_codes("R101").front(), "R0101");
  EXPECT_EQ(nearest_codes("R01").front(), "R0101");
  EXPECT_TRUE(nearest_codes("nothing like it").empty());
  EXPECT_TRUE(nearest_codes(std::string(100'000, 'R')).empty());
}

}  // namespace
}  // namespace aqua::diagnostics

#include "base/code_point_ranges.h"

#include <gtest/gtest.h>

namespace aqua::base {
namespace {

TEST(CodePointRanges, ContainBothOfTheirEnds) {
  constexpr CodePointRange kRanges[] = {{5, 5}, {10, 20}, {0x10000, 0x10FFFF}};
  for (const char32_t in : {5, 10, 15, 20, 0x10000, 0x10FFFF}) EXPECT_TRUE(contains(kRanges, in));
  for (const char32_t out : {0, 4, 6, 9, 21, 0xFFFF, 0x110000})
    EXPECT_FALSE(contains(kRanges, out));
  EXPECT_FALSE(contains({}, 5));
}

}  // namespace
}  // namespace aqua::base

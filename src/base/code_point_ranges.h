#pragma once

#include <algorithm>
#include <iterator>
#include <span>

// Sets of code points, as tables.

namespace aqua::base {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

// The ranges stand in their order and do not overlap.
inline bool contains(std::span<const CodePointRange> ranges, char32_t code_point) {
  const auto after = std::ranges::upper_bound(ranges, code_point, {}, &CodePointRange::first);
  return after != ranges.begin() && code_point <= std::prev(after)->last;
}

}  // namespace aqua::base

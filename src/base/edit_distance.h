#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aqua::base {

// Longer names are not compared: nobody misspells them in a way that this finds.
inline constexpr std::size_t kComparedNameBytesMax = 63;

// Insertions, deletions, replacements and swaps of neighbours; the case of letters does not count. Both
// are at most kComparedNameBytesMax long.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Of `candidates` those that look like `wanted`, the nearest first, at most five.
std::vector<std::string_view> nearest_names(std::string_view wanted,
                                            std::span<const std::string> candidates);

// "did you mean a, b or c?"; empty where nothing is near.
std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates);

}  // namespace aqua::base

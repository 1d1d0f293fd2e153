#include "base/edit_distance.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace aqua::base {

namespace {

constexpr std::size_t kNamesMax = 5;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::uint8_t, kComparedNameBytesMax + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      int best = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = std::min(best, before_last[j - 2] + 1);
      row[j] = static_cast<std::uint8_t>(best);
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

std::vector<std::string_view> nearest_names(std::string_view wanted,
                                            std::span<const std::string> candidates) {
  if (wanted.size() > kComparedNameBytesMax) return {};
  const std::size_t distance_max =
      wanted.size() <= 1 ? 0 : std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kComparedNameBytesMax) continue;
    const std::size_t distance = edit_distance(wanted, candidate);
    if (distance <= distance_max) near.emplace_back(distance, candidate);
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string_view> names;
  for (const auto& [distance, name] : near) {
    if (names.size() < kNamesMax) names.push_back(name);
  }
  return names;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates) {
  const std::vector<std::string_view> names = nearest_names(wanted, candidates);
  if (names.empty()) return {};
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += '"';
    text += names[i];
    text += '"';
  }
  return text + '?';
}

}  // namespace aqua::base

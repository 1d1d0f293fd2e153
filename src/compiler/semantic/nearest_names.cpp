#include "compiler/semantic/nearest_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

#include "compiler/semantic/reports.h"

namespace aqua::semantic {

namespace {

constexpr std::size_t kNamesMax = 5;
// Longer names are not compared: nobody misspells them in a way that this finds.
constexpr std::size_t kNameSizeMax = 63;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Insertions, deletions, replacements and swaps of neighbours; the case of letters does not count.
std::size_t distance_of(std::string_view a, std::string_view b) {
  using Row = std::array<std::uint8_t, kNameSizeMax + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      int best = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        best = std::min(best, before_last[j - 2] + 1);
      }
      row[j] = static_cast<std::uint8_t>(best);
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

}  // namespace

NearestNames::NearestNames(Workspace& workspace, std::string_view wanted)
    : workspace_(workspace),
      wanted_(wanted),
      // Of one letter only the case can be wrong.
      distance_max_(wanted.size() == 1 ? 0 : std::max<std::size_t>(1, wanted.size() / 3)) {}

void NearestNames::consider(std::string_view candidate) {
  if (wanted_.size() > kNameSizeMax || candidate.size() > kNameSizeMax || candidate == wanted_) {
    return;
  }
  const std::size_t longer = std::max(wanted_.size(), candidate.size());
  const std::size_t shorter = std::min(wanted_.size(), candidate.size());
  if (longer - shorter > distance_max_ || workspace_.comparisons_left == 0) return;
  --workspace_.comparisons_left;
  const std::size_t distance = distance_of(wanted_, candidate);
  if (distance > distance_max_) return;
  const auto at = std::ranges::upper_bound(best_, distance, {}, &Candidate::distance);
  best_.insert(at, {distance, candidate});
  if (best_.size() > kNamesMax) best_.pop_back();
}

std::vector<std::string_view> NearestNames::names() const {
  std::vector<std::string_view> names;
  for (const Candidate& candidate : best_) names.push_back(candidate.name);
  return names;
}

void suggest(diagnostics::Diagnostic& diagnostic, const NearestNames& nearest,
             diagnostics::Place place) {
  const std::vector<std::string_view> names = nearest.names();
  if (names.empty()) return;
  diagnostic.hint = fmt::format("did you mean {}?", listed(names, "or"));
  if (names.size() == 1) diagnostic.edits.push_back({place, std::string(names[0])});
}

}  // namespace aqua::semantic

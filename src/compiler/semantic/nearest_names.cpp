#include "compiler/semantic/nearest_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/edit_distance.h"
#include "compiler/semantic/reports.h"

namespace aqua::semantic {

namespace {

constexpr std::size_t kNamesMax = 5;

}  // namespace

NearestNames::NearestNames(Workspace& workspace, std::string_view wanted)
    : workspace_(workspace),
      wanted_(wanted),
      // Of one letter only the case can be wrong.
      distance_max_(wanted.size() == 1 ? 0 : std::max<std::size_t>(1, wanted.size() / 3)) {}

void NearestNames::consider(std::string_view candidate) {
  if (wanted_.size() > base::kComparedNameBytesMax || candidate.size() > base::kComparedNameBytesMax || candidate == wanted_) {
    return;
  }
  const std::size_t longer = std::max(wanted_.size(), candidate.size());
  const std::size_t shorter = std::min(wanted_.size(), candidate.size());
  if (longer - shorter > distance_max_ || workspace_.comparisons_left == 0) return;
  --workspace_.comparisons_left;
  const std::size_t distance = base::edit_distance(wanted_, candidate);
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

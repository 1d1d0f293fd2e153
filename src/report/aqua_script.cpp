#include "report/aqua_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace aqua::report {

namespace {

constexpr std::size_t kTextBytesMax = 80;

air::InstructionId parent_of(const air::Tree& tree, air::InstructionId id) {
  // In pre-order a parent comes before its children.
  for (std::uint32_t i = id.value; i-- > 0;) {
    const air::Children children = air::children_of(tree.instructions[i]);
    if (children.first == id || children.second == id) return air::InstructionId(i);
  }
  return {};
}

}  // namespace

std::optional<diagnostics::Place> AquaScript::place(air::InstructionId at) const {
  for (; at.has_value(); at = parent_of(tree, at)) {
    const auto found = source_map.find(at);
    if (!found) continue;
    const auto source =
        std::ranges::find(sources, source_map.file_name(found->file), &diagnostics::Source::name);
    if (source == sources.end()) return std::nullopt;
    return diagnostics::Place{
        diagnostics::SourceId(static_cast<std::size_t>(source - sources.begin())), found->span};
  }
  return std::nullopt;
}

std::vector<diagnostics::Place> AquaScript::ons(air::InstructionId at) const {
  std::vector<diagnostics::Place> places;
  for (std::uint32_t frame = on_frames.find(at); frame != air::OnFrames::kNone;
       frame = on_frames.frames[frame].outer)
    places.push_back(on_frames.frames[frame].place);
  std::ranges::reverse(places);
  return places;
}

std::string AquaScript::shown(diagnostics::Place place) const {
  const diagnostics::Source& source = diagnostics::source_of(sources, place.source);
  return fmt::format("{}:{}", source.name(), source.locate(place.span.begin).line);
}

std::string AquaScript::text(diagnostics::Place place) const {
  const std::string_view whole = diagnostics::source_of(sources, place.source).text();
  const std::string_view text = whole.substr(place.span.begin, place.span.end - place.span.begin);
  return base::truncated(text.substr(0, text.find('\n')), kTextBytesMax);
}

std::string aqua_name(std::string_view air_name) {
  std::string_view name = air_name;
  while (!name.empty() && (name[0] == '$' || name[0] == '#' || name[0] == '%' || name[0] == '-'))
    name.remove_prefix(1);
  if (name.ends_with("-arg-")) name.remove_suffix(5);
  // A number that tells names apart.
  const std::size_t dash = name.rfind('-');
  if (dash != std::string_view::npos && dash > 0 && dash + 1 < name.size() &&
      std::ranges::all_of(name.substr(dash + 1), [](char c) { return c >= '0' && c <= '9'; }))
    name = name.substr(0, dash);
  while (name.ends_with('-')) name.remove_suffix(1);
  return std::string(name.empty() ? air_name : name);
}

}  // namespace aqua::report

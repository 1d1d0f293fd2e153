#include "diagnostics/source.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/utf8.h"

namespace aqua::diagnostics {

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::make_shared<const std::string>(std::move(text))) {
  line_starts_.push_back(0);
  for (std::size_t at = text_->find('\n'); at != std::string::npos;
       at = text_->find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

LineColumn Source::locate(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_->size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::uint32_t start = *std::prev(after);
  const auto is_lead = [](char c) { return !base::is_continuation_byte(c); };
  const auto characters = std::count_if(text_->begin() + start, text_->begin() + offset, is_lead);
  return {.line = static_cast<std::uint32_t>(after - line_starts_.begin()),
          .column = static_cast<std::uint32_t>(characters) + 1};
}

std::string_view Source::line(std::uint32_t line) const {
  const std::size_t begin = line_starts_[line - 1];
  const std::size_t end = line < line_count() ? line_starts_[line] - 1 : text_->size();
  std::string_view text = std::string_view(*text_).substr(begin, end - begin);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

const Source& source_of(std::span<const Source> sources, SourceId id) {
  AQUA_CHECK(id.value < sources.size(), "source {} of {}", id.value, sources.size());
  return sources[id.value];
}

}  // namespace aqua::diagnostics

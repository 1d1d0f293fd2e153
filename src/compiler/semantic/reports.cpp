#include "compiler/semantic/reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace aqua::semantic {

using diagnostics::Diagnostic;
using diagnostics::Severity;

Diagnostic& Reports::add_without_place(DiagnosticKind kind, std::string message, std::string hint) {
  const DiagnosticInfo& info = info_of(kind);
  if (info.severity == Severity::kError) ++error_count_;
  const bool is_kept =
      diagnostics_.size() < kReportsMax && (keeps_warnings_ || info.severity == Severity::kError);
  Diagnostic& slot = is_kept ? diagnostics_.emplace_back() : forgotten_ = Diagnostic();
  slot.code = info.code;
  slot.severity = info.severity;
  slot.message = std::move(message);
  slot.hint = std::move(hint);
  return slot;
}

Diagnostic& Reports::add(DiagnosticKind kind, diagnostics::Place place, std::string message,
                         std::string label, std::string hint) {
  Diagnostic& slot = add_without_place(kind, std::move(message), std::move(hint));
  add_label(slot, place, std::move(label));
  return slot;
}

void Reports::end_module() {
  std::ranges::sort(muted_, {}, &diagnostics::Span::begin);
  const auto is_muted = [this](const Diagnostic& diagnostic) {
    if (diagnostic.labels.empty()) return false;
    const std::uint32_t at = diagnostic.labels[0].span.begin;
    const auto after = std::ranges::upper_bound(muted_, at, {}, &diagnostics::Span::begin);
    return after != muted_.begin() && at <= std::prev(after)->end;
  };
  const auto first = diagnostics_.begin() + static_cast<std::ptrdiff_t>(module_begin_);
  diagnostics_.erase(std::remove_if(first, diagnostics_.end(), is_muted), diagnostics_.end());
  muted_.clear();
  const auto begin = [](const Diagnostic& diagnostic) {
    return diagnostic.labels.empty() ? 0 : diagnostic.labels[0].span.begin;
  };
  std::ranges::stable_sort(diagnostics_.begin() + static_cast<std::ptrdiff_t>(module_begin_),
                           diagnostics_.end(), {}, begin);
  module_begin_ = diagnostics_.size();
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string_view>& names, std::string_view last_word,
                   std::size_t max) {
  std::string out;
  const std::size_t shown = std::min(names.size(), max);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) {
      const bool is_last = i + 1 == shown && shown == names.size();
      out += is_last ? fmt::format(" {} ", last_word) : ", ";
    }
    out += fmt::format("'{}'", names[i]);
  }
  if (shown < names.size()) out += ", ...";
  return out;
}

}  // namespace aqua::semantic

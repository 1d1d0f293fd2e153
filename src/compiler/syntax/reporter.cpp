#include "compiler/syntax/reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;
using diagnostics::Place;
using diagnostics::Span;

Diagnostic& Reporter::add(DiagnosticKind kind, Span place, std::string message, std::string label,
                          std::string hint) {
  Diagnostic& slot = is_full() ? forgotten_ : diagnostics_.emplace_back();
  slot = Diagnostic();
  slot.code = code_of(kind);
  slot.severity = severity_of(kind);
  slot.message = std::move(message);
  slot.hint = std::move(hint);
  add_label(slot, place, std::move(label));
  return slot;
}

void Reporter::add_label(Diagnostic& diagnostic, Span place, std::string text) const {
  diagnostics::add_label(diagnostic, Place{source_, place}, std::move(text));
}

void Reporter::add_edit(Diagnostic& diagnostic, Span place, std::string replacement) const {
  diagnostic.edits.push_back({Place{source_, place}, std::move(replacement)});
}

void Reporter::add_edit_to(std::size_t index, Span place, std::string replacement) {
  add_edit(diagnostics_[index], place, std::move(replacement));
}

void Reporter::add_that_it_is_full(Span place) {
  Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.code = code_of(DiagnosticKind::kTooManyErrors);
  diagnostic.severity = severity_of(DiagnosticKind::kTooManyErrors);
  diagnostic.message = fmt::format("{} mistakes: the rest of the file was not read", kErrorsMax);
  add_label(diagnostic, place, {});
}

std::vector<Diagnostic> Reporter::take() {
  std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
    return diagnostic.labels.front().span.begin;
  });
  return std::move(diagnostics_);
}

std::string quoted(std::string_view word) { return fmt::format("'{}'", base::abbreviated(word)); }

}  // namespace aqua::syntax

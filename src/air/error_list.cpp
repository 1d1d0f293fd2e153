#include "air/error_list.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "base/utf8.h"

namespace aqua::air {

using diagnostics::Diagnostic;
using diagnostics::Severity;
using diagnostics::Span;

Diagnostic make_diagnostic(DiagnosticKind kind, Span place, std::string message, std::string label,
                           std::string hint) {
  Diagnostic diagnostic;
  diagnostic.code = code_of(kind);
  diagnostic.severity = Severity::kError;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  add_label(diagnostic, place, std::move(label));
  return diagnostic;
}

Diagnostic& ErrorList::add(DiagnosticKind kind, Span place, std::string message, std::string label,
                           std::string hint) {
  Diagnostic& slot = is_full() ? forgotten_ : diagnostics_.emplace_back();
  slot = make_diagnostic(kind, place, std::move(message), std::move(label), std::move(hint));
  return slot;
}

void ErrorList::add_that_it_is_full(Span place) {
  diagnostics_.push_back(make_diagnostic(
      DiagnosticKind::kTooManyErrors, place,
      fmt::format("{} mistakes: the rest of the script was not read", kErrorsMax), {}, {}));
}

std::string quoted(std::string_view word) { return fmt::format("'{}'", base::abbreviated(word)); }

}  // namespace aqua::air

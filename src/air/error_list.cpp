#include "air/error_list.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

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

std::string shortened(std::string_view word) {
  constexpr std::size_t kSizeMax = 60;
  constexpr std::size_t kEndsSize = 24;
  if (word.size() <= kSizeMax) return std::string(word);
  const auto is_continuation = [word](std::size_t at) {
    return (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80;
  };
  std::size_t head = kEndsSize;
  while (head > 0 && is_continuation(head)) --head;
  std::size_t tail = word.size() - kEndsSize;
  while (tail < word.size() && is_continuation(tail)) ++tail;
  return fmt::format("{}...{}", word.substr(0, head), word.substr(tail));
}

std::string quoted(std::string_view word) { return fmt::format("'{}'", shortened(word)); }

}  // namespace aqua::air

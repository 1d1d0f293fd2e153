#include "air/error_list.h"

#include <fmt/format.h>

namespace aqua::air {

using diagnostics::Diagnostic;
using diagnostics::Label;
using diagnostics::Severity;
using diagnostics::Span;

Diagnostic& ErrorList::add(DiagnosticKind kind, Span place, std::string message, std::string label,
                           std::string hint) {
  return diagnostics_.emplace_back(
      Diagnostic{.code = code_of(kind),
                 .severity = Severity::kError,
                 .message = std::move(message),
                 .labels = {Label{.span = place, .text = std::move(label)}},
                 .hint = std::move(hint)});
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

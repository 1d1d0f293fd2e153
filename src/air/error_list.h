#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// After so many mistakes the rest of a script is not looked at: memory stays bounded. One more may
// say so.
inline constexpr std::size_t kErrorsMax = 1'000;

diagnostics::Diagnostic make_diagnostic(DiagnosticKind kind, diagnostics::Span place,
                                        std::string message, std::string label, std::string hint);

// Collects the mistakes of one script.
class ErrorList {
 public:
  // The reference is good until the next call. Forgotten at once when the list is full.
  diagnostics::Diagnostic& add(DiagnosticKind kind, diagnostics::Span place, std::string message,
                               std::string label = {}, std::string hint = {});
  // Says that the list is full.
  void add_that_it_is_full(diagnostics::Span place);

  bool empty() const { return diagnostics_.empty(); }
  bool is_full() const { return diagnostics_.size() >= kErrorsMax; }
  std::vector<diagnostics::Diagnostic> take() { return std::move(diagnostics_); }

 private:
  std::vector<diagnostics::Diagnostic> diagnostics_;
  diagnostics::Diagnostic forgotten_;
};

// A word of the script for a message: long ones lose their middle.
std::string quoted(std::string_view word);

}  // namespace aqua::air

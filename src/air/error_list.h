#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// After so many mistakes the rest of a script is not looked at: memory stays bounded.
inline constexpr std::size_t kErrorsMax = 1'000;

// Collects the mistakes of one script.
class ErrorList {
 public:
  diagnostics::Diagnostic& add(DiagnosticKind kind, diagnostics::Span place, std::string message,
                               std::string label = {}, std::string hint = {});

  bool empty() const { return diagnostics_.empty(); }
  bool is_full() const { return diagnostics_.size() >= kErrorsMax; }
  std::vector<diagnostics::Diagnostic> take() { return std::move(diagnostics_); }

 private:
  std::vector<diagnostics::Diagnostic> diagnostics_;
};

// A word of the script for a message: long ones lose their middle.
std::string quoted(std::string_view word);
std::string shortened(std::string_view word);

}  // namespace aqua::air

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::syntax {

// After so many mistakes the rest of a file is not looked at: memory stays bounded. One more says so.
inline constexpr std::size_t kErrorsMax = 1'000;

// Collects the mistakes of one file.
class Reporter {
 public:
  explicit Reporter(diagnostics::SourceId source) : source_(source) {}

  // The reference is good until the next call. Forgotten at once when there are too many.
  diagnostics::Diagnostic& add(DiagnosticKind kind, diagnostics::Span place, std::string message,
                               std::string label = {}, std::string hint = {});
  void add_label(diagnostics::Diagnostic& diagnostic, diagnostics::Span place,
                 std::string text) const;
  void add_edit(diagnostics::Diagnostic& diagnostic, diagnostics::Span place,
                std::string replacement) const;

  // Says that the list is full.
  void add_that_it_is_full(diagnostics::Span place);
  std::size_t count() const { return diagnostics_.size(); }
  // `index`: below count()
  void add_edit_to(std::size_t index, diagnostics::Span place, std::string replacement);
  bool is_full() const { return diagnostics_.size() >= kErrorsMax; }
  // In the order of the text.
  std::vector<diagnostics::Diagnostic> take();

 private:
  diagnostics::SourceId source_;
  std::vector<diagnostics::Diagnostic> diagnostics_;
  diagnostics::Diagnostic forgotten_;
};

// A word of the file for a message: long ones lose their middle, line breaks and the like are left
// to the renderer.
std::string quoted(std::string_view word);

}  // namespace aqua::syntax

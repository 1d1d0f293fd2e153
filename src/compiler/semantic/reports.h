#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/semantic/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::semantic {

// More mistakes than anyone reads are not kept: memory stays bounded.
inline constexpr std::size_t kReportsMax = 10'000;

// Collects what is wrong with one program.
class Reports {
 public:
  // The reference is good until the next call.
  diagnostics::Diagnostic& add(DiagnosticKind kind, diagnostics::Place place, std::string message,
                               std::string label = {}, std::string hint = {});
  // About the program as a whole.
  diagnostics::Diagnostic& add_without_place(DiagnosticKind kind, std::string message,
                                             std::string hint);

  // Grows with every mistake that keeps a function from being compiled.
  std::size_t error_count() const { return error_count_; }
  // Whether warnings are kept from now on: those about files that are only imported help nobody.
  void keep_warnings(bool keep) { keeps_warnings_ = keep; }
  // Until the end of the module nothing that begins within the place is kept: the parser could not
  // read all of it and has said so.
  void mute(diagnostics::Span place) { muted_.push_back(place); }
  // The end of one module: what was said since the end of the one before gets the order of the text.
  void end_module();
  std::vector<diagnostics::Diagnostic> take() { return std::move(diagnostics_); }

 private:
  std::vector<diagnostics::Diagnostic> diagnostics_;
  diagnostics::Diagnostic forgotten_;
  std::vector<diagnostics::Span> muted_;
  std::size_t error_count_ = 0;
  std::size_t module_begin_ = 0;
  bool keeps_warnings_ = true;
};

// "1 argument", "2 arguments".
std::string counted(std::size_t count, std::string_view noun);
// "'a', 'b' or 'c'"; at most `max` of them, then "...".
std::string listed(const std::vector<std::string_view>& names, std::string_view last_word,
                   std::size_t max = 8);

}  // namespace aqua::semantic

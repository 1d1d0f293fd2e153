#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/semantic/program.h"
#include "compiler/syntax/parser.h"
#include "diagnostics/diagnostic.h"

namespace aqua::semantic {

// One file of the program, parsed, with what each of its imports leads to.
struct Module {
  diagnostics::SourceId source;
  const syntax::Tree* tree = nullptr;
  // By index of tree->imports: the module (index in `Modules::modules`) that answers, or none when
  // that was diagnosed already.
  std::vector<std::uint32_t> imports;
  bool is_input = false;  // its exports become output
  // Where its text has errors: what could not be read there may have defined the names that seem to
  // be unknown, so nothing is said of them.
  std::vector<diagnostics::Span> unreadable;
};
inline constexpr std::uint32_t kNoModule = 0xFFFFFFFF;

// A constant given from outside: text is an Aqua literal.
struct GivenConstant {
  std::string name;
  std::string literal;
};

struct AnalysisOptions {
  std::vector<GivenConstant> constants;
};

struct Analysis {
  Program program;
  std::vector<diagnostics::Diagnostic> diagnostics;  // errors and warnings, in the order of modules
};

// Modules come in an order in which each stands after all that it imports (cycles were diagnosed by
// the loader). Names of the program are views into the sources, which outlive it.
Analysis analyse(const std::vector<Module>& modules, const AnalysisOptions& options);

}  // namespace aqua::semantic

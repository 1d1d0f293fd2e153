#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "compiler/compilation.h"
#include "compiler/semantic/analysis.h"
#include "compiler/syntax/parser.h"

namespace aqua::compiler {

inline constexpr std::size_t kFilesMax = 100'000;

// The inputs and all that they import, read and parsed.
struct Loaded {
  std::vector<diagnostics::Source> sources;  // the inputs first
  std::size_t input_count = 0;               // of them that could be read
  std::deque<syntax::ParsedFile> files;      // by source
  std::vector<semantic::Module> modules;     // every one after all that it imports
  std::vector<diagnostics::Diagnostic> diagnostics;
};

Loaded load(const std::vector<std::string>& inputs, const Options& options,
            const FileAccess& access);

}  // namespace aqua::compiler

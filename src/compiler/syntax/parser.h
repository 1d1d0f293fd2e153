#pragma once

#include <cstddef>
#include <vector>

#include "compiler/syntax/tree.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::syntax {

// Longer files are refused with a diagnostic.
inline constexpr std::size_t kSourceBytesMax = std::size_t{64} << 20;

struct ParsedFile {
  // What could be understood. Where something could not, Invalid nodes stand, and `diagnostics` has
  // said so.
  Tree tree;
  std::vector<diagnostics::Diagnostic> diagnostics;
};

// Never fails: every mistake of the file is a diagnostic. The tree points into `source`.
// `id` is what the labels of diagnostics carry.
ParsedFile parse(const diagnostics::Source& source, diagnostics::SourceId id);

}  // namespace aqua::syntax

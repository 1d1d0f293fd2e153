#pragma once

#include <string>

#include "compiler/syntax/tree.h"
#include "diagnostics/source.h"

namespace aqua::syntax {

// One token per line: line:column, kind, text. What can not be a token is left to parse().
std::string dump_tokens(const diagnostics::Source& source);

// One node per line, indented by depth; expressions and types in one line each.
std::string dump(const Tree& tree);

}  // namespace aqua::syntax

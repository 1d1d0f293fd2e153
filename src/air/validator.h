#pragma once

#include <vector>

#include "air/tree.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// The seven rules that a well-formed script must keep besides its syntax; all violations at once, in
// the order of the text. They are about the order of the text, not the order of execution.
std::vector<diagnostics::Diagnostic> validate(const Tree& tree);

}  // namespace aqua::air

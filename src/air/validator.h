#pragma once

#include <string_view>
#include <vector>

#include "air/tree.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// The seven rules that a script must keep besides its syntax; all violations at once, in the order
// of the text. The rules are about that order, not about the order of execution. `text` is what the
// tree was parsed from (it only makes places more exact), or empty. Violations that the published
// VM overlooks are warnings.
std::vector<diagnostics::Diagnostic> validate(const Tree& tree, std::string_view text);

}  // namespace aqua::air

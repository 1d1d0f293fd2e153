#pragma once

#include <string_view>
#include <vector>

#include "air/tree.h"
#include "base/result.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// Reads a script and checks it (syntax first; the seven rules of validate() where the syntax holds).
// The tree owns its texts; `text` need not live on. All mistakes are reported at once.
base::Result<Tree, std::vector<diagnostics::Diagnostic>> parse(std::string_view text);

}  // namespace aqua::air

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "air/tree.h"
#include "base/result.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// Longer scripts are refused with a diagnostic. Parsing takes time in proportion to the script and
// memory of at most kParseMemoryFactor times its size.
inline constexpr std::size_t kScriptBytesMax = std::size_t{256} << 20;
inline constexpr std::size_t kParseMemoryFactor = 64;

// Reads a script and checks it (syntax first; the seven rules of validate() where the syntax
// holds). The tree owns its texts; `text` need not live on. All mistakes are reported at once.
base::Result<Tree, std::vector<diagnostics::Diagnostic>> parse(std::string_view text);

// As parse(), without the seven rules.
base::Result<Tree, std::vector<diagnostics::Diagnostic>> parse_syntax(std::string_view text);

}  // namespace aqua::air

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "diagnostics/diagnostic.h"

namespace aqua::air {

// The readable layout of a script: every instruction on its own line, comments kept (one blank line between them too), words and
// numbers as they were written. A seq directly in a seq (par in par, xor in xor, new in new) is not
// indented deeper, and indentation ends at a limit, so that the size stays in proportion to the
// script. Formatting the result again changes nothing. Mistakes of syntax are reported; the seven
// rules are not looked at.
base::Result<std::string, std::vector<diagnostics::Diagnostic>> format_script(
    std::string_view text);

}  // namespace aqua::air

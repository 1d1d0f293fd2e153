#pragma once

#include <string_view>

#include "diagnostics/diagnostic.h"
#include "report/aqua_script.h"
#include "report/explain.h"
#include "report/journey.h"

// Why a script of Aqua did not end well, as a diagnostic with places in the Aqua files.

namespace aqua::report {

// Nothing moves any more, and there is no result. `is_over_time`: something still moved at the deadline.
diagnostics::Diagnostic describe_stall(const Journey& journey, const AquaScript& script,
                                       const Explanation& explanation, bool is_over_time);

// An error reached the caller. `error` is JSON as scripts see it: error_code, message, instruction, peer_id.
diagnostics::Diagnostic describe_failure(const Journey& journey, const AquaScript& script,
                                         std::string_view error);

}  // namespace aqua::report

#pragma once

#include <string>

#include "report/aqua_script.h"
#include "report/journey.h"

namespace aqua::report {

// Hops and calls in the order of time, a lane for each peer; for people.
std::string timeline_text(const Journey& journey, const AquaScript& script);
// The same, and what peers waited for, as lines of JSON; their members are in docs/run.md.
std::string timeline_json(const Journey& journey, const AquaScript& script);

}  // namespace aqua::report

#pragma once

#include <string>

#include "report/aqua_script.h"
#include "report/journey.h"

namespace aqua::report {

// Hops and calls in the order of time, a lane for each peer; for people.
std::string timeline_text(const Journey& journey, const AquaScript& script);

}  // namespace aqua::report

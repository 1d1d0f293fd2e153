#pragma once

#include <vector>

#include "compiler/topology/way.h"
#include "diagnostics/diagnostic.h"

namespace aqua::topology {

// What can be said about the way before it is gone: what waits for ever, peers that are not reached,
// detours. At most one diagnostic of a kind for a place of the source.
std::vector<diagnostics::Diagnostic> check_way(const model::Ops& ops, const Way& way);

}  // namespace aqua::topology

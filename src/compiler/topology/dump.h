#pragma once

#include <span>
#include <string>

#include "compiler/topology/way.h"
#include "diagnostics/source.h"

namespace aqua::topology {

// Every call with its place in the source, its peer, and the visits to other peers on the way to it, in
// the order of the text.
std::string dump(const model::Ops& ops, const Way& way,
                 std::span<const diagnostics::Source> sources);

}  // namespace aqua::topology

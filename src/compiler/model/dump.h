#pragma once

#include <string>

#include "compiler/model/ops.h"

namespace aqua::model {

// One operation a line, children indented.
std::string dump(const Ops& ops);

std::string describe(const Ops& ops, const Operand& operand);
// "peer via r1 via r2", the innermost of the path.
std::string describe(const Ops& ops, PathId path);

}  // namespace aqua::model

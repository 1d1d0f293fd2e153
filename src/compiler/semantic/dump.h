#pragma once

#include <string>

#include "compiler/semantic/program.h"

namespace aqua::semantic {

// The program as text, one node per line, with its type: what "--dump=semantic" prints.
std::string dump(const Program& program);

}  // namespace aqua::semantic

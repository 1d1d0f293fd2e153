#pragma once

#include <cstdint>

#include "air/tree.h"

namespace aqua::air {

// A tree of any shape that AIR can write, the seven rules not minded; the same for the same seed.
// For tests.
Tree random_tree(std::uint64_t seed);

}  // namespace aqua::air

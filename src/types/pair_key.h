#pragma once

#include <cstddef>
#include <cstdint>

#include "base/hash.h"
#include "types/type.h"

namespace aqua::types {

// Two types in order, as a key of the tables that keep a walk over pairs from going the same way twice:
// types share parts, written out they may be exponentially large.
struct Pair {
  TypeId left;
  TypeId right;

  friend bool operator==(Pair, Pair) = default;
};

struct PairHash {
  std::size_t operator()(Pair pair) const {
    return base::mix64(
        (std::uint64_t{pair.left.value} << 32 | pair.right.value) ^ 0xa0761d6478bd642full,
        0xe7037ed1a0b428dbull);
  }
};

}  // namespace aqua::types

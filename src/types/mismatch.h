#pragma once

#include <string>

#include "types/store.h"

namespace aqua::types {

// Why a value of `given` does not fit where `expected` is asked for, in the words of a diagnostic.
struct Mismatch {
  std::string
      sentence;      // "expected Point, found Place: field 'corner.x' should be u8 but is string"
  std::string hint;  // what would make it fit; empty: nothing simple
};

// `expected` does not accept `given`.
Mismatch find_mismatch(const Store& store, TypeId expected, TypeId given);
// Both parts in one line.
std::string explain_mismatch(const Store& store, TypeId expected, TypeId given);

}  // namespace aqua::types

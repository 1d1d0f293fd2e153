#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "air/tree.h"

namespace aqua::air {

// Gives every spelling of a name one id in the tree.
class NameTable {
 public:
  // `seed` decides the place of a name in the table; taken from the script, it keeps anybody from
  // choosing names that collide.
  NameTable(std::vector<Name>& names, std::uint64_t seed);

  // `text` must live as long as the tree.
  NameId intern(std::string_view text, NameKind kind);

 private:
  struct Slot {
    std::uint32_t hash = 0;
    NameId name;  // none: the slot is free
  };

  void grow();

  std::vector<Name>& names_;
  std::uint64_t seed_;
  std::vector<Slot> slots_;  // a power of two, at most half full
};

// A quick hash of a text, different for every seed.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed);

}  // namespace aqua::air

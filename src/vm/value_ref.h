#pragma once

#include <cstdint>

#include "vm/stores.h"

namespace aqua::vm {

// A value that a variable holds, with where it came from.
//
// Items of a fold over an array carry their index instead of a tetraplet of their own: most are never
// asked for it, and a thousand texts ".$.[i]" a run would cost more than the run.
struct ValueRef {
  static constexpr std::uint32_t kNotAnItem = 0xFFFFFFFF;

  ValueId value;
  TetrapletId tetraplet;
  std::uint32_t item = kNotAnItem;
  Provenance provenance;
};

inline TetrapletId tetraplet_of(ParticleStores& stores, const ValueRef& ref) {
  return ref.item == ValueRef::kNotAnItem ? ref.tetraplet
                                          : stores.item_tetraplet(ref.tetraplet, ref.item);
}

}  // namespace aqua::vm

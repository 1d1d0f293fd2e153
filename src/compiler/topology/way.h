#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/model/ops.h"

// The way of execution: which peers have to be visited between the operations of a script.

namespace aqua::topology {

// Visiting a peer on the way. A collection is visited element by element; on the way out of an "on"
// the order is reversed.
struct Hop {
  model::Operand peer;
  bool is_collection = false;
  bool is_reversed = false;

  friend bool operator==(const Hop&, const Hop&) = default;
};

// The hops from one path to another. Neither the peer where it starts nor the peer where it ends is
// among them: the next operation goes there by itself.
std::vector<Hop> route(const model::Ops& ops, model::PathId from, model::PathId to);

// Where the hops of one operation start in Way::hops, and how many there are.
struct HopRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// An "on" inside another one: after it in the text it would be reached in fewer hops.
struct Shortcut {
  model::OpId on;
  std::uint32_t hops_saved = 0;
};

// Branches that all end elsewhere, and what is to be done after them.
struct Stranded {
  model::OpId par;
  model::OpId next;
};

struct Way {
  std::vector<Hop> hops;
  // By operation.
  std::vector<HopRange> before;
  std::vector<HopRange> after;
  std::vector<HopRange> on_error;  // of Within: the way back of an error

  // For diagnostics.
  std::vector<Shortcut> shortcuts;
  std::vector<Stranded> stranded;

  std::span<const Hop> operator[](HopRange range) const {
    return std::span(hops).subspan(range.first, range.count);
  }
};

// Ops gains paths for places between peers (the relay where a parseq goes on).
Way find_way(model::Ops& ops);

}  // namespace aqua::topology

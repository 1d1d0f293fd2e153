#pragma once

#include <cstddef>
#include <vector>

#include "compiler/model/ops.h"
#include "compiler/topology/way.h"

namespace aqua::topology {

// Past so many it is taken for possible that everything gets everywhere.
inline constexpr std::size_t kTransfersMax = 512;

// What the branches of a par take from peer to peer late enough that it may hold a value that another
// branch has come to in the meantime. What leaves at once, as the first steps away from where the par
// begins, does not.
class Transfers {
 public:
  Transfers(const model::Ops& ops, const Way& way, model::OpId par);

  // A value that is known on `from` may get to `to`, in one or more transfers.
  bool can_lead(const model::Operand& from, const model::Operand& to);

 private:
  // Where the execution of a branch may be.
  struct Stop {
    model::Operand peer;
    bool is_late = false;  // something was waited for before it goes on from here
    bool is_hop = false;   // it only passes here

    friend bool operator==(const Stop&, const Stop&) = default;
  };
  using Stops = std::vector<Stop>;
  struct Transfer {
    model::Operand from;
    model::Operand to;

    friend bool operator==(const Transfer&, const Transfer&) = default;
  };

  Stops follow(model::OpId id, Stops here);
  Stops follow_node(model::OpId id, const Stops& here);
  Stops follow_each(const std::vector<model::OpId>& branches, const Stops& here);
  Stops follow_loop(model::OpId body, const Stops& here);
  Stops pass(HopRange hops, Stops here);
  Stops visit(const model::Operand& peer, bool is_call, bool is_hop, const Stops& here);
  void add(const model::Operand& from, const model::Operand& to);
  void merge(Stops& into, const Stops& more);
  bool is_home_relay(const model::Operand& peer) const;

  const model::Ops& ops_;
  const Way& way_;
  std::vector<Transfer> transfers_;
  std::vector<model::Operand> visited_;
  bool is_too_much_ = false;
  // Of the last question: where it starts, then all that it leads to.
  std::vector<model::Operand> reached_;
};

}  // namespace aqua::topology

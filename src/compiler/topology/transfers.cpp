#include "compiler/topology/transfers.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace aqua::topology {

using model::Operand;
using model::OpId;

Transfers::Transfers(const model::Ops& ops, const Way& way, OpId par) : ops_(ops), way_(way) {
  const Stops here{{ops_[ops_[par].path].peer}};
  follow_each(std::get<model::Par>(ops_[par].node).branches, here);
}

bool Transfers::can_lead(const Operand& from, const Operand& to) {
  if (is_too_much_) return true;
  if (reached_.empty() || reached_.front() != from) {
    reached_ = {from};
    for (std::size_t next = 0; next < reached_.size(); ++next) {
      for (const Transfer& transfer : transfers_) {
        const bool is_new = transfer.from == reached_[next] &&
                            std::ranges::find(reached_, transfer.to) == reached_.end();
        if (is_new) reached_.push_back(transfer.to);
      }
    }
  }
  return std::find(reached_.begin() + 1, reached_.end(), to) != reached_.end();
}

Transfers::Stops Transfers::follow(OpId id, Stops here) {
  if (is_too_much_) return here;
  here = pass(way_.before[id.value], std::move(here));
  here = follow_node(id, here);
  return pass(way_.after[id.value], std::move(here));
}

Transfers::Stops Transfers::follow_node(OpId id, const Stops& here) {
  const model::Op& op = ops_[id];
  const auto stay = [&](const auto&) { return here; };
  return std::visit(
      base::Overloaded{
          [&](const model::Seq& n) {
            Stops stops = here;
            for (const OpId child : n.ops) stops = follow(child, std::move(stops));
            return stops;
          },
          [&](const model::Par& n) { return follow_each(n.branches, here); },
          [&](const model::Background& n) { return follow_each({n.body}, here); },
          [&](const model::Xor& n) {
            // A branch begins wherever the one before it failed.
            Stops stops = here;
            for (const OpId branch : n.branches) {
              merge(stops, follow(branch, stops));
              for (Stop& stop : stops) stop.is_late = true;
            }
            return stops;
          },
          [&](const model::Within& n) {
            Stops stops = follow(n.body, here);
            pass(way_.on_error[id.value], stops);
            return stops;
          },
          [&](const model::Restrict& n) { return follow(n.body, here); },
          [&](const model::Match& n) { return follow(n.body, here); },
          [&](const model::Mismatch& n) { return follow(n.body, here); },
          [&](const model::Fold& n) { return follow_loop(n.body, here); },
          [&](const model::Call&) { return visit(ops_[op.path].peer, true, false, here); },
          [&](const model::Canon&) { return visit(ops_[op.path].peer, false, false, here); },
          [&](const model::Next& n) { return stay(n); },
          [&](const model::Ap& n) { return stay(n); },
          [&](const model::ApMap& n) { return stay(n); },
          [&](const model::Fail& n) { return stay(n); },
          [&](const model::Null& n) { return stay(n); },
      },
      op.node);
}

// What follows may go on from the end of each, or at once.
Transfers::Stops Transfers::follow_each(const std::vector<OpId>& branches, const Stops& here) {
  Stops stops = here;
  for (const OpId branch : branches) merge(stops, follow(branch, here));
  return stops;
}

Transfers::Stops Transfers::follow_loop(OpId body, const Stops& here) {
  const std::size_t first = visited_.size();
  const Stops ends = follow(body, here);
  // From the end of one round somewhere into the next one.
  const std::vector<Operand> inside(visited_.begin() + static_cast<std::ptrdiff_t>(first),
                                    visited_.end());
  for (const Stop& end : ends) {
    for (const Operand& peer : inside) add(end.peer, peer);
  }
  Stops stops = here;
  merge(stops, ends);
  return stops;
}

Transfers::Stops Transfers::pass(HopRange hops, Stops here) {
  for (const Hop& hop : way_[hops]) here = visit(hop.peer, false, true, here);
  return here;
}

Transfers::Stops Transfers::visit(const Operand& peer, bool is_call, bool is_hop,
                                  const Stops& here) {
  bool is_late = is_call;
  for (const Stop& stop : here) {
    if (stop.is_late) add(stop.peer, peer);
    // On a longer way others may be faster.
    is_late = is_late || stop.is_late || (stop.is_hop && !is_home_relay(stop.peer));
  }
  visited_.push_back(peer);
  return {{peer, is_late, is_hop}};
}

void Transfers::add(const Operand& from, const Operand& to) {
  if (from == to || is_too_much_) return;
  Transfer transfer{from, to};
  if (std::ranges::find(transfers_, transfer) != transfers_.end()) return;
  transfers_.push_back(std::move(transfer));
  is_too_much_ = transfers_.size() > kTransfersMax;
}

void Transfers::merge(Stops& into, const Stops& more) {
  for (const Stop& stop : more) {
    if (std::ranges::find(into, stop) == into.end()) into.push_back(stop);
  }
  is_too_much_ = is_too_much_ || into.size() > kTransfersMax;
}

bool Transfers::is_home_relay(const Operand& peer) const {
  return std::ranges::any_of(ops_[ops_.root_path].relays,
                             [&](const model::Relay& relay) { return relay.peer == peer; });
}

}  // namespace aqua::topology

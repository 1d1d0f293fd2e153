#include "compiler/topology/way.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "compiler/topology/extents.h"

namespace aqua::topology {

namespace {

using model::NameId;
using model::Op;
using model::Operand;
using model::OpId;
using model::Ops;
using model::PathId;

// Where the flow of execution is: the path that it has entered, and the peer that it is at for
// certain (none: at one of several).
struct Flow {
  PathId path;
  std::optional<Operand> here;
  bool is_dead = false;  // execution does not come this far: an error was raised
};

// What execution does after an operation.
struct Continuation {
  OpId next;            // the next operation that has to happen on a peer; none: nothing has to
  OpId holder;          // the operation that follows, which `next` is in
  PathId path;          // where `next` happens; none without it
  bool arrive = false;  // the flow has to be on that peer even before
};

class WayFinder {
 public:
  explicit WayFinder(Ops& ops) : ops_(ops), extents_(measure(ops)) {
    way_.before.resize(ops.ops.size());
    way_.after.resize(ops.ops.size());
    way_.on_error.resize(ops.ops.size());
  }

  Way run() {
    place(ops_.root, Flow{ops_.root_path, ops_[ops_.root_path].peer}, Continuation{});
    return std::move(way_);
  }

 private:
  // `next` cannot happen before `branch` has: on the way to it something is read that only the branch
  // defines.
  bool depends_on(const Continuation& next, OpId branch) const;

  // --- the way
  Flow place(OpId id, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Seq& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Par& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Background& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Xor& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Within& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Restrict& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Match& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Mismatch& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Fold& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Next& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Call& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Canon& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Ap& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::ApMap& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Fail& node, Flow flow, Continuation next);
  Flow place_node(OpId id, const model::Null& node, Flow flow, Continuation next);
  Flow place_leaf(OpId id, Flow flow);
  Flow place_branch(OpId branch, Flow flow, Continuation next, bool& has_returned);
  Flow place_detached(OpId body, Flow flow, Continuation next);
  Flow place_parseq(const model::Fold& node, PathId path, Flow flow, const Continuation& next);

  // The hops from where the flow is to the path; the flow is there afterwards, but for the last step.
  std::vector<Hop> approach(Flow& flow, PathId to) const;
  void arrive(std::vector<Hop>& hops, Flow& flow) const;
  void keep(HopRange& range, std::vector<Hop> hops);
  void look_for_shortcut(OpId id, const Flow& flow, const Continuation& next);
  bool is_within(PathId path, PathId outer) const;
  PathId common(PathId a, PathId b) const;
  PathId to_relay(PathId path);

  Ops& ops_;
  Way way_;
  const Extents extents_;
  std::vector<OpId> enclosing_;  // Within
};

bool WayFinder::depends_on(const Continuation& next, OpId branch) const {
  const std::uint32_t end = extents_[next.next].begin;
  std::vector<OpId> open{next.holder};
  while (!open.empty()) {
    const OpId id = open.back();
    open.pop_back();
    if (extents_[id].begin > end) continue;
    bool is_awaited = false;
    for_each_awaited_name(ops_[id], [&](NameId name) {
      is_awaited = is_awaited || extents_.is_defined_inside(name, branch);
    });
    if (is_awaited) return true;
    for_each_child(ops_[id], [&](OpId child) { open.push_back(child); });
  }
  return false;
}

void WayFinder::keep(HopRange& range, std::vector<Hop> hops) {
  range.first = static_cast<std::uint32_t>(way_.hops.size());
  range.count = static_cast<std::uint32_t>(hops.size());
  std::ranges::move(hops, std::back_inserter(way_.hops));
}

std::vector<Hop> WayFinder::approach(Flow& flow, PathId to) const {
  if (flow.is_dead) return {};
  std::vector<Hop> hops = route(ops_, flow.path, to);
  if (flow.here && !hops.empty() && !hops.front().is_collection && hops.front().peer == *flow.here)
    hops.erase(hops.begin());
  flow.path = to;
  if (!hops.empty()) {
    flow.here = hops.back().is_collection ? std::nullopt : std::optional(hops.back().peer);
  }
  return hops;
}

void WayFinder::arrive(std::vector<Hop>& hops, Flow& flow) const {
  if (flow.is_dead) return;
  const Operand& peer = ops_[flow.path].peer;
  if (flow.here && *flow.here == peer) return;
  hops.push_back(Hop{peer, false, false});
  flow.here = peer;
}

PathId WayFinder::common(PathId a, PathId b) const {
  while (a != b) {
    const std::uint32_t depth_a = ops_[a].depth;
    const std::uint32_t depth_b = ops_[b].depth;
    if (depth_a >= depth_b) a = ops_[a].outer;
    if (depth_b >= depth_a) b = ops_[b].outer;
  }
  return a;
}

bool WayFinder::is_within(PathId path, PathId outer) const {
  while (path.has_value() && path != outer) path = ops_[path].outer;
  return path == outer;
}

// The last "on" inside another one could as well stand after it.
void WayFinder::look_for_shortcut(OpId id, const Flow& flow, const Continuation& next) {
  const auto& on = std::get<model::Within>(ops_[id].node);
  if (on.run == model::kNoRun || enclosing_.empty() || next.path.is_none() ||
      is_within(next.path, on.outer))
    return;
  const auto& around = std::get<model::Within>(ops_[enclosing_.back()].node);
  if (around.run != on.run || around.path != on.outer) return;
  model::Path flat = ops_[on.path];
  flat.outer = around.outer;
  flat.depth -= 1;
  ops_.paths.push_back(std::move(flat));
  const PathId beside(ops_.paths.size() - 1);
  const auto hops = [&](PathId path) {
    Flow there = flow;
    return approach(there, path).size() + route(ops_, path, next.path).size();
  };
  const std::size_t nested = hops(on.path);
  const std::size_t apart = hops(beside);
  if (apart < nested)
    way_.shortcuts.push_back(Shortcut{id, static_cast<std::uint32_t>(nested - apart)});
}

// The path of the last relay on the way in.
PathId WayFinder::to_relay(PathId path) {
  while (path.has_value() && ops_[path].relays.empty()) path = ops_[path].outer;
  if (path.is_none()) return path;
  model::Path relay = ops_[path];
  if (relay.relays.back().is_collection) return path;
  relay.peer = relay.relays.back().peer;
  relay.relays.pop_back();
  ops_.paths.push_back(std::move(relay));
  return PathId(ops_.paths.size() - 1);
}

Flow WayFinder::place(OpId id, Flow flow, Continuation next) {
  return std::visit([&](const auto& node) { return place_node(id, node, std::move(flow), next); },
                    ops_[id].node);
}

Flow WayFinder::place_leaf(OpId id, Flow flow) {
  const PathId path = ops_[id].path;
  keep(way_.before[id.value], approach(flow, path));
  flow.here = ops_[path].peer;
  return flow;
}

Flow WayFinder::place_node(OpId id, const model::Call&, Flow flow, Continuation) {
  return place_leaf(id, std::move(flow));
}
Flow WayFinder::place_node(OpId id, const model::Canon&, Flow flow, Continuation) {
  return place_leaf(id, std::move(flow));
}
Flow WayFinder::place_node(OpId, const model::Ap&, Flow flow, Continuation) { return flow; }
Flow WayFinder::place_node(OpId, const model::ApMap&, Flow flow, Continuation) { return flow; }
Flow WayFinder::place_node(OpId, const model::Null&, Flow flow, Continuation) { return flow; }
Flow WayFinder::place_node(OpId, const model::Next&, Flow flow, Continuation) { return flow; }
Flow WayFinder::place_node(OpId, const model::Fail&, Flow flow, Continuation) {
  flow.is_dead = true;
  return flow;
}

Flow WayFinder::place_node(OpId, const model::Restrict& node, Flow flow, Continuation next) {
  return place(node.body, std::move(flow), next);
}
Flow WayFinder::place_node(OpId, const model::Match& node, Flow flow, Continuation next) {
  return place(node.body, std::move(flow), next);
}
Flow WayFinder::place_node(OpId, const model::Mismatch& node, Flow flow, Continuation next) {
  return place(node.body, std::move(flow), next);
}

Flow WayFinder::place_node(OpId, const model::Seq& node, Flow flow, Continuation next) {
  std::vector<Continuation> after(node.ops.size(), next);
  for (std::size_t i = node.ops.size(); i-- > 1;) {
    const OpId first = extents_[node.ops[i]].first;
    after[i - 1] =
        first.has_value() ? Continuation{first, node.ops[i], ops_[first].path, false} : after[i];
  }
  for (std::size_t i = 0; i < node.ops.size(); ++i)
    flow = place(node.ops[i], std::move(flow), after[i]);
  return flow;
}

Flow WayFinder::place_node(OpId id, const model::Within& node, Flow flow, Continuation next) {
  Flow failed{node.path, ops_[node.path].peer};
  std::vector<Hop> back = approach(failed, node.outer);
  // With nothing in between the next operation there takes the particle along.
  if (!back.empty()) arrive(back, failed);
  if (extents_[node.body].first.has_value()) {
    look_for_shortcut(id, flow, next);
    keep(way_.on_error[id.value], std::move(back));
    enclosing_.push_back(id);
    flow = place(node.body, std::move(flow), next);
    enclosing_.pop_back();
    return flow;
  }
  // Nothing happens on the peer; relays that were asked for are visited all the same.
  if (!ops_[node.path].relays.empty()) {
    keep(way_.before[id.value], approach(flow, node.path));
    if (!std::holds_alternative<model::Null>(ops_[node.body].node))
      keep(way_.on_error[id.value], std::move(back));
  }
  return flow;
}

// A branch whose results are used later comes to where execution goes on; others stop where they are.
Flow WayFinder::place_branch(OpId branch, Flow flow, Continuation next, bool& has_returned) {
  const bool returns = next.path.has_value() && extents_.is_used_later(branch);
  Continuation inner;
  if (returns) inner = Continuation{next.next, next.holder, next.path, true};
  flow = place(branch, std::move(flow), inner);
  if (!returns) return flow;
  std::vector<Hop> hops = approach(flow, next.path);
  arrive(hops, flow);
  keep(way_.after[branch.value], std::move(hops));
  has_returned = true;
  return flow;
}

Flow WayFinder::place_node(OpId id, const model::Par& node, Flow flow, Continuation next) {
  // The part of the way that all branches share is gone once, where that makes it shorter.
  PathId shared;
  std::size_t moving = 0;
  for (const OpId branch : node.branches) {
    const OpId first = extents_[branch].first;
    if (first.is_none()) continue;
    shared = shared.is_none() ? ops_[first].path : common(shared, ops_[first].path);
    ++moving;
  }
  if (moving > 1) {
    std::size_t apart = 0;
    Flow together_flow = flow;
    std::size_t together = approach(together_flow, shared).size();
    for (const OpId branch : node.branches) {
      const OpId first = extents_[branch].first;
      if (first.is_none()) continue;
      Flow one = flow;
      apart += approach(one, ops_[first].path).size();
      Flow other = together_flow;
      together += approach(other, ops_[first].path).size();
    }
    if (together < apart) keep(way_.before[id.value], approach(flow, shared));
  }
  bool has_returned = false;
  bool all_leave = next.path.has_value();
  for (const OpId branch : node.branches) {
    const Flow end = place_branch(branch, flow, next, has_returned);
    all_leave = all_leave && !end.is_dead && end.path != flow.path &&
                !route(ops_, end.path, next.path).empty();
  }
  if (all_leave && !has_returned) way_.stranded.push_back(Stranded{id, next.next});
  if (has_returned) return Flow{next.path, ops_[next.path].peer};
  return flow;
}

Flow WayFinder::place_detached(OpId body, Flow flow, Continuation next) {
  bool has_returned = false;
  place_branch(body, flow, next, has_returned);
  // What follows starts at once, from where the flow is. Where it needs what the branch brings, only
  // the branch gets there.
  if (has_returned && next.next.has_value() && depends_on(next, body))
    return Flow{next.path, ops_[next.path].peer};
  return flow;
}

Flow WayFinder::place_node(OpId, const model::Background& node, Flow flow, Continuation next) {
  return place_detached(node.body, std::move(flow), next);
}

// Every branch starts where the block stands: an error is carried back to there. They end at one place.
Flow WayFinder::place_node(OpId id, const model::Xor& node, Flow flow, Continuation next) {
  const PathId path = ops_[id].path;
  if (extents_[id].first.is_none()) {
    for (const OpId branch : node.branches) place(branch, flow, next);
    return flow;
  }
  keep(way_.before[id.value], approach(flow, path));
  std::vector<Flow> ends;
  bool is_first = true;
  // An error that is raised here is caught here.
  const bool stays =
      extents_[node.branches.front()].only == path && flow.here == std::optional(ops_[path].peer);
  for (const OpId branch : node.branches) {
    Flow start{path, is_first || stays ? flow.here : std::nullopt};
    is_first = false;
    ends.push_back(place(branch, std::move(start), next));
  }
  std::optional<Flow> shared;
  bool is_shared = true;
  for (const Flow& end : ends) {
    if (end.is_dead) continue;
    is_shared = is_shared && (!shared || shared->path == end.path);
    if (!shared) shared = end;
    if (shared->here != end.here) shared->here = std::nullopt;
  }
  if (!shared) return Flow{path, std::nullopt, true};
  if (is_shared) return *shared;
  if (next.path.is_none()) return Flow{path, std::nullopt};
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (ends[i].is_dead) continue;
    std::vector<Hop> hops = approach(ends[i], next.path);
    keep(way_.after[node.branches[i].value], std::move(hops));
  }
  return Flow{next.path, std::nullopt};
}

Flow WayFinder::place_parseq(const model::Fold& node, PathId path, Flow flow,
                             const Continuation& next) {
  const Flow end = place(node.body, flow, Continuation{});
  OpId on = node.body;
  while (const auto* restricted = std::get_if<model::Restrict>(&ops_[on].node))
    on = restricted->body;
  if (const auto* seq = std::get_if<model::Seq>(&ops_[on].node)) on = seq->ops.back();
  const PathId inner = std::get<model::Within>(ops_[on].node).path;
  if (const PathId relay = to_relay(inner); relay.has_value()) {
    Flow leaving = end;
    std::vector<Hop> hops = approach(leaving, relay);
    arrive(hops, leaving);
    // In a branch that has to come back every round does, not only the first one that has ended.
    const bool returns = next.arrive && extents_.is_used_later(node.body);
    if (returns) {
      std::ranges::move(approach(leaving, next.path), std::back_inserter(hops));
      arrive(hops, leaving);
    }
    keep(way_.after[node.body.value], std::move(hops));
    if (returns) return leaving;
  }
  const PathId outside = to_relay(path);
  return Flow{outside.has_value() ? outside : path, std::nullopt};
}

Flow WayFinder::place_node(OpId id, const model::Fold& node, Flow flow, Continuation next) {
  const model::Fold fold = node;
  const PathId path = ops_[id].path;
  const OpId first = extents_[id].first;
  switch (fold.mode) {
    case model::FoldMode::kPar: return place_detached(fold.body, std::move(flow), next);
    case model::FoldMode::kParseq: return place_parseq(fold, path, std::move(flow), next);
    case model::FoldMode::kBare: {
      if (first.is_none()) return flow;
      keep(way_.before[id.value], approach(flow, ops_[first].path));
      flow.here = std::nullopt;
      place(fold.body, flow, Continuation{});
      flow.here = ops_[ops_[first].path].peer;
      return flow;
    }
    case model::FoldMode::kSequential:
    case model::FoldMode::kTry: {
      if (first.is_none()) return flow;
      // Every round starts at the same place.
      keep(way_.before[id.value], approach(flow, path));
      if (extents_[fold.body].only != path || flow.here != std::optional(ops_[path].peer))
        flow.here = std::nullopt;
      const bool returns = fold.mode == model::FoldMode::kSequential || next.path.has_value();
      Flow end = place(fold.body, flow,
                       returns ? Continuation{first, fold.body, path, false} : Continuation{});
      if (returns) keep(way_.after[fold.body.value], approach(end, path));
      return flow;
    }
  }
  return flow;
}

}  // namespace

Way find_way(Ops& ops) { return WayFinder(ops).run(); }

}  // namespace aqua::topology

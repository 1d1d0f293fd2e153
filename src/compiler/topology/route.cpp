#include <algorithm>
#include <cstddef>
#include <vector>

#include "compiler/topology/way.h"

namespace aqua::topology {

namespace {

using model::Path;
using model::PathId;

// Skips what stands still and cuts what comes back to a peer that was visited before.
void visit(std::vector<Hop>& way, Hop hop) {
  const auto same = [&](const Hop& known) {
    return known.peer == hop.peer && known.is_collection == hop.is_collection;
  };
  const auto known = std::ranges::find_if(way, same);
  if (known == way.end()) {
    way.push_back(std::move(hop));
  } else {
    way.erase(known + 1, way.end());
  }
}

void visit_relays_inward(std::vector<Hop>& way, const Path& path) {
  for (const model::Relay& relay : path.relays)
    visit(way, Hop{relay.peer, relay.is_collection, false});
}

void visit_relays_outward(std::vector<Hop>& way, const Path& path) {
  for (auto relay = path.relays.rbegin(); relay != path.relays.rend(); ++relay) {
    visit(way, Hop{relay->peer, relay->is_collection, true});
  }
}

// An `on` inside of one of the same peer: who comes from outside is there before it needs the inner relays.
bool is_reached_before(const model::Ops& ops, PathId path) {
  const PathId outer = ops[path].outer;
  return outer.has_value() && ops[outer].peer == ops[path].peer;
}

// The paths that only one of the two has: `from` with the innermost first, `to` with the outermost.
struct Difference {
  std::vector<PathId> from;
  std::vector<PathId> to;
};

Difference difference(const model::Ops& ops, PathId from, PathId to) {
  Difference result;
  PathId a = from;
  PathId b = to;
  while (a != b) {
    const std::uint32_t depth_a = a.is_none() ? 0 : ops[a].depth + 1;
    const std::uint32_t depth_b = b.is_none() ? 0 : ops[b].depth + 1;
    if (depth_a >= depth_b) {
      result.from.push_back(a);
      a = ops[a].outer;
    }
    if (depth_b >= depth_a) {
      result.to.push_back(b);
      b = ops[b].outer;
    }
  }
  std::ranges::reverse(result.to);
  return result;
}

}  // namespace

std::vector<Hop> route(const model::Ops& ops, PathId from, PathId to) {
  if (from == to) return {};
  Difference parts = difference(ops, from, to);
  const model::Operand& start = ops[from].peer;
  const model::Operand& end = ops[to].peer;
  std::erase_if(parts.to, [&](PathId id) { return is_reached_before(ops, id); });
  // One contains the other: the inner peer is left or reached through the relays of the outer one.
  if (start != end) {
    if (parts.from.empty()) parts.from.push_back(from);
    if (parts.to.empty()) parts.to.push_back(to);
  }
  std::vector<Hop> way;
  visit(way, Hop{start, false, false});
  for (const PathId id : parts.from) visit_relays_outward(way, ops[id]);
  for (const PathId id : parts.to) visit_relays_inward(way, ops[id]);
  visit(way, Hop{end, false, false});
  if (!way.empty() && !way.front().is_collection && way.front().peer == start)
    way.erase(way.begin());
  if (!way.empty() && !way.back().is_collection && way.back().peer == end) way.pop_back();
  return way;
}

}  // namespace aqua::topology

#include "compiler/topology/extents.h"

namespace aqua::topology {

namespace {

using model::NameId;
using model::Op;
using model::OpId;
using model::PathId;

class Measuring {
 public:
  explicit Measuring(const model::Ops& ops) : ops_(ops) {
    extents_.ops.resize(ops.ops.size());
    extents_.names.resize(ops.names.size());
  }

  Extents run() {
    find_positions(ops_.root);
    find_last_uses(ops_.root);
    return std::move(extents_);
  }

 private:
  void find_positions(OpId id);
  void find_last_uses(OpId id);
  void read(NameId name) { extents_.names[name.value].last_use = position_ + 1; }
  void read(const model::Operand& operand) {
    if (const auto* variable = std::get_if<model::Variable>(&operand.base)) read(variable->name);
    for (const model::Accessor& accessor : operand.lens) {
      if (const auto* by_name = std::get_if<model::ByName>(&accessor)) read(by_name->scalar);
    }
  }
  void read(PathId path);

  const model::Ops& ops_;
  Extents extents_;
  std::uint32_t position_ = 0;
};

void Measuring::read(PathId path) {
  for (; path.has_value(); path = ops_[path].outer) {
    read(ops_[path].peer);
    for (const model::Relay& relay : ops_[path].relays) read(relay.peer);
  }
}

void Measuring::find_positions(OpId id) {
  const Op& op = ops_[id];
  extents_.ops[id.value].begin = position_;
  for_each_awaited_name(op, [this](NameId name) { read(name); });
  if (const auto* canon = std::get_if<model::Canon>(&op.node)) read(canon->source);
  if (is_forcing(op)) {
    read(op.path);
    extents_.ops[id.value].first = id;
    extents_.ops[id.value].only = op.path;
  }
  if (const auto* within = std::get_if<model::Within>(&op.node)) read(within->path);
  if (const NameId defined = defined_by(op); defined.has_value()) {
    NameUse& name = extents_.names[defined.value];
    name.first_definition = std::min(name.first_definition, position_);
    name.last_definition = position_;
  }
  bool is_leaf = true;
  for_each_child(op, [&](OpId child) {
    is_leaf = false;
    find_positions(child);
    Extent& extent = extents_.ops[id.value];
    const Extent& inner = extents_[child];
    if (inner.first.is_none()) return;
    extent.only = extent.first.is_none() || extent.only == inner.only ? inner.only : PathId::none();
    if (extent.first.is_none()) extent.first = inner.first;
  });
  if (is_leaf) ++position_;
  extents_.ops[id.value].end = position_;
}

void Measuring::find_last_uses(OpId id) {
  Extent& extent = extents_.ops[id.value];
  if (const NameId defined = defined_by(ops_[id]); defined.has_value())
    extent.last_use = extents_[defined].last_use;
  for_each_child(ops_[id], [&](OpId child) {
    find_last_uses(child);
    extent.last_use = std::max(extent.last_use, extents_[child].last_use);
  });
}

}  // namespace

model::NameId defined_by(const model::Op& op) {
  if (const auto* call = std::get_if<model::Call>(&op.node)) return call->output;
  if (const auto* canon = std::get_if<model::Canon>(&op.node)) return canon->target;
  if (const auto* ap = std::get_if<model::Ap>(&op.node)) return ap->target;
  if (const auto* ap = std::get_if<model::ApMap>(&op.node)) return ap->map;
  return NameId::none();
}

bool Extents::is_defined_inside(NameId name, OpId id) const {
  const NameUse& use = names[name.value];
  const Extent& extent = ops[id.value];
  return use.first_definition != kNever && use.first_definition >= extent.begin &&
         use.last_definition < extent.end;
}

Extents measure(const model::Ops& ops) { return Measuring(ops).run(); }

}  // namespace aqua::topology

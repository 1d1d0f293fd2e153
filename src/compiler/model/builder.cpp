#include "compiler/model/builder.h"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <variant>

#include "base/overloaded.h"

namespace aqua::model {

namespace {

using base::Overloaded;

bool has_lens(const Operand& operand) { return operand.is_length || !operand.lens.empty(); }

// Scalars and, with a lens, canons: what names a peer, a service or a function.
bool is_resolvable(const Ops& ops, const Operand& operand) {
  if (std::holds_alternative<String>(operand.base)) return true;
  const Variable* const variable = std::get_if<Variable>(&operand.base);
  if (variable == nullptr || operand.is_length) return false;
  return ops[variable->name].kind == NameKind::kScalar || has_lens(operand);
}

std::size_t hash_of(const Operand& operand) {
  const std::size_t base = std::visit(
      Overloaded{[](const String& s) { return std::hash<std::string_view>()(s.text); },
                 [](const Variable& v) { return std::size_t{v.name.value} * 0x9E3779B97F4A7C15u; },
                 [](const Integer& i) { return static_cast<std::size_t>(i.value); },
                 [](const Float&) { return std::size_t{1}; },
                 [](const Boolean& b) { return std::size_t{b.value}; },
                 [](const InitPeerId&) { return std::size_t{2}; },
                 [](const Timestamp&) { return std::size_t{3}; },
                 [](const Ttl&) { return std::size_t{4}; },
                 [](const EmptyArray&) { return std::size_t{5}; },
                 [](const ErrorSlot&) { return std::size_t{6}; }},
      operand.base);
  return base * 31 + operand.lens.size();
}

}  // namespace

bool fits(const Ops& ops, const Operand& operand, Fit fit) {
  const Variable* const variable = std::get_if<Variable>(&operand.base);
  switch (fit) {
    case Fit::kValue: return true;
    case Fit::kResolvable: return is_resolvable(ops, operand);
    case Fit::kPeer:
      return std::holds_alternative<InitPeerId>(operand.base) || is_resolvable(ops, operand);
    case Fit::kKey:
      return is_resolvable(ops, operand) &&
             (variable == nullptr || ops[variable->name].kind != NameKind::kCanonMap);
    case Fit::kIterable:
      if (std::holds_alternative<EmptyArray>(operand.base)) return true;
      if (variable == nullptr || operand.is_length) return false;
      return ops[variable->name].kind != NameKind::kCanon || !has_lens(operand);
    case Fit::kScalar:
      return variable != nullptr && !has_lens(operand) &&
             ops[variable->name].kind == NameKind::kScalar;
  }
  return false;
}

Builder::Builder() {
  // The words of AIR are no names.
  for (const std::string_view word :
       {"call", "canon", "ap", "seq", "par", "xor", "match", "mismatch", "fold", "next", "new",
        "fail", "never", "null", "true", "false"}) {
    used_.emplace(word, 0);
  }
}

NameId Builder::fresh(std::string_view base, NameKind kind) {
  std::string_view text = base;
  const auto [entry, is_new] = used_.try_emplace(base, 0);
  if (!is_new) text = ops_.texts.store(fmt::format("{}-{}", base, entry->second++));
  ops_.names.push_back(Name{text, kind});
  return NameId(ops_.names.size() - 1);
}

NameId Builder::reserved(std::string_view text, NameKind kind) {
  ops_.names.push_back(Name{ops_.texts.store(text), kind});
  return NameId(ops_.names.size() - 1);
}

PathId Builder::path(PathId outer, Operand peer, std::vector<Relay> relays) {
  std::size_t hash = outer.value + hash_of(peer) * 131;
  for (const Relay& relay : relays) hash = hash * 131 + hash_of(relay.peer);
  std::vector<PathId>& candidates = paths_by_hash_[hash];
  for (const PathId id : candidates) {
    const Path& known = ops_[id];
    if (known.outer == outer && known.peer == peer && known.relays == relays) return id;
  }
  const std::uint32_t depth = outer.is_none() ? 0 : ops_[outer].depth + 1;
  ops_.paths.push_back(Path{outer, std::move(peer), std::move(relays), depth});
  candidates.push_back(PathId(ops_.paths.size() - 1));
  return candidates.back();
}

OpId Builder::add(Node node, PathId path, Place place) {
  ops_.ops.push_back(Op{std::move(node), path, place});
  return OpId(ops_.ops.size() - 1);
}

OpId Builder::sequence(std::vector<OpId> ops, PathId path, Place place) {
  if (ops.empty()) return add(Null{}, path, place);
  if (ops.size() == 1) return ops.front();
  return add(Seq{std::move(ops)}, path, place);
}

bool Builder::is_null(OpId id) const { return std::holds_alternative<Null>(ops_[id].node); }

Operand variable(NameId name) { return Operand{Variable{name}, {}, false}; }
Operand string(std::string_view text) { return Operand{String{text}, {}, false}; }
Operand integer(std::int64_t value) { return Operand{Integer{value}, {}, false}; }
Operand boolean(bool value) { return Operand{Boolean{value}, {}, false}; }

Operand with(Operand operand, Accessor accessor) {
  operand.lens.push_back(std::move(accessor));
  return operand;
}

}  // namespace aqua::model

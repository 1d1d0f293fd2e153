#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/model/ops.h"

namespace aqua::model {

// What an instruction takes at a place; other operands are copied to a scalar first.
enum class Fit : std::uint8_t {
  kValue,       // arguments, sides of a match, values of ap: everything
  kResolvable,  // services and functions of calls
  kPeer,
  kKey,       // of an entry of a stream map
  kIterable,  // of a fold
  kScalar,    // a bare scalar: index in a lens
};
bool fits(const Ops& ops, const Operand& operand, Fit fit);

// Fills an Ops: names that are not taken, paths, operations one after the other.
class Builder {
 public:
  Builder();

  Ops& ops() { return ops_; }
  const Ops& ops() const { return ops_; }
  Ops take() { return std::move(ops_); }

  // `base` when nothing has that name yet, else `base-0`, `base-1`...
  NameId fresh(std::string_view base, NameKind kind);
  // Exactly this text, which no fresh name has: it holds a character that sources cannot write.
  NameId reserved(std::string_view text, NameKind kind);

  PathId path(PathId outer, Operand peer, std::vector<Relay> relays);

  OpId add(Node node, PathId path, Place place);
  // One operation for a list: null for none, itself for one, else a seq.
  OpId sequence(std::vector<OpId> ops, PathId path, Place place);

  bool is_null(OpId id) const;

 private:
  Ops ops_;
  std::unordered_map<std::string_view, std::uint32_t> used_;  // base -> the next number
  std::unordered_map<std::size_t, std::vector<PathId>> paths_by_hash_;
};

Operand variable(NameId name);
Operand string(std::string_view text);
Operand integer(std::int64_t value);
Operand boolean(bool value);
Operand with(Operand operand, Accessor accessor);

}  // namespace aqua::model

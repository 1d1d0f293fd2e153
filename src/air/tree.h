#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/string_arena.h"
#include "diagnostics/source.h"

// The instruction tree of an AIR script: what the compiler prints, what the parser reads, what the
// VM prepares for execution. Grammar: docs/formats/air.md.

namespace aqua::air {

using InstructionId = base::Id<struct InstructionTag>;
using OperandId = base::Id<struct OperandTag>;
using NameId = base::Id<struct NameTag>;

enum class NameKind : std::uint8_t { kScalar, kStream, kStreamMap, kCanon, kCanonMap };

// A variable name as written, sigils included: "x", "$s", "%m", "#c", "#$c", "#%m".
// Two spellings are two names ("#c" is not "#$c").
struct Name {
  std::string_view text;
  NameKind kind = NameKind::kScalar;
};

// --- lenses -----------------------------------------------------------------

struct ByIndex {
  std::uint32_t index;
  friend bool operator==(const ByIndex&, const ByIndex&) = default;
};
struct ByField {
  std::string_view field;
  friend bool operator==(const ByField&, const ByField&) = default;
};
struct ByScalar {
  NameId scalar;
  friend bool operator==(const ByScalar&, const ByScalar&) = default;
};
using Accessor = std::variant<ByIndex, ByField, ByScalar>;

enum class LensKind : std::uint8_t { kNone, kLength, kPath };

// kPath: accessors [first, first + count) of the tree, count >= 1.
struct Lens {
  LensKind kind = LensKind::kNone;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// --- operands ---------------------------------------------------------------

struct InitPeerId {};
struct Timestamp {};
struct Ttl {};
struct EmptyArray {};
struct LastError {
  Lens lens;
};
struct ErrorSlot {  // :error:
  Lens lens;
};
struct Literal {
  std::string_view text;  // between the quotes, verbatim: AIR has no escapes
};
struct Integer {
  std::int64_t value;
};
struct Float {
  double value;
};
struct Boolean {
  bool value;
};
struct Variable {  // scalar, canon or canon map
  NameId name;
  Lens lens;
};
using Operand = std::variant<InitPeerId, Timestamp, Ttl, EmptyArray, LastError, ErrorSlot, Literal,
                             Integer, Float, Boolean, Variable>;

struct OperandRange {
  OperandId first;
  std::uint32_t count = 0;
};

// --- instructions -----------------------------------------------------------

struct Call {
  OperandId peer;
  OperandId service;
  OperandId function;
  OperandRange arguments;
  NameId output;  // none: the result is not kept
};
struct Canon {
  OperandId peer;
  NameId source;  // stream or stream map
  NameId target;  // canon, canon map, or scalar (from a map only)
};
struct Ap {
  OperandId value;
  NameId target;  // scalar or stream
};
struct ApMap {
  OperandId key;
  OperandId value;
  NameId map;
};
struct Seq {
  InstructionId left;
  InstructionId right;
};
struct Par {
  InstructionId left;
  InstructionId right;
};
struct Xor {
  InstructionId left;
  InstructionId right;
};
struct Match {
  OperandId left;
  OperandId right;
  InstructionId body;
};
struct Mismatch {
  OperandId left;
  OperandId right;
  InstructionId body;
};
struct FoldValue {  // over a scalar, canon, canon map or []
  OperandId iterable;
  NameId iterator;
  InstructionId body;
  InstructionId last;  // none: no last instruction
};
struct FoldStream {  // over a stream or a stream map
  NameId stream;
  NameId iterator;
  InstructionId body;
  InstructionId last;  // none: no last instruction
};
struct Next {
  NameId iterator;
};
struct New {
  NameId name;
  InstructionId body;
};
struct FailLiteral {
  std::int64_t code;
  std::string_view message;
};
struct FailValue {  // scalar, canon with lens, %last_error% or :error:
  OperandId value;
};
struct Never {};
struct Null {};

using Instruction = std::variant<Call, Canon, Ap, ApMap, Seq, Par, Xor, Match, Mismatch, FoldValue,
                                 FoldStream, Next, New, FailLiteral, FailValue, Never, Null>;

// Instructions are numbered in pre-order, as they stand in the text: the root is 0, a parent's
// number is smaller than its children's. This number is the key of source maps.
struct Tree {
  std::vector<Instruction> instructions;
  std::vector<diagnostics::Span> spans;  // by instruction; empty when the tree was not parsed
  std::vector<Operand> operands;
  std::vector<Accessor> accessors;
  std::vector<Name> names;
  base::StringArena texts;  // owns every string_view above

  const Instruction& operator[](InstructionId id) const { return instructions[id.value]; }
  const Operand& operator[](OperandId id) const { return operands[id.value]; }
  const Name& operator[](NameId id) const { return names[id.value]; }
  std::span<const Operand> operator[](OperandRange range) const {
    return range.count == 0 ? std::span<const Operand>()
                            : std::span(operands).subspan(range.first.value, range.count);
  }
  std::span<const Accessor> path(const Lens& lens) const {
    return std::span(accessors).subspan(lens.first, lens.count);
  }
};

// The nested instructions, in the order of the text.
struct Children {
  InstructionId first;
  InstructionId second;
};
Children children_of(const Instruction& instruction);

// Equal up to spans and to the numbering of names, operands and accessors.
bool equal(const Tree& left, const Tree& right);

// Deeper scripts are refused with a diagnostic; nothing in air/ or vm/ recurses per level.
inline constexpr std::uint32_t kNestingDepthMax = 1'000'000;

}  // namespace aqua::air

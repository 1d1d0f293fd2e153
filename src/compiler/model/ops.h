#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/string_arena.h"
#include "diagnostics/source.h"

// One exported function as a tree of operations: no function, closure, ability or service is left,
// every variable is a name of AIR, and every operation knows the path to the peer it belongs to.

namespace aqua::model {

using diagnostics::Place;

using OpId = base::Id<struct OpTag>;
using NameId = base::Id<struct OpNameTag>;
using PathId = base::Id<struct PathTag>;

enum class NameKind : std::uint8_t { kScalar, kStream, kStreamMap, kCanon, kCanonMap };

struct Name {
  std::string_view text;  // without the sigil
  NameKind kind = NameKind::kScalar;
};

// --- operands -------------------------------------------------------------------

struct InitPeerId {
  friend bool operator==(InitPeerId, InitPeerId) = default;
};
struct Timestamp {
  friend bool operator==(Timestamp, Timestamp) = default;
};
struct Ttl {
  friend bool operator==(Ttl, Ttl) = default;
};
struct EmptyArray {
  friend bool operator==(EmptyArray, EmptyArray) = default;
};
struct ErrorSlot {  // :error:
  friend bool operator==(ErrorSlot, ErrorSlot) = default;
};
struct String {
  std::string_view text;
  friend bool operator==(const String&, const String&) = default;
};
struct Integer {
  std::int64_t value;
  friend bool operator==(Integer, Integer) = default;
};
struct Float {
  double value;
  friend bool operator==(Float, Float) = default;
};
struct Boolean {
  bool value;
  friend bool operator==(Boolean, Boolean) = default;
};
struct Variable {  // a scalar, canon or canon map
  NameId name;
  friend bool operator==(Variable, Variable) = default;
};
using Base = std::variant<InitPeerId, Timestamp, Ttl, EmptyArray, ErrorSlot, String, Integer, Float,
                          Boolean, Variable>;

struct ByField {
  std::string_view field;
  friend bool operator==(const ByField&, const ByField&) = default;
};
struct ByIndex {
  std::uint32_t index;
  friend bool operator==(ByIndex, ByIndex) = default;
};
struct ByName {  // index or key held by a scalar
  NameId scalar;
  friend bool operator==(ByName, ByName) = default;
};
using Accessor = std::variant<ByField, ByIndex, ByName>;

// A value that an instruction reads. Only variables and the error slot have a lens: a path of
// accessors, or ".length".
struct Operand {
  Base base;
  std::vector<Accessor> lens;
  bool is_length = false;

  friend bool operator==(const Operand&, const Operand&) = default;
};

// --- paths ----------------------------------------------------------------------

// A relay of "via"; a collection of peers is visited one after the other.
struct Relay {
  Operand peer;
  bool is_collection = false;

  friend bool operator==(const Relay&, const Relay&) = default;
};

// One "on" and those around it. Interned: equal ids are equal paths.
struct Path {
  PathId outer;  // none: the path of the init peer
  Operand peer;
  std::vector<Relay> relays;  // in the order of the way in
  std::uint32_t depth = 0;    // how many are around it
};

// --- operations -----------------------------------------------------------------

struct Seq {
  std::vector<OpId> ops;
};
struct Par {
  std::vector<OpId> branches;
};
// Runs beside everything that follows.
struct Background {
  OpId body;
};
// Each is tried where the one before it failed.
struct Xor {
  std::vector<OpId> branches;
};
inline constexpr std::uint32_t kNoRun = 0xFFFFFFFF;

// The body of an "on". An error that leaves it is carried back to the path around it.
struct Within {
  PathId path;
  PathId outer;
  OpId body;
  // For diagnostics: what the source says.
  std::uint32_t run = kNoRun;    // the run of the function whose text has the "on"; kNoRun: made up
  bool names_init_peer = false;  // on INIT_PEER_ID, without via
};
struct Restrict {  // new
  NameId name;
  OpId body;
};
struct Match {
  Operand left;
  Operand right;
  OpId body;
};
struct Mismatch {
  Operand left;
  Operand right;
  OpId body;
};

enum class FoldMode : std::uint8_t {
  kSequential,  // body; next
  kTry,         // body, else next
  kPar,         // body beside next; what follows does not wait for the fold
  kParseq,      // body beside next; what follows goes on from the relay where a body has ended
  kBare,        // the body holds its own Next; what follows does not wait if ends_never
};
struct Fold {
  FoldMode mode = FoldMode::kSequential;
  std::variant<Operand, NameId> iterable;  // a name: a stream or stream map that may still grow
  NameId iterator;
  OpId body;
  bool ends_never = false;  // the last instruction is never, not null
};
struct Next {
  NameId iterator;
};
struct Call {
  Operand service;
  Operand function;
  std::vector<Operand> arguments;
  NameId output;  // none: not kept
};
struct Canon {
  NameId source;
  NameId target;
};
struct Ap {
  Operand value;
  NameId target;  // scalar or stream
};
struct ApMap {
  Operand key;
  Operand value;
  NameId map;
};
struct Fail {
  Operand error;
};
struct Null {};

using Node = std::variant<Seq, Par, Background, Xor, Within, Restrict, Match, Mismatch, Fold, Next,
                          Call, Canon, Ap, ApMap, Fail, Null>;

struct Op {
  Node node;
  PathId path;  // where it belongs to
  Place place;  // what of the source it comes from; no source: made up
};

// An "on" without "via" of which no operation is left.
struct EmptyOn {
  PathId path;
  Place place;
};

// Children have smaller numbers than their parents; the root is the last.
struct Ops {
  std::vector<Op> ops;
  std::vector<EmptyOn> empty_ons;  // for diagnostics
  std::vector<Name> names;
  std::vector<Path> paths;
  OpId root;
  PathId root_path;
  base::StringArena texts;  // owns every text that is not a view into a source

  const Op& operator[](OpId id) const { return ops[id.value]; }
  const Name& operator[](NameId id) const { return names[id.value]; }
  const Path& operator[](PathId id) const { return paths[id.value]; }
};

}  // namespace aqua::model

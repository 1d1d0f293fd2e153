#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"

// The types of Aqua as plain data. Interned in a store: equal ids are equal types, names of structs
// included. How types relate (which accepts which) is structural: order.h.

namespace aqua::types {

using TypeId = base::Id<struct TypeTag>;

enum class Scalar : std::uint8_t {
  kU8,
  kU16,
  kU32,
  kU64,
  kI8,
  kI16,
  kI32,
  kI64,
  kF32,
  kF64,
  kBool,
  kString
};

// The type of a literal stands for a set of scalars: it fits where any of them does.
enum class LiteralKind : std::uint8_t {
  kBool,
  kString,
  kUnsigned,  // all eight integer types
  kSigned,    // i8 to i64
  kFloat,     // f32, f64
  kNumber,    // all numeric types
};

struct Top {};
struct Bottom {};
struct Literal {
  LiteralKind kind;
};
struct Array {
  TypeId element;
};
struct Option {
  TypeId element;
};
struct Stream {
  TypeId element;
};
struct StreamMap {  // the key is a string
  TypeId element;
};

struct Field {
  std::string_view name;
  TypeId type;
  friend bool operator==(const Field&, const Field&) = default;
};

// The fields of these three are sorted by name; the names are unique.
struct Struct {
  std::string_view name;  // qualified as the program sees it: "Lib.Point"
  std::vector<Field> fields;
};
struct Ability {
  std::string_view name;
  std::vector<Field> fields;
};
struct Service {
  std::string_view name;
  std::vector<Field> methods;  // arrows
};

enum class Labels : std::uint8_t { kNone, kNamed };

struct Arrow {
  Labels labels = Labels::kNone;  // kNamed: the parameters have names
  std::vector<Field> parameters;  // in the order of the call; the name is empty without labels
  std::vector<TypeId> results;
};

using Type = std::variant<Top, Bottom, Scalar, Literal, Array, Option, Stream, StreamMap, Struct,
                          Ability, Service, Arrow>;

}  // namespace aqua::types

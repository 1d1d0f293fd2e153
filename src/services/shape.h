#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// What a value has to look like, as the definition of a function or a service says it
// (docs/formats/definitions.md), and whether a value does.

namespace aqua::services {

struct Shape;
using ShapeRef = std::shared_ptr<const Shape>;

enum class Scalar : std::uint8_t {
  kBool,
  kString,
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,
  kF64,
  kInteger,   // of any size
  kUnsigned,  // of any size
  kFloat,     // f32 or f64
};

struct ScalarShape {
  Scalar kind = Scalar::kString;
};
struct ArrayShape {
  ShapeRef item;
};
// None is null or [], one is the value itself or [value].
struct OptionShape {
  ShapeRef item;
};
struct StructShape {
  std::string name;
  std::vector<std::pair<std::string, ShapeRef>> fields;
};
struct AnyShape {};
// No value is right: an arrow, or nothing at all.
struct NoneShape {};

struct Shape {
  std::variant<ScalarShape, ArrayShape, OptionShape, StructShape, AnyShape, NoneShape> kind;
};

struct NamedShape {
  std::string name;  // empty where only the type is known
  ShapeRef shape;
};
struct FunctionShape {
  std::vector<NamedShape> arguments;
  std::vector<ShapeRef> results;
};
// By function name.
using ServiceShape = std::map<std::string, FunctionShape, std::less<>>;
// By service id.
using Declarations = std::map<std::string, ServiceShape, std::less<>>;

// `type` and so on are parts of a definition, made by the compiler of this program.
ShapeRef read_shape(std::string_view type);
FunctionShape read_arrow(std::string_view arrow);
ServiceShape read_service(std::string_view definition);

// How the type is written in Aqua; a struct by its name.
std::string describe(const Shape& shape);

struct Mismatch {
  std::string path;      // "[2].name"; empty: the whole value
  std::string expected;  // a type, or a type and what is missing of it
  std::string given;     // the value in short
};
// `value` is canonical JSON. None: it fits. Members that the struct does not have do no harm.
std::optional<Mismatch> find_mismatch(const Shape& shape, std::string_view value);

}  // namespace aqua::services

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "base/utf8.h"
#include "types/store.h"

namespace aqua::types {

namespace {

constexpr std::size_t kLengthMax = 160;

std::string_view name_of(Scalar scalar) {
  switch (scalar) {
    case Scalar::kU8: return "u8";
    case Scalar::kU16: return "u16";
    case Scalar::kU32: return "u32";
    case Scalar::kU64: return "u64";
    case Scalar::kI8: return "i8";
    case Scalar::kI16: return "i16";
    case Scalar::kI32: return "i32";
    case Scalar::kI64: return "i64";
    case Scalar::kF32: return "f32";
    case Scalar::kF64: return "f64";
    case Scalar::kBool: return "bool";
    case Scalar::kString: return "string";
  }
  return "";
}

std::string_view name_of(LiteralKind kind) {
  switch (kind) {
    case LiteralKind::kBool: return "bool";
    case LiteralKind::kString: return "string";
    case LiteralKind::kUnsigned: return "integer";
    case LiteralKind::kSigned: return "signed integer";
    case LiteralKind::kFloat: return "float";
    case LiteralKind::kNumber: return "number";
  }
  return "";
}

// Every step down writes at least one character, so the limit bounds the depth, too.
class Writer {
 public:
  explicit Writer(const Store& store) : store_(store) {}

  void write(TypeId type) {
    if (out_.size() > kLengthMax) return;
    std::visit(base::Overloaded{
                   [&](Top) { out_ += "⊤"; },
                   [&](Bottom) { out_ += "⊥"; },
                   [&](Scalar scalar) { out_ += name_of(scalar); },
                   [&](Literal literal) { out_ += name_of(literal.kind); },
                   [&](Array array) { prefixed("[]", array.element); },
                   [&](Option option) { prefixed("?", option.element); },
                   [&](Stream stream) { prefixed("*", stream.element); },
                   [&](StreamMap map) { prefixed("%", map.element); },
                   [&](const Struct& one) { named(one.name, one.fields); },
                   [&](const Ability& one) { named(one.name, one.fields); },
                   [&](const Service& one) { named(one.name, one.methods); },
                   [&](const Arrow& arrow) { write_arrow(arrow); },
               },
               store_[type]);
  }

  std::string take() {
    if (out_.size() > kLengthMax) {
      out_.resize(base::utf8_prefix(out_, kLengthMax - 3).size());
      out_ += "...";
    }
    return std::move(out_);
  }

 private:
  void prefixed(std::string_view prefix, TypeId element) {
    out_ += prefix;
    write_inner(element);
  }

  // An arrow inside another type needs its brackets.
  void write_inner(TypeId type) {
    const bool is_arrow = std::holds_alternative<Arrow>(store_[type]);
    if (is_arrow) out_ += '(';
    write(type);
    if (is_arrow) out_ += ')';
  }

  // What two structs have in common has no name.
  void named(std::string_view name, const std::vector<Field>& fields) {
    if (!name.empty()) {
      out_ += name;
      return;
    }
    out_ += '{';
    std::string_view separator;
    for (const Field& field : fields) {
      if (out_.size() > kLengthMax) return;
      out_ += separator;
      out_ += field.name;
      out_ += ": ";
      write(field.type);
      separator = ", ";
    }
    out_ += '}';
  }

  void write_arrow(const Arrow& arrow) {
    std::string_view separator;
    for (const Field& parameter : arrow.parameters) {
      if (out_.size() > kLengthMax) return;
      out_ += separator;
      write_inner(parameter.type);
      separator = ", ";
    }
    if (!arrow.parameters.empty()) out_ += ' ';
    out_ += "-> ";
    if (arrow.results.empty()) out_ += "()";
    separator = "";
    for (const TypeId result : arrow.results) {
      if (out_.size() > kLengthMax) return;
      out_ += separator;
      write_inner(result);
      separator = ", ";
    }
  }

  const Store& store_;
  std::string out_;
};

}  // namespace

std::string describe(const Store& store, TypeId type) {
  Writer writer(store);
  writer.write(type);
  return writer.take();
}

}  // namespace aqua::types

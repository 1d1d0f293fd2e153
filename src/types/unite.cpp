#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "types/combine.h"
#include "types/order.h"
#include "types/scalars.h"

namespace aqua::types {

namespace {

// The smallest scalar that accepts both and is neither a float nor signed unless one of them is.
std::optional<Scalar> unite_scalars(Scalar left, Scalar right) {
  using enum Scalar;
  const bool with_float = is_float(left) || is_float(right);
  const bool with_sign = is_signed(left) || is_signed(right);
  // Each accepts fewer than those behind it.
  for (const Scalar scalar :
       {kU8, kI8, kU16, kI16, kU32, kI32, kU64, kI64, kF32, kF64, kBool, kString}) {
    if (is_float(scalar) && !with_float) continue;
    if (is_signed(scalar) && !with_sign) continue;
    if (accepts(scalar, left) && accepts(scalar, right)) return scalar;
  }
  return std::nullopt;
}

class Unite {
 public:
  explicit Unite(Store& store) : store_(store) {}

  TypeId operator()(Combiner<Unite>& parts, TypeId left, TypeId right) {
    return std::visit(
        [&](const auto& a, const auto& b) {
          if constexpr (requires { unite(parts, a, b); }) {
            return unite(parts, a, b);
          } else {
            return larger(left, right);
          }
        },
        store_[left], store_[right]);
  }

 private:
  TypeId unite(Combiner<Unite>&, Scalar left, Scalar right) {
    const auto scalar = unite_scalars(left, right);
    return scalar ? store_.scalar(*scalar) : store_.top();
  }

  TypeId unite(Combiner<Unite>& parts, Option left, Option right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId unite(Combiner<Unite>& parts, Option left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId unite(Combiner<Unite>& parts, Stream left, Option right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId unite(Combiner<Unite>& parts, Array left, Array right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId unite(Combiner<Unite>& parts, Array left, Option right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId unite(Combiner<Unite>& parts, Option left, Array right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId unite(Combiner<Unite>& parts, Array left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId unite(Combiner<Unite>& parts, Stream left, Array right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId unite(Combiner<Unite>& parts, Stream left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }

  TypeId of_element(TypeId element, TypeId (Store::*make)(TypeId)) {
    return element.is_none() ? element : (store_.*make)(element);
  }

  // The fields that both have.
  TypeId unite(Combiner<Unite>& parts, const Struct& left, const Struct& right) {
    std::vector<Field> fields;
    for (const Field& field : left.fields) {
      const Field* const other = find_field(right.fields, field.name);
      if (other != nullptr) fields.push_back({field.name, parts(field.type, other->type)});
    }
    if (parts.are_missing()) return TypeId::none();
    if (fields.empty()) return store_.top();
    std::string_view name;
    if (fields == left.fields) {
      name = left.name;
    } else if (fields == right.fields) {
      name = right.name;
    }
    return store_.structure(name, std::move(fields));
  }

  TypeId larger(TypeId left, TypeId right) const {
    if (accepts(store_, left, right)) return left;
    return accepts(store_, right, left) ? right : store_.top();
  }

  Store& store_;
};

}  // namespace

TypeId unite(Store& store, TypeId left, TypeId right) {
  return Combiner(Unite(store)).run(left, right);
}

}  // namespace aqua::types

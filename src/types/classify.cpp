#include <variant>

#include "base/overloaded.h"
#include "types/order.h"
#include "types/scalars.h"

namespace aqua::types {

bool is_data(const Store& store, TypeId type) { return store.is_data(type); }

bool is_collection(const Store& store, TypeId type) {
  return element_of(store, type).has_value() && !std::holds_alternative<StreamMap>(store[type]);
}

bool is_integer(const Store& store, TypeId type) {
  return std::visit(base::Overloaded{
                        [](Scalar scalar) { return is_integer(scalar); },
                        [](Literal literal) {
                          return literal.kind == LiteralKind::kUnsigned ||
                                 literal.kind == LiteralKind::kSigned;
                        },
                        [](const auto&) { return false; },
                    },
                    store[type]);
}

bool is_numeric(const Store& store, TypeId type) {
  return std::visit(base::Overloaded{
                        [](Scalar scalar) { return is_integer(scalar) || is_float(scalar); },
                        [](Literal literal) {
                          return literal.kind != LiteralKind::kBool &&
                                 literal.kind != LiteralKind::kString;
                        },
                        [](const auto&) { return false; },
                    },
                    store[type]);
}

TypeId element_of(const Store& store, TypeId type) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.element; }) {
          return one.element;
        } else {
          return TypeId::none();
        }
      },
      store[type]);
}

namespace {

bool is_numeric_scalar(const Store& store, TypeId type) {
  return std::holds_alternative<Scalar>(store[type]) && is_numeric(store, type);
}

bool is_signed_literal(const Store& store, TypeId type) {
  return type == store.literal(LiteralKind::kSigned);
}

}  // namespace

bool is_comparable(Store& store, TypeId left, TypeId right) {
  while (is_collection(store, left) && is_collection(store, right)) {
    left = element_of(store, left);
    right = element_of(store, right);
  }
  const bool left_scalar = is_numeric_scalar(store, left);
  const bool right_scalar = is_numeric_scalar(store, right);
  if (left_scalar && (right_scalar || is_signed_literal(store, right))) return true;
  if (right_scalar && is_signed_literal(store, left)) return true;

  const Type& one = store[left];
  const Type& two = store[right];
  if (std::holds_alternative<Literal>(one) && std::holds_alternative<Literal>(two)) {
    return overlap(std::get<Literal>(one).kind, std::get<Literal>(two).kind);
  }
  const auto is_code = [](const Type& type) {
    return std::holds_alternative<Ability>(type) || std::holds_alternative<Service>(type) ||
           std::holds_alternative<Arrow>(type);
  };
  if (is_code(one) || is_code(two)) return false;
  // Even those without a field in common.
  if (std::holds_alternative<Struct>(one) && std::holds_alternative<Struct>(two)) return true;
  return unite(store, left, right) != store.top();
}

}  // namespace aqua::types

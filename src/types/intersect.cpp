#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "types/combine.h"
#include "types/order.h"
#include "types/scalars.h"

namespace aqua::types {

namespace {

// What becomes of the fields of two structs.
enum class Fields : std::uint8_t {
  kAll,     // a value has to have those of both
  kShared,  // what can be read from either of two values
};

// The largest scalar that both accept. 16 bits fit both floats and integers: the sign decides.
std::optional<Scalar> intersect_scalars(Scalar left, Scalar right) {
  using enum Scalar;
  const bool with_sign = is_signed(left) || is_signed(right);
  for (const Scalar scalar :
       {kF64, kF32, kI64, kU64, kI32, kU32, kI16, kU16, kI8, kU8, kBool, kString}) {
    if (is_signed(scalar) && !with_sign) continue;
    if (accepts(left, scalar) && accepts(right, scalar)) return scalar;
  }
  return std::nullopt;
}

class Intersect {
 public:
  Intersect(Store& store, Fields fields) : store_(store), fields_(fields) {}

  TypeId operator()(Combiner<Intersect>& parts, TypeId left, TypeId right) {
    return std::visit(
        [&](const auto& a, const auto& b) {
          if constexpr (requires { intersect(parts, a, b); }) {
            return intersect(parts, a, b);
          } else {
            return smaller(left, right);
          }
        },
        store_[left], store_[right]);
  }

 private:
  TypeId intersect(Combiner<Intersect>&, Scalar left, Scalar right) {
    const auto scalar = intersect_scalars(left, right);
    return scalar ? store_.scalar(*scalar) : store_.bottom();
  }

  TypeId intersect(Combiner<Intersect>& parts, Option left, Option right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId intersect(Combiner<Intersect>& parts, Option left, Array right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId intersect(Combiner<Intersect>& parts, Array left, Option right) {
    return of_element(parts(left.element, right.element), &Store::option);
  }
  TypeId intersect(Combiner<Intersect>& parts, Array left, Array right) {
    return of_element(parts(left.element, right.element), &Store::array);
  }
  TypeId intersect(Combiner<Intersect>& parts, Stream left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }
  TypeId intersect(Combiner<Intersect>& parts, Stream left, Array right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }
  TypeId intersect(Combiner<Intersect>& parts, Array left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }
  TypeId intersect(Combiner<Intersect>& parts, Stream left, Option right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }
  TypeId intersect(Combiner<Intersect>& parts, Option left, Stream right) {
    return of_element(parts(left.element, right.element), &Store::stream);
  }

  TypeId of_element(TypeId element, TypeId (Store::*make)(TypeId)) {
    return element.is_none() ? element : (store_.*make)(element);
  }

  TypeId intersect(Combiner<Intersect>& parts, const Struct& left, const Struct& right) {
    std::vector<Field> fields;
    for (const Field& field : left.fields) {
      const Field* const other = find_field(right.fields, field.name);
      if (other != nullptr) {
        fields.push_back({field.name, parts(field.type, other->type)});
      } else if (fields_ == Fields::kAll) {
        fields.push_back(field);
      }
    }
    if (parts.are_missing()) return TypeId::none();
    if (fields_ == Fields::kAll) {
      for (const Field& field : right.fields) {
        if (find_field(left.fields, field.name) == nullptr) fields.push_back(field);
      }
    }
    if (fields.empty()) return store_.top();
    std::string_view name;
    if (fields == left.fields) {
      name = left.name;
    } else if (fields == right.fields) {
      name = right.name;
    }
    return store_.structure(name, std::move(fields));
  }

  TypeId smaller(TypeId left, TypeId right) const {
    if (accepts(store_, left, right)) return right;
    return accepts(store_, right, left) ? left : store_.bottom();
  }

  Store& store_;
  Fields fields_;
};

TypeId stream_as_array(Store& store, TypeId type) {
  const auto* const stream = std::get_if<Stream>(&store[type]);
  return stream == nullptr ? type : store.array(stream->element);
}

}  // namespace

TypeId intersect(Store& store, TypeId left, TypeId right) {
  return Combiner(Intersect(store, Fields::kAll)).run(left, right);
}

TypeId intersect_elements(Store& store, std::span<const TypeId> elements) {
  if (elements.empty()) return store.bottom();
  Combiner combiner(Intersect(store, Fields::kShared));
  TypeId all = stream_as_array(store, elements.front());
  for (const TypeId element : elements.subspan(1)) {
    all = combiner.run(all, stream_as_array(store, element));
  }
  return all == store.bottom() ? store.top() : all;
}

}  // namespace aqua::types

#pragma once

#include <cstdint>
#include <span>

#include "types/store.h"

// How types relate: who accepts whom, what two have in common. One file per relation.

namespace aqua::types {

// A value of `given` may stand where `expected` is asked for.
bool accepts(const Store& store, TypeId expected, TypeId given);

enum class Comparison : std::uint8_t { kEqual, kLess, kGreater, kIncomparable };
// kLess: `right` accepts `left`.
Comparison compare(const Store& store, TypeId left, TypeId right);

// The smallest type that accepts both (top where there is none).
TypeId unite(Store& store, TypeId left, TypeId right);
// The largest type that both accept (bottom where there is none).
TypeId intersect(Store& store, TypeId left, TypeId right);
// The element type of a collection literal; bottom for none.
TypeId intersect_elements(Store& store, std::span<const TypeId> elements);

// What a value can be.
bool is_data(const Store& store, TypeId type);        // immutable: scalars, literals, top, bottom, arrays, options, structs of these
bool is_collection(const Store& store, TypeId type);  // array, option, stream (a map is not)
bool is_integer(const Store& store, TypeId type);     // scalars and literals
bool is_numeric(const Store& store, TypeId type);
// The element of a collection or stream map, none for others.
TypeId element_of(const Store& store, TypeId type);
// Values of both types may be compared with ==.
bool is_comparable(Store& store, TypeId left, TypeId right);

}  // namespace aqua::types

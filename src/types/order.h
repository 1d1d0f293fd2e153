#pragma once

#include <cstdint>
#include <span>

#include "types/store.h"

// How types relate: who accepts whom, what two have in common. One file per relation. All of them
// take time in the number of pairs of different types they meet, whatever the size of the types
// written out, and no stack.

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
// The element type of a collection literal; bottom for none. Not a bound: as the published compiler
// has it, the narrowest scalar of the elements and the fields that all structs share; top where the
// elements have nothing in common. Streams count as arrays.
TypeId intersect_elements(Store& store, std::span<const TypeId> elements);

// What a value can be.
// Immutable: scalars, literals, top, bottom, and arrays, options and structs of these.
bool is_data(const Store& store, TypeId type);
bool is_collection(const Store& store, TypeId type);  // array, option, stream (a map is not)
bool is_integer(const Store& store, TypeId type);     // scalars and literals
bool is_numeric(const Store& store, TypeId type);
// The element of a collection or stream map, none for others.
TypeId element_of(const Store& store, TypeId type);
// Values of both types may be compared with ==.
bool is_comparable(Store& store, TypeId left, TypeId right);

}  // namespace aqua::types

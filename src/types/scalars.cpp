#include "types/scalars.h"

#include <cstddef>
#include <cstdint>

namespace aqua::types {

namespace {

using Set = std::uint16_t;

constexpr Set only(Scalar scalar) { return static_cast<Set>(1u << static_cast<unsigned>(scalar)); }

template <class... Scalars>
constexpr Set set_of(Scalars... scalars) {
  return static_cast<Set>((only(scalars) | ...));
}

using enum Scalar;

constexpr Set kSignedSet = set_of(kI8, kI16, kI32, kI64);
constexpr Set kIntegerSet = kSignedSet | set_of(kU8, kU16, kU32, kU64);
constexpr Set kFloatSet = set_of(kF32, kF64);

// What a variable of the scalar takes, by Scalar. Nothing of 64 bits becomes a float.
constexpr Set kAccepted[] = {
    set_of(kU8),
    set_of(kU8, kU16),
    set_of(kU8, kU16, kU32),
    set_of(kU8, kU16, kU32, kU64),
    set_of(kI8),
    set_of(kU8, kI8, kI16),
    set_of(kU8, kU16, kI8, kI16, kI32),
    set_of(kU8, kU16, kU32, kI8, kI16, kI32, kI64),
    set_of(kU8, kU16, kI8, kI16, kF32),
    set_of(kU8, kU16, kU32, kI8, kI16, kI32, kF32, kF64),
    set_of(kBool),
    set_of(kString),
};

// The scalars that a literal can be, by LiteralKind.
constexpr Set kMembers[] = {
    set_of(kBool), set_of(kString), kIntegerSet, kSignedSet, kFloatSet, kIntegerSet | kFloatSet,
};

Set accepted(Scalar scalar) { return kAccepted[static_cast<std::size_t>(scalar)]; }
Set members(LiteralKind kind) { return kMembers[static_cast<std::size_t>(kind)]; }

}  // namespace

bool accepts(Scalar expected, Scalar given) { return (accepted(expected) & only(given)) != 0; }

bool accepts(Scalar expected, LiteralKind given) {
  return (accepted(expected) & members(given)) != 0;
}

// The fewer scalars a literal can be, the more other literals fit.
bool accepts(LiteralKind expected, LiteralKind given) {
  return (members(expected) & ~members(given)) == 0;
}

bool accepts(LiteralKind expected, Scalar given) { return members(expected) == only(given); }

bool is_integer(Scalar scalar) { return (kIntegerSet & only(scalar)) != 0; }
bool is_signed(Scalar scalar) { return (kSignedSet & only(scalar)) != 0; }
bool is_float(Scalar scalar) { return (kFloatSet & only(scalar)) != 0; }

bool overlap(LiteralKind left, LiteralKind right) { return (members(left) & members(right)) != 0; }

}  // namespace aqua::types

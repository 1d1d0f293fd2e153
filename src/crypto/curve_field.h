#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace aqua::crypto {

// Numbers modulo 2^255 - 19 in five limbs of 51 bits. Products have limbs below 2^52, sums of two products below
// 2^53, and all take limbs up to 2^53. Time depends on the values of none of these, but nothing here is made for
// secrets: they stay with libsodium.
struct FieldNumber {
  std::array<std::uint64_t, 5> limbs{};

  static constexpr FieldNumber small(std::uint64_t value) { return {{value, 0, 0, 0, 0}}; }
};

namespace field {

constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 51) - 1;

__extension__ using Wide = unsigned __int128;

inline FieldNumber carried(FieldNumber a) {
  auto& l = a.limbs;
  for (std::size_t i = 0; i < 4; ++i) {
    l[i + 1] += l[i] >> 51;
    l[i] &= kLimbMask;
  }
  l[0] += 19 * (l[4] >> 51);
  l[4] &= kLimbMask;
  return a;
}

inline FieldNumber carried(std::array<Wide, 5>& wide) {
  for (std::size_t i = 0; i < 4; ++i) wide[i + 1] += wide[i] >> 51;
  FieldNumber out;
  for (std::size_t i = 0; i < 5; ++i)
    out.limbs[i] = static_cast<std::uint64_t>(wide[i]) & kLimbMask;
  const Wide low = out.limbs[0] + 19 * (wide[4] >> 51);
  out.limbs[0] = static_cast<std::uint64_t>(low) & kLimbMask;
  out.limbs[1] += static_cast<std::uint64_t>(low >> 51);
  return out;
}

}  // namespace field

inline FieldNumber operator+(const FieldNumber& a, const FieldNumber& b) {
  FieldNumber sum;
  for (std::size_t i = 0; i < 5; ++i) sum.limbs[i] = a.limbs[i] + b.limbs[i];
  return sum;
}

inline FieldNumber operator-(const FieldNumber& a, const FieldNumber& b) {
  // Four times the modulus keeps the limbs above zero.
  constexpr std::uint64_t kFour = 4 * field::kLimbMask;
  FieldNumber difference;
  difference.limbs[0] = a.limbs[0] + (kFour - 72) - b.limbs[0];
  for (std::size_t i = 1; i < 5; ++i) difference.limbs[i] = a.limbs[i] + kFour - b.limbs[i];
  return field::carried(difference);
}

inline FieldNumber operator*(const FieldNumber& x, const FieldNumber& y) {
  using field::Wide;
  const auto& a = x.limbs;
  const auto& b = y.limbs;
  const std::uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
  std::array<Wide, 5> r = {
      Wide{a[0]} * b[0] + Wide{a[1]} * b4 + Wide{a[2]} * b3 + Wide{a[3]} * b2 + Wide{a[4]} * b1,
      Wide{a[0]} * b[1] + Wide{a[1]} * b[0] + Wide{a[2]} * b4 + Wide{a[3]} * b3 + Wide{a[4]} * b2,
      Wide{a[0]} * b[2] + Wide{a[1]} * b[1] + Wide{a[2]} * b[0] + Wide{a[3]} * b4 + Wide{a[4]} * b3,
      Wide{a[0]} * b[3] + Wide{a[1]} * b[2] + Wide{a[2]} * b[1] + Wide{a[3]} * b[0] +
          Wide{a[4]} * b4,
      Wide{a[0]} * b[4] + Wide{a[1]} * b[3] + Wide{a[2]} * b[2] + Wide{a[3]} * b[1] +
          Wide{a[4]} * b[0]};
  return field::carried(r);
}

inline FieldNumber square(const FieldNumber& x) {
  using field::Wide;
  const auto& a = x.limbs;
  const std::uint64_t d0 = 2 * a[0], d1 = 2 * a[1], a3 = 19 * a[3], a4 = 19 * a[4];
  std::array<Wide, 5> r = {Wide{a[0]} * a[0] + Wide{d1} * a4 + Wide{2 * a[2]} * a3,
                           Wide{d0} * a[1] + Wide{2 * a[2]} * a4 + Wide{a[3]} * a3,
                           Wide{d0} * a[2] + Wide{a[1]} * a[1] + Wide{2 * a[3]} * a4,
                           Wide{d0} * a[3] + Wide{d1} * a[2] + Wide{a[4]} * a4,
                           Wide{d0} * a[4] + Wide{d1} * a[3] + Wide{a[2]} * a[2]};
  return field::carried(r);
}

inline FieldNumber negated(const FieldNumber& a) { return FieldNumber{} - a; }

// Of zero: zero.
FieldNumber inverse(const FieldNumber& a);
// a^((p - 5) / 8), by which square roots are found.
FieldNumber root_power(const FieldNumber& a);
// A square root of -1.
const FieldNumber& root_of_minus_one();

using FieldBytes = std::array<base::Byte, 32>;

// Little endian, the highest bit is ignored.
FieldNumber field_number(const FieldBytes& bytes);
// The one encoding below the modulus.
FieldBytes bytes_of(const FieldNumber& a);
inline bool is_zero(const FieldNumber& a) { return bytes_of(a) == FieldBytes{}; }
inline bool is_odd(const FieldNumber& a) { return (bytes_of(a)[0] & 1) != 0; }

}  // namespace aqua::crypto

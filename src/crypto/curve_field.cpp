#include "crypto/curve_field.h"

#include <cstring>

namespace aqua::crypto {

namespace {

FieldNumber squared(FieldNumber a, int times) {
  while (times-- > 0) a = square(a);
  return a;
}

// a^(2^250 - 1), and a^11 on the way.
FieldNumber power_of_ones(const FieldNumber& a, FieldNumber& eleventh) {
  const FieldNumber a2 = square(a);
  const FieldNumber a9 = squared(a2, 2) * a;
  eleventh = a9 * a2;
  const FieldNumber ones5 = square(eleventh) * a9;
  const FieldNumber ones10 = squared(ones5, 5) * ones5;
  const FieldNumber ones20 = squared(ones10, 10) * ones10;
  const FieldNumber ones40 = squared(ones20, 20) * ones20;
  const FieldNumber ones50 = squared(ones40, 10) * ones10;
  const FieldNumber ones100 = squared(ones50, 50) * ones50;
  const FieldNumber ones200 = squared(ones100, 100) * ones100;
  return squared(ones200, 50) * ones50;
}

}  // namespace

FieldNumber inverse(const FieldNumber& a) {
  FieldNumber eleventh;
  const FieldNumber ones = power_of_ones(a, eleventh);
  return squared(ones, 5) * eleventh;  // p - 2 = 2^255 - 21
}

FieldNumber root_power(const FieldNumber& a) {
  FieldNumber eleventh;
  return squared(power_of_ones(a, eleventh), 2) * a;  // 2^252 - 3
}

const FieldNumber& root_of_minus_one() {
  // 2 is no square: 2^((p - 1) / 4) with (p - 1) / 4 = 2 * (2^252 - 3) + 1.
  static const FieldNumber root = [] {
    const FieldNumber two = FieldNumber::small(2);
    return square(root_power(two)) * two;
  }();
  return root;
}

FieldNumber field_number(const FieldBytes& bytes) {
  std::array<std::uint64_t, 4> words;
  std::memcpy(words.data(), bytes.data(), bytes.size());
  using field::kLimbMask;
  return {{words[0] & kLimbMask, (words[0] >> 51 | words[1] << 13) & kLimbMask,
           (words[1] >> 38 | words[2] << 26) & kLimbMask,
           (words[2] >> 25 | words[3] << 39) & kLimbMask, words[3] >> 12 & kLimbMask}};
}

FieldBytes bytes_of(const FieldNumber& a) {
  FieldNumber n = field::carried(field::carried(a));
  auto& l = n.limbs;
  // 1 where the number is not below the modulus: then its subtraction is an addition of 19 without the top bit.
  std::uint64_t over = (l[0] + 19) >> 51;
  for (std::size_t i = 1; i < 5; ++i) over = (l[i] + over) >> 51;
  l[0] += 19 * over;
  for (std::size_t i = 0; i < 4; ++i) {
    l[i + 1] += l[i] >> 51;
    l[i] &= field::kLimbMask;
  }
  l[4] &= field::kLimbMask;
  const std::array<std::uint64_t, 4> words = {l[0] | l[1] << 51, l[1] >> 13 | l[2] << 38,
                                              l[2] >> 26 | l[3] << 25, l[3] >> 39 | l[4] << 12};
  FieldBytes bytes;
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

}  // namespace aqua::crypto

#include "crypto/known_key.h"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace aqua::crypto {

namespace {

// The number of points in the group of the base point, little endian.
constexpr std::array<base::Byte, 32> kOrder = {
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

bool is_below_order(std::span<const base::Byte, 32> scalar) {
  return std::lexicographical_compare(scalar.rbegin(), scalar.rend(), kOrder.rbegin(),
                                      kOrder.rend());
}

const FieldNumber& curve_d() {
  static const FieldNumber d =
      negated(FieldNumber::small(121'665) * inverse(FieldNumber::small(121'666)));
  return d;
}

std::array<base::Byte, 32> hash_scalar(base::ByteView r, base::ByteView key,
                                       base::ByteView message) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, r.data(), r.size());
  crypto_hash_sha512_update(&state, key.data(), key.size());
  crypto_hash_sha512_update(&state, message.data(), message.size());
  std::array<base::Byte, crypto_hash_sha512_BYTES> hash;
  crypto_hash_sha512_final(&state, hash.data());
  std::array<base::Byte, 32> scalar;
  crypto_core_ed25519_scalar_reduce(scalar.data(), hash.data());
  return scalar;
}

}  // namespace

const FieldNumber& KnownKey::two_d() {
  static const FieldNumber value = field::carried(curve_d() + curve_d());
  return value;
}

// x^2 = (y^2 - 1) / (d y^2 + 1), RFC 8032, 5.1.3.
std::optional<KnownKey::Point> KnownKey::point_of(const PublicKey& key) {
  const FieldNumber one = FieldNumber::small(1);
  const FieldNumber y = field_number(key);
  const FieldNumber yy = square(y);
  const FieldNumber u = yy - one;
  const FieldNumber v = curve_d() * yy + one;
  const FieldNumber v3 = square(v) * v;
  FieldNumber x = u * v3 * root_power(u * square(v3) * v);
  const FieldNumber vxx = v * square(x);
  if (!is_zero(vxx - u)) {
    if (!is_zero(vxx + u)) return std::nullopt;
    x = x * root_of_minus_one();
  }
  if (is_odd(x) != ((key[31] & 0x80) != 0)) x = negated(x);
  return Point{x, y, one, x * y};
}

// Complete on this curve: also for equal and for neutral points.
KnownKey::Point KnownKey::sum(const Point& p, const Point& q) {
  const FieldNumber a = (p.y - p.x) * (q.y - q.x);
  const FieldNumber b = (p.y + p.x) * (q.y + q.x);
  const FieldNumber c = p.t * two_d() * q.t;
  const FieldNumber zz = p.z * q.z;
  const FieldNumber d = zz + zz;
  const FieldNumber e = b - a;
  const FieldNumber f = d - c;
  const FieldNumber g = d + c;
  const FieldNumber h = b + a;
  return {e * f, g * h, f * g, e * h};
}

KnownKey::Point KnownKey::doubled(const Point& p) {
  const FieldNumber xx = square(p.x);
  const FieldNumber yy = square(p.y);
  const FieldNumber zz = square(p.z);
  const FieldNumber h = yy + xx;
  const FieldNumber e = square(p.x + p.y) - h;
  const FieldNumber g = yy - xx;
  const FieldNumber f = (zz + zz) - g;
  return {e * f, g * h, f * g, e * h};
}

void KnownKey::add(Point& p, const Addend& q, bool is_negative) {
  const FieldNumber a = (p.y - p.x) * (is_negative ? q.y_plus_x : q.y_minus_x);
  const FieldNumber b = (p.y + p.x) * (is_negative ? q.y_minus_x : q.y_plus_x);
  const FieldNumber c = p.t * q.xy_2d;
  const FieldNumber d = p.z + p.z;
  const FieldNumber e = b - a;
  const FieldNumber f = is_negative ? d + c : d - c;
  const FieldNumber g = is_negative ? d - c : d + c;
  const FieldNumber h = b + a;
  p = {e * f, g * h, f * g, e * h};
}

void KnownKey::add_multiple(Point& to, const std::array<Addend, kMultiples>& multiples, int digit) {
  if (digit == 0) return;
  const bool is_negative = digit < 0;
  add(to, multiples[static_cast<std::size_t>(is_negative ? -digit : digit) - 1], is_negative);
}

void KnownKey::fill(Table& table, Point point) {
  std::vector<Point> points;
  points.reserve(kPlaces * kMultiples);
  for (std::size_t place = 0; place < kPlaces; ++place) {
    points.push_back(point);
    for (std::size_t i = 1; i < kMultiples; ++i) points.push_back(sum(points.back(), point));
    for (int i = 0; i < 16; ++i) point = doubled(point);
  }
  // All are divided by their z with one inversion: before[i] is the product of those before i.
  std::vector<FieldNumber> before;
  before.reserve(points.size());
  FieldNumber product = FieldNumber::small(1);
  for (const Point& p : points) {
    before.push_back(product);
    product = product * p.z;
  }
  FieldNumber inverted = inverse(product);
  for (std::size_t i = points.size(); i-- > 0;) {
    const FieldNumber by_z = inverted * before[i];
    inverted = inverted * points[i].z;
    const FieldNumber x = points[i].x * by_z;
    const FieldNumber y = points[i].y * by_z;
    table[i / kMultiples][i % kMultiples] = {field::carried(y + x), y - x, x * y * two_d()};
  }
}

KnownKey::Digits KnownKey::digits_of(std::span<const base::Byte, 32> scalar) {
  Digits digits;
  int carry = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = (i % 2 == 0 ? scalar[i / 2] & 15 : scalar[i / 2] >> 4) + carry;
    carry = digit > 8 ? 1 : 0;
    digits[i] = static_cast<std::int8_t>(digit - 16 * carry);
  }
  AQUA_CHECK(carry == 0, "a scalar is not reduced");
  return digits;
}

const KnownKey::Table& KnownKey::base_table() {
  static const Table table = [] {
    PublicKey base;
    base.fill(0x66);
    base[0] = 0x58;
    Table filled;
    fill(filled, *point_of(base));
    return filled;
  }();
  return table;
}

std::shared_ptr<const KnownKey> KnownKey::of(const PublicKey& key) {
  auto point = point_of(key);
  if (!point) return nullptr;
  point->x = negated(point->x);
  point->t = negated(point->t);
  const auto known = std::make_shared<KnownKey>();
  known->key_ = key;
  fill(known->table_, *point);
  return known;
}

bool KnownKey::verify(base::ByteView message, const Signature& signature) const {
  const auto r = std::span(signature).first<32>();
  const auto s = std::span(signature).last<32>();
  if (!is_below_order(s)) return false;
  const Digits s_digits = digits_of(s);
  const Digits h_digits = digits_of(hash_scalar(r, key_, message));
  const Table& base = base_table();
  // s * base - h * key
  const FieldNumber one = FieldNumber::small(1);
  Point point{{}, one, one, {}};
  for (std::size_t step = 4; step-- > 0;) {
    if (step < 3)
      for (int i = 0; i < 4; ++i) point = doubled(point);
    for (std::size_t place = 0; place < kPlaces; ++place) {
      add_multiple(point, table_[place], h_digits[4 * place + step]);
      add_multiple(point, base[place], s_digits[4 * place + step]);
    }
  }
  const FieldNumber by_z = inverse(point.z);
  FieldBytes encoded = bytes_of(point.y * by_z);
  if (is_odd(point.x * by_z)) encoded[31] |= 0x80;
  if (!std::ranges::equal(encoded, r)) return false;
  // A point of small order is refused: eight times it is the neutral point.
  const Point eight = doubled(doubled(doubled(point)));
  return !is_zero(eight.x) || !is_zero(eight.y - eight.z);
}

}  // namespace aqua::crypto

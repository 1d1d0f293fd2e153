#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "json/text.h"
#include "services/builtin_table.h"

// math and cmp. Integers are i64, and what does not fit is an error.

namespace aqua::services {

namespace {

struct Pair {
  std::int64_t a;
  std::int64_t b;
};

base::Result<Pair, std::string> two_integers(Arguments arguments) {
  if (arguments.size() == 2) {
    const auto a = json::as_int64(arguments[0]);
    const auto b = json::as_int64(arguments[1]);
    if (a && b) return Pair{*a, *b};
  }
  return refuse("two integers are expected");
}

Computed number_or_overflow(bool overflows, std::int64_t value) {
  if (overflows) return refuse("the result does not fit i64");
  return std::to_string(value);
}

Computed divided(Arguments arguments, bool is_remainder) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  const auto [a, b] = *pair;
  if (b == 0) return refuse("division by 0");
  if (a == std::numeric_limits<std::int64_t>::min() && b == -1)
    return number_or_overflow(!is_remainder, 0);
  return std::to_string(is_remainder ? a % b : a / b);
}

bool is_number(std::string_view value) {
  return json::kind_of(value) == json::Kind::kInteger || json::kind_of(value) == json::Kind::kFloat;
}

template <class Compare>
Computed compared(Arguments arguments, Compare compare) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  return compare(pair->a, pair->b) ? "true" : "false";
}

}  // namespace

Computed math_add(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  std::int64_t value = 0;
  const bool overflows = __builtin_add_overflow(pair->a, pair->b, &value);
  return number_or_overflow(overflows, value);
}

Computed math_sub(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  std::int64_t value = 0;
  const bool overflows = __builtin_sub_overflow(pair->a, pair->b, &value);
  return number_or_overflow(overflows, value);
}

Computed math_mul(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  std::int64_t value = 0;
  const bool overflows = __builtin_mul_overflow(pair->a, pair->b, &value);
  return number_or_overflow(overflows, value);
}

Computed math_div(Arguments arguments) { return divided(arguments, false); }
Computed math_rem(Arguments arguments) { return divided(arguments, true); }

Computed math_fmul(Arguments arguments) {
  if (arguments.size() != 2 || !is_number(arguments[0]) || !is_number(arguments[1]))
    return refuse("two numbers are expected");
  const double product = std::floor(std::strtod(arguments[0].c_str(), nullptr) *
                                    std::strtod(arguments[1].c_str(), nullptr));
  if (!(product >= -0x1p63 && product < 0x1p63)) return number_or_overflow(true, 0);
  return std::to_string(static_cast<std::int64_t>(product));
}

Computed math_pow(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  const auto [base, exponent] = *pair;
  if (exponent < 0) return refuse("the exponent is negative");
  std::int64_t result = 1;
  // What does not stay within -1..1 overflows after at most 63 steps; the others repeat with period 2.
  const std::int64_t steps =
      base >= -1 && base <= 1 ? (exponent == 0 ? 0 : 2 - exponent % 2) : exponent;
  for (std::int64_t i = 0; i < steps; ++i) {
    if (__builtin_mul_overflow(result, base, &result)) return number_or_overflow(true, 0);
  }
  return std::to_string(result);
}

// How often the number can be divided by the base before it is less than that.
Computed math_log(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  const auto [base, number] = *pair;
  if (base < 2) return refuse("the base is less than 2");
  if (number < 1) return refuse("the number is less than 1");
  std::uint32_t count = 0;
  for (std::int64_t rest = number; rest >= base; rest /= base) ++count;
  return std::to_string(count);
}

Computed cmp_lt(Arguments arguments) {
  return compared(arguments, [](auto a, auto b) { return a < b; });
}
Computed cmp_lte(Arguments arguments) {
  return compared(arguments, [](auto a, auto b) { return a <= b; });
}
Computed cmp_gt(Arguments arguments) {
  return compared(arguments, [](auto a, auto b) { return a > b; });
}
Computed cmp_gte(Arguments arguments) {
  return compared(arguments, [](auto a, auto b) { return a >= b; });
}
Computed cmp_cmp(Arguments arguments) {
  const auto pair = two_integers(arguments);
  if (!pair) return std::unexpected(pair.error());
  return std::to_string((pair->a > pair->b) - (pair->a < pair->b));
}

}  // namespace aqua::services

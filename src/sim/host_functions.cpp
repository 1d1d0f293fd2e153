#include "sim/host_functions.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/text.h"

namespace aqua::sim {

namespace {

using Arguments = std::span<const std::string>;
// The canonical JSON of the result, or why there is none.
using Computed = base::Result<std::string, std::string>;

std::unexpected<std::string> refuse(std::string why) { return std::unexpected(std::move(why)); }

Computed number_or_overflow(bool overflows, std::int64_t value) {
  if (overflows) return refuse("the result does not fit i64");
  return std::to_string(value);
}

Computed divided(std::int64_t a, std::int64_t b, bool is_remainder) {
  if (b == 0) return refuse("division by 0");
  if (a == std::numeric_limits<std::int64_t>::min() && b == -1)
    return number_or_overflow(!is_remainder, 0);
  return std::to_string(is_remainder ? a % b : a / b);
}

Computed power(std::int64_t base, std::int64_t exponent) {
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

Computed of_integers(std::string_view function, std::int64_t a, std::int64_t b) {
  if (function == "div") return divided(a, b, false);
  if (function == "rem") return divided(a, b, true);
  if (function == "pow") return power(a, b);
  std::int64_t value = 0;
  const bool overflows = function == "add"   ? __builtin_add_overflow(a, b, &value)
                         : function == "sub" ? __builtin_sub_overflow(a, b, &value)
                                             : __builtin_mul_overflow(a, b, &value);
  return number_or_overflow(overflows, value);
}

Computed multiplied_floats(std::string_view a, std::string_view b) {
  const double product = std::floor(std::strtod(std::string(a).c_str(), nullptr) *
                                    std::strtod(std::string(b).c_str(), nullptr));
  if (!(product >= -0x1p63 && product < 0x1p63)) return number_or_overflow(true, 0);
  return std::to_string(static_cast<std::int64_t>(product));
}

bool is_number(std::string_view value) {
  return json::kind_of(value) == json::Kind::kInteger || json::kind_of(value) == json::Kind::kFloat;
}

Computed math(std::string_view function, Arguments arguments) {
  if (arguments.size() != 2) return refuse("two numbers are expected");
  if (function == "fmul") {
    if (!is_number(arguments[0]) || !is_number(arguments[1]))
      return refuse("two numbers are expected");
    return multiplied_floats(arguments[0], arguments[1]);
  }
  const auto a = json::as_int64(arguments[0]);
  const auto b = json::as_int64(arguments[1]);
  if (!a || !b) return refuse("two integers are expected");
  return of_integers(function, *a, *b);
}

Computed cmp(std::string_view function, Arguments arguments) {
  const auto a = arguments.size() == 2 ? json::as_int64(arguments[0]) : std::nullopt;
  const auto b = arguments.size() == 2 ? json::as_int64(arguments[1]) : std::nullopt;
  if (!a || !b) return refuse("two integers are expected");
  if (function == "cmp") return std::to_string((*a > *b) - (*a < *b));
  const bool is_true = function == "lt"    ? *a < *b
                       : function == "lte" ? *a <= *b
                       : function == "gt"  ? *a > *b
                                           : *a >= *b;
  return is_true ? "true" : "false";
}

template <class Range>
std::string array_of(const Range& values) {
  std::string out = "[";
  for (const std::string_view value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out += ']';
}

Computed length_of_array(Arguments arguments) {
  if (arguments.size() != 1 || json::kind_of(arguments[0]) != json::Kind::kArray)
    return refuse("an array is expected");
  return std::to_string(json::array_items(arguments[0]).size());
}

Computed concatenated_arrays(Arguments arguments) {
  std::vector<std::string_view> all;
  for (const std::string& argument : arguments) {
    if (json::kind_of(argument) != json::Kind::kArray) return refuse("arrays are expected");
    for (const std::string_view item : json::array_items(argument)) all.push_back(item);
  }
  return array_of(all);
}

Computed concatenated_strings(Arguments arguments) {
  std::string all;
  for (const std::string& argument : arguments) {
    if (json::kind_of(argument) != json::Kind::kString) return refuse("strings are expected");
    all += json::unquote(argument);
  }
  return json::quoted(all);
}

Computed sum(Arguments arguments) {
  if (arguments.size() != 1 || json::kind_of(arguments[0]) != json::Kind::kArray)
    return refuse("an array is expected");
  std::int64_t total = 0;
  for (const std::string_view item : json::array_items(arguments[0])) {
    const auto number = json::as_int64(item);
    if (!number) return refuse("an array of integers is expected");
    if (__builtin_add_overflow(total, *number, &total)) return number_or_overflow(true, 0);
  }
  return std::to_string(total);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const std::string_view other : names) {
    if (name == other) return true;
  }
  return false;
}

std::optional<Computed> computed(std::string_view service, std::string_view function,
                                 Arguments arguments) {
  if (service == "math" && is_one_of(function, {"add", "sub", "mul", "fmul", "div", "rem", "pow"}))
    return math(function, arguments);
  if (service == "cmp" && is_one_of(function, {"lt", "lte", "gt", "gte", "cmp"}))
    return cmp(function, arguments);
  if (service == "array" && function == "sum") return sum(arguments);
  if (service == "array" && function == "length") return length_of_array(arguments);
  if (service != "op") return std::nullopt;
  if (function == "noop") return Computed("\"\"");
  if (function == "identity") {
    if (arguments.size() > 1) return Computed(refuse("at most one argument is expected"));
    return Computed(arguments.empty() ? "\"\"" : arguments[0]);
  }
  if (function == "array") return Computed(array_of(arguments));
  if (function == "array_length") return length_of_array(arguments);
  if (function == "concat") return concatenated_arrays(arguments);
  if (function == "concat_strings") return concatenated_strings(arguments);
  return std::nullopt;
}

}  // namespace

std::optional<report::Answer> computed_answer(std::string_view service, std::string_view function,
                                              std::span<const std::string> arguments) {
  const std::optional<Computed> result = computed(service, function, arguments);
  if (!result) return std::nullopt;
  if (!result->has_value()) {
    return report::Answer{
        1, json::quoted(fmt::format("{}.{}: {}", service, function, result->error()))};
  }
  return report::Answer{0, **result};
}

}  // namespace aqua::sim

#include "json/number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace aqua::json {

namespace {

constexpr int kExponentMax = 308;

const std::array<double, kExponentMax + 1>& powers_of_ten() {
  static const auto powers = [] {
    std::array<double, kExponentMax + 1> table{};
    for (int e = 0; e <= kExponentMax; ++e) {
      char text[8] = "1e";
      const auto end = std::to_chars(text + 2, text + sizeof text, e).ptr;
      std::from_chars(text, end, table[static_cast<std::size_t>(e)]);
    }
    return table;
  }();
  return powers;
}

}  // namespace

std::optional<double> decimal_to_double(std::uint64_t significand, std::int32_t exponent) {
  const auto& powers = powers_of_ten();
  auto value = static_cast<double>(significand);
  std::int64_t left = exponent;
  while (left < -kExponentMax) {
    if (value == 0.0) return value;
    value /= powers[kExponentMax];
    left += kExponentMax;
  }
  if (left > kExponentMax) {
    if (value == 0.0) return value;
    return std::nullopt;
  }
  if (left >= 0) {
    value *= powers[static_cast<std::size_t>(left)];
    if (std::isinf(value)) return std::nullopt;
    return value;
  }
  return value / powers[static_cast<std::size_t>(-left)];
}

void append_float(std::string& out, double value) {
  if (std::signbit(value)) {
    out += '-';
    value = -value;
  }
  if (value == 0.0) {
    out += "0.0";
    return;
  }
  // "d.ddde±xx" or "de±xx": the shortest digits and their exponent.
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* exponent_from = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_from, text.data() + text.size(), exponent);
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // position of the decimal point in the digits
  constexpr int kPlainPointMax = 16;
  constexpr int kPlainPointMin = -5;
  if (count <= point && point <= kPlainPointMax) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
    out += ".0";
  } else if (0 < point && point <= kPlainPointMax) {
    out.append(digits, 0, static_cast<std::size_t>(point));
    out += '.';
    out.append(digits, static_cast<std::size_t>(point), std::string::npos);
  } else if (kPlainPointMin < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out.append(digits, 1, std::string::npos);
    }
    out += 'e';
    char number[8];
    out.append(number, std::to_chars(number, number + sizeof number, exponent).ptr);
  }
}

}  // namespace aqua::json

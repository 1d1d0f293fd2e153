#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aqua::json {

// Appends the canonical text of a finite double: shortest digits that read back to the same double,
// laid out as 1.0, 100000.0, 1e16, 1.5e300, 0.00001, 1e-6.
void append_float(std::string& out, double value);

// What 10^exponent * significand becomes in particle data. Deliberately not correctly rounded: every
// peer of the network reads floats by this rule, and hashes of arguments depend on the last bit.
// None: out of range.
std::optional<double> decimal_to_double(std::uint64_t significand, std::int32_t exponent);

}  // namespace aqua::json

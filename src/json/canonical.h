#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// The canonical text of a JSON value: no white space, object keys in byte order without duplicates,
// minimal escapes, numbers as number.h writes them. It is what content ids hash.

namespace aqua::json {

// The 128th opening bracket within another is an error.
inline constexpr int kDepthMax = 127;

struct ParseError {
  std::string text;  // "expected value at line 1 column 1"; columns count bytes
};

// Reads one JSON value (valid UTF-8); true: `text` is already canonical, byte for byte.
//
// A canonical text need not stay canonical when read again: floats are read inexactly (number.h), so
// canonicalize(x) can hold a float that the next reader takes for its neighbour.
base::Result<bool, ParseError> check(std::string_view text);

// `text` must have passed check().
std::string canonicalize(std::string_view text);

}  // namespace aqua::json

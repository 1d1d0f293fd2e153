#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.

namespace aqua::base {

struct CodePoint {
  char32_t value = 0;
  std::uint32_t size_bytes = 1;
};

// The code point at the start of `text`, which is not empty and valid UTF-8.
CodePoint decode_utf8(std::string_view text);

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// As decode_utf8 for any bytes: what is not UTF-8 is the replacement character, one byte long.
CodePoint decode_utf8_lossy(std::string_view text);

// The offset of the first byte that can not be part of UTF-8; npos where all of `text` is UTF-8.
std::size_t find_invalid_utf8(std::string_view text);

inline bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

}  // namespace aqua::base

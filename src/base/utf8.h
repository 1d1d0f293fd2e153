#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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

inline bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The longest start of `text` of at most so many bytes that ends between two characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

// `text`, or where it is longer than so many bytes its utf8_prefix and three dots.
std::string truncated(std::string_view text, std::size_t bytes_max);

// `word`, or where it is long both of its ends with three dots between them.
std::string abbreviated(std::string_view word);

inline bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

}  // namespace aqua::base

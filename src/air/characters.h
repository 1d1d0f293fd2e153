#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace aqua::air {

enum CharacterClass : std::uint8_t {
  kSpace = 1,     // separates tokens
  kNamePart = 2,  // letters, digits, '_' and '-'
  kDigit = 4,     // 0-9
  kClosing = 8,   // ')' and ']'
  kOpening = 16,  // '(' and '['
  kNotAscii = 32,
  kLensPart = 64,  // what a lens may contain besides name characters
};

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (const char c : {' ', '\t', '\n', '\v', '\f', '\r'})
    classes[static_cast<std::uint8_t>(c)] = kSpace;
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kNamePart;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kNamePart;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kNamePart | kDigit;
  classes['_'] = classes['-'] = kNamePart;
  classes['('] = classes['['] = kOpening | kLensPart;
  classes[')'] = classes[']'] = kClosing | kLensPart;
  for (const char c : {'$', '@', ':', '?', '.', '*', ',', '"', '\''}) {
    classes[static_cast<std::uint8_t>(c)] = kLensPart;
  }
  for (int c = 0x80; c <= 0xFF; ++c) classes[c] = kNotAscii;
  return classes;
}();

constexpr bool has_class(char c, std::uint8_t classes) {
  return (kCharacterClasses[static_cast<std::uint8_t>(c)] & classes) != 0;
}

// The next three are about code points beyond ASCII.
bool is_unicode_space(char32_t code_point);
bool is_unicode_alphanumeric(char32_t code_point);
bool is_unicode_numeric(char32_t code_point);

}  // namespace aqua::air

#include "base/base64.h"

#include <array>
#include <cstdint>

namespace aqua::base {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return digits;
}();

}  // namespace

void append_base64(std::string& out, ByteView bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const std::uint32_t group =
        static_cast<std::uint32_t>(bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2]);
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[group >> 12 & 63];
    *to++ = kAlphabet[group >> 6 & 63];
    *to++ = kAlphabet[group & 63];
  }
  const std::size_t left = bytes.size() - at;
  if (left == 0) return;
  const std::uint32_t group =
      static_cast<std::uint32_t>(bytes[at] << 16 | (left == 2 ? bytes[at + 1] << 8 : 0));
  *to++ = kAlphabet[group >> 18];
  *to++ = kAlphabet[group >> 12 & 63];
  if (left == 2) *to = kAlphabet[group >> 6 & 63];
}

std::optional<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::string_view digits = text.substr(0, text.size() - padding);

  Bytes bytes(text.size() / 4 * 3 - padding);
  Byte* to = bytes.data();
  std::uint32_t group = 0;
  std::uint32_t wrong = 0;
  std::size_t at = 0;
  for (; at + 4 <= digits.size(); at += 4) {
    group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint8_t digit = kDigits[static_cast<unsigned char>(digits[at + i])];
      wrong |= digit;
      group = group << 6 | digit;
    }
    *to++ = static_cast<Byte>(group >> 16);
    *to++ = static_cast<Byte>(group >> 8);
    *to++ = static_cast<Byte>(group);
  }
  group = 0;
  for (std::size_t i = at; i < digits.size(); ++i) {
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(digits[i])];
    wrong |= digit;
    group = group << 6 | digit;
  }
  if ((wrong & 0xC0) != 0) return std::nullopt;
  if (padding == 1) {
    if ((group & 3) != 0) return std::nullopt;
    *to++ = static_cast<Byte>(group >> 10);
    *to++ = static_cast<Byte>(group >> 2);
  } else if (padding == 2) {
    if ((group & 15) != 0) return std::nullopt;
    *to++ = static_cast<Byte>(group >> 4);
  }
  return bytes;
}

}  // namespace aqua::base

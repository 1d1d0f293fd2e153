#include "base/base58.h"

#include <algorithm>
#include <array>

namespace aqua::base {

namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

constexpr std::array<std::int8_t, 256> digit_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kDigitValues = digit_values();

}  // namespace

std::string base58_encode(ByteView bytes) {
  std::vector<Byte> digits;  // base 58, least significant first
  for (const Byte byte : bytes) {
    unsigned carry = byte;
    for (Byte& digit : digits) {
      carry += unsigned{digit} << 8;
      digit = static_cast<Byte>(carry % 58);
      carry /= 58;
    }
    for (; carry != 0; carry /= 58) digits.push_back(static_cast<Byte>(carry % 58));
  }
  std::string text;
  for (std::size_t i = 0; i < bytes.size() && bytes[i] == 0; ++i) text += kAlphabet[0];
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) text += kAlphabet[*digit];
  return text;
}

std::optional<Bytes> base58_decode(std::string_view text) {
  Bytes reversed;
  for (const char c : text) {
    const int value = kDigitValues[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    unsigned carry = static_cast<unsigned>(value);
    for (Byte& byte : reversed) {
      carry += unsigned{byte} * 58;
      byte = static_cast<Byte>(carry & 0xFF);
      carry >>= 8;
    }
    for (; carry != 0; carry >>= 8) reversed.push_back(static_cast<Byte>(carry & 0xFF));
  }
  for (std::size_t i = 0; i < text.size() && text[i] == kAlphabet[0]; ++i) reversed.push_back(0);
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

}  // namespace aqua::base

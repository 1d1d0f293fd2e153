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
  // Five digits at a time: what has to be carried over a limb fits 64 bits.
  constexpr std::uint32_t kLimb = 58 * 58 * 58 * 58 * 58;
  constexpr int kLimbDigits = 5;
  const auto zeros = static_cast<std::size_t>(
      std::ranges::find_if(bytes, [](Byte byte) { return byte != 0; }) - bytes.begin());
  std::vector<std::uint32_t> limbs;  // least significant first
  limbs.reserve(bytes.size() / 3 + 1);
  for (std::size_t at = zeros; at < bytes.size();) {
    const std::size_t count = std::min<std::size_t>(4, bytes.size() - at);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < count; ++i) carry = carry << 8 | bytes[at + i];
    at += count;
    for (std::uint32_t& limb : limbs) {
      carry += std::uint64_t{limb} << (8 * count);
      limb = static_cast<std::uint32_t>(carry % kLimb);
      carry /= kLimb;
    }
    for (; carry != 0; carry /= kLimb) limbs.push_back(static_cast<std::uint32_t>(carry % kLimb));
  }
  std::string reversed;
  reversed.reserve(limbs.size() * kLimbDigits + zeros);
  for (std::uint32_t limb : limbs) {
    for (int i = 0; i < kLimbDigits; ++i, limb /= 58) reversed += kAlphabet[limb % 58];
  }
  while (!reversed.empty() && reversed.back() == kAlphabet[0]) reversed.pop_back();
  reversed.append(zeros, kAlphabet[0]);
  std::ranges::reverse(reversed);
  return reversed;
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

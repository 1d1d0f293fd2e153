#include "crypto/cid.h"

#include <sodium.h>

#include <algorithm>

namespace aqua::crypto {

namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr base::Byte kBlake3Code = 0x1E;
constexpr base::Byte kSha256Code = 0x12;
constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kCidBytes = kHeadBytes + std::tuple_size_v<Digest>;
static_assert(kCidChars == 1 + (kCidBytes * 8 + 4) / 5);

constexpr std::array<std::int8_t, 256> digit_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase32.size(); ++i) {
    const auto digit = static_cast<unsigned char>(kBase32[i]);
    values[digit] = static_cast<std::int8_t>(i);
    // Others read both cases, whatever the first letter says.
    if (digit >= 'a') values[digit - 'a' + 'A'] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto kDigitValues = digit_values();

}  // namespace

Digest sha256(base::ByteView bytes) {
  Digest digest;
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return digest;
}

CidText cid_text(const Digest& digest) {
  // Five bytes at a time are eight characters. The zeros behind the last byte fill up its last character.
  constexpr std::size_t kGroups = (kCidBytes + 4) / 5;
  std::array<base::Byte, 5 * kGroups> bytes = {0x01, 0x80, 0x04, kBlake3Code, 0x20};
  std::copy(digest.begin(), digest.end(), bytes.begin() + kHeadBytes);
  std::array<char, 8 * kGroups> characters;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 5; ++i) bits = bits << 8 | bytes[5 * group + i];
    for (std::size_t i = 0; i < 8; ++i)
      characters[8 * group + i] = kBase32[bits >> (35 - 5 * i) & 31];
  }
  CidText text;
  text[0] = 'b';
  std::copy_n(characters.begin(), kCidChars - 1, text.begin() + 1);
  return text;
}

CidText cid_of(base::ByteView content) { return cid_text(blake3(content)); }

std::optional<Cid> parse_cid(std::string_view text) {
  if (text.size() != kCidChars || (text[0] != 'b' && text[0] != 'B')) return std::nullopt;
  std::array<base::Byte, kCidBytes> bytes;
  auto to = bytes.begin();
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text.substr(1)) {
    const int value = kDigitValues[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 5 | static_cast<std::uint32_t>(value);
    bit_count += 5;
    if (bit_count >= 8) {
      bit_count -= 8;
      *to++ = static_cast<base::Byte>(bits >> bit_count);
    }
  }
  if ((bits & ((1u << bit_count) - 1)) != 0) return std::nullopt;
  if (bytes[0] != 0x01 || bytes[1] != 0x80 || bytes[2] != 0x04 || bytes[4] != 0x20)
    return std::nullopt;
  if (bytes[3] != kBlake3Code && bytes[3] != kSha256Code) return std::nullopt;
  Cid cid{bytes[3] == kBlake3Code ? HashKind::kBlake3 : HashKind::kSha256, {}};
  std::copy(bytes.begin() + kHeadBytes, bytes.end(), cid.digest.begin());
  return cid;
}

bool cid_matches(const Cid& cid, base::ByteView content) {
  switch (cid.hash) {
    case HashKind::kBlake3: return blake3(content) == cid.digest;
    case HashKind::kSha256: return sha256(content) == cid.digest;
  }
  return false;
}

}  // namespace aqua::crypto

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "crypto/blake3.h"

// Content ids of particle data: CIDv1, codec "json" (0x0200), blake3 or sha2-256, written as 'b' and
// lower-case base32 without padding.

namespace aqua::crypto {

inline constexpr std::size_t kCidChars = 61;
using CidText = std::array<char, kCidChars>;

enum class HashKind : std::uint8_t { kBlake3, kSha256 };

struct Cid {
  HashKind hash;
  Digest digest;
};

Digest sha256(base::ByteView bytes);

CidText cid_text(const Digest& blake3_digest);
CidText cid_of(base::ByteView content);
// Exactly the form above, unused bits zero; anything else is none.
std::optional<Cid> parse_cid(std::string_view text);
// Hashes `content` with the CID's own hash.
bool cid_matches(const Cid& cid, base::ByteView content);

inline std::string_view view(const CidText& text) { return {text.data(), text.size()}; }

}  // namespace aqua::crypto

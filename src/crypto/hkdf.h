#pragma once

#include <array>

#include "base/bytes.h"
#include "crypto/blake3.h"

namespace aqua::crypto {

// HMAC-SHA256 of the parts, one behind the other.
Digest hmac_sha256(base::ByteView key, base::ByteView message, base::ByteView more = {});

// HKDF of RFC 5869 with SHA-256 and empty info, its first two blocks: what Noise calls HKDF(key, input, 2).
std::array<Digest, 2> hkdf_two(const Digest& chaining_key, base::ByteView input);

}  // namespace aqua::crypto

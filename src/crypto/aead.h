#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

// ChaCha20-Poly1305 of RFC 8439, with the nonce as Noise makes it: four zeros and a little endian counter.

namespace aqua::crypto {

using CipherKey = std::array<base::Byte, 32>;
inline constexpr std::size_t kSealBytes = 16;  // what sealing adds at the end

void append_sealed(base::Bytes& out, const CipherKey& key, std::uint64_t nonce,
                   base::ByteView associated, base::ByteView plain);
// False if it is not authentic; then nothing is appended.
[[nodiscard]] bool append_opened(base::Bytes& out, const CipherKey& key, std::uint64_t nonce,
                                 base::ByteView associated, base::ByteView sealed);

}  // namespace aqua::crypto

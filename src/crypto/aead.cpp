#include "crypto/aead.h"

#include <sodium.h>

namespace aqua::crypto {

namespace {

using Nonce = std::array<base::Byte, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

static_assert(kSealBytes == crypto_aead_chacha20poly1305_ietf_ABYTES);

Nonce nonce_of(std::uint64_t counter) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<base::Byte>(counter >> (8 * i));
  return nonce;
}

}  // namespace

void append_sealed(base::Bytes& out, const CipherKey& key, std::uint64_t nonce,
                   base::ByteView associated, base::ByteView plain) {
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kSealBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + start, nullptr, plain.data(), plain.size(),
                                            associated.data(), associated.size(), nullptr,
                                            nonce_of(nonce).data(), key.data());
}

bool append_opened(base::Bytes& out, const CipherKey& key, std::uint64_t nonce,
                   base::ByteView associated, base::ByteView sealed) {
  if (sealed.size() < kSealBytes) return false;
  const std::size_t start = out.size();
  out.resize(start + sealed.size() - kSealBytes);
  // One byte at least: libsodium takes a null output for "verify only".
  base::Byte nothing;
  base::Byte* to = out.size() == start ? &nothing : out.data() + start;
  if (crypto_aead_chacha20poly1305_ietf_decrypt(to, nullptr, nullptr, sealed.data(), sealed.size(),
                                                associated.data(), associated.size(),
                                                nonce_of(nonce).data(), key.data()) == 0) {
    return true;
  }
  out.resize(start);
  return false;
}

}  // namespace aqua::crypto

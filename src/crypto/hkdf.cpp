#include "crypto/hkdf.h"

#include <sodium.h>

namespace aqua::crypto {

Digest hmac_sha256(base::ByteView key, base::ByteView message, base::ByteView more) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_update(&state, more.data(), more.size());
  Digest digest;
  crypto_auth_hmacsha256_final(&state, digest.data());
  return digest;
}

std::array<Digest, 2> hkdf_two(const Digest& chaining_key, base::ByteView input) {
  constexpr base::Byte kOne = 1;
  constexpr base::Byte kTwo = 2;
  const Digest secret = hmac_sha256(chaining_key, input);
  const Digest first = hmac_sha256(secret, {&kOne, 1});
  return {first, hmac_sha256(secret, first, {&kTwo, 1})};
}

}  // namespace aqua::crypto

#include "crypto/x25519.h"

#include <sodium.h>

#include "base/check.h"

namespace aqua::crypto {

ExchangeKeyPair ExchangeKeyPair::from_seed(const Seed& seed) {
  AQUA_CHECK(sodium_init() >= 0, "libsodium does not start");
  ExchangeKeyPair pair;
  pair.secret_ = seed;
  crypto_scalarmult_base(pair.public_key_.data(), seed.data());
  return pair;
}

std::optional<ExchangeKey> ExchangeKeyPair::shared_secret(const ExchangeKey& other) const {
  ExchangeKey secret;
  if (crypto_scalarmult(secret.data(), secret_.data(), other.data()) != 0) return std::nullopt;
  return secret;
}

}  // namespace aqua::crypto

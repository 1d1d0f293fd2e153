#pragma once

#include <array>
#include <optional>

#include "base/bytes.h"
#include "crypto/keys.h"

namespace aqua::crypto {

using ExchangeKey = std::array<base::Byte, 32>;  // a point of Curve25519, or a shared secret

// An X25519 key pair for one key agreement or for many; the secret is the seed itself.
class ExchangeKeyPair {
 public:
  static ExchangeKeyPair from_seed(const Seed& seed);

  const ExchangeKey& public_key() const { return public_key_; }
  // None if `other` is a point of small order: the secret would be known to everybody.
  std::optional<ExchangeKey> shared_secret(const ExchangeKey& other) const;

 private:
  Seed secret_{};
  ExchangeKey public_key_{};
};

}  // namespace aqua::crypto

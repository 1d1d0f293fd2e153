#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/x25519.h"

// What libp2p sends in the handshake of Noise: the identity key, and its signature over the static key.

namespace aqua::net {

base::Bytes encode_noise_payload(const crypto::KeyPair& identity,
                                 const crypto::ExchangeKey& static_key);

enum class NoisePayloadError : std::uint8_t {
  kMalformed,
  kUnknownKeyType,  // not Ed25519
  kBadSignature,
};

// The peer id that the payload proves for `static_key`.
base::Result<std::string, NoisePayloadError> verify_noise_payload(
    base::ByteView payload, const crypto::ExchangeKey& static_key);

// The protobuf PublicKey of libp2p.
base::Bytes encode_identity_key(const crypto::PublicKey& key);
base::Result<crypto::PublicKey, NoisePayloadError> decode_identity_key(base::ByteView message);

}  // namespace aqua::net

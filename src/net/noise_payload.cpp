#include "net/noise_payload.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "net/protobuf.h"

namespace aqua::net {

namespace {

constexpr std::string_view kSignaturePrefix = "noise-libp2p-static-key:";
constexpr std::uint64_t kEd25519 = 1;

namespace payload_field {
constexpr std::uint32_t kIdentityKey = 1;
constexpr std::uint32_t kIdentitySignature = 2;
}  // namespace payload_field

namespace key_field {
constexpr std::uint32_t kType = 1;
constexpr std::uint32_t kData = 2;
}  // namespace key_field

using SignedBytes =
    std::array<base::Byte, kSignaturePrefix.size() + std::tuple_size_v<crypto::ExchangeKey>>;

SignedBytes signed_bytes(const crypto::ExchangeKey& static_key) {
  SignedBytes bytes;
  std::ranges::copy(static_key, std::ranges::copy(kSignaturePrefix, bytes.begin()).out);
  return bytes;
}

}  // namespace

base::Bytes encode_identity_key(const crypto::PublicKey& key) {
  base::Bytes message;
  append_field(message, key_field::kType, kEd25519);
  append_field(message, key_field::kData, base::ByteView(key));
  return message;
}

base::Result<crypto::PublicKey, NoisePayloadError> decode_identity_key(base::ByteView message) {
  std::optional<std::uint64_t> type;
  base::ByteView data;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == key_field::kType && !field->bytes) type = field->value;
    if (field->number == key_field::kData && field->bytes) data = *field->bytes;
  }
  if (reader.malformed() || !type) return std::unexpected(NoisePayloadError::kMalformed);
  if (*type != kEd25519) return std::unexpected(NoisePayloadError::kUnknownKeyType);
  crypto::PublicKey key;
  if (data.size() != key.size()) return std::unexpected(NoisePayloadError::kMalformed);
  std::copy_n(data.begin(), key.size(), key.begin());
  return key;
}

base::Bytes encode_noise_payload(const crypto::KeyPair& identity,
                                 const crypto::ExchangeKey& static_key) {
  const crypto::Signature signature = identity.sign(signed_bytes(static_key));
  base::Bytes message;
  append_field(message, payload_field::kIdentityKey, encode_identity_key(identity.public_key()));
  append_field(message, payload_field::kIdentitySignature, base::ByteView(signature));
  return message;
}

base::Result<std::string, NoisePayloadError> verify_noise_payload(
    base::ByteView payload, const crypto::ExchangeKey& static_key) {
  base::ByteView key_message;
  base::ByteView signature_bytes;
  ProtobufReader reader(payload);
  while (const auto field = reader.next()) {
    if (!field->bytes) continue;
    if (field->number == payload_field::kIdentityKey) key_message = *field->bytes;
    if (field->number == payload_field::kIdentitySignature) signature_bytes = *field->bytes;
  }
  crypto::Signature signature;
  if (reader.malformed() || signature_bytes.size() != signature.size()) {
    return std::unexpected(NoisePayloadError::kMalformed);
  }
  std::copy_n(signature_bytes.begin(), signature.size(), signature.begin());
  const auto key = decode_identity_key(key_message);
  if (!key) return std::unexpected(key.error());
  if (!crypto::verify(*key, signed_bytes(static_key), signature)) {
    return std::unexpected(NoisePayloadError::kBadSignature);
  }
  return crypto::peer_id_of(*key);
}

}  // namespace aqua::net

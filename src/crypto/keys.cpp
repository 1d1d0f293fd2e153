#include "crypto/keys.h"

#include <sodium.h>

#include <algorithm>

#include "base/base58.h"
#include "base/check.h"
#include "base/hash.h"
#include "crypto/stubbed_signatures.h"

namespace aqua::crypto {

namespace {

constexpr std::array<base::Byte, 6> kPeerIdPrefix = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20};

thread_local SignatureTally* tally = nullptr;
thread_local int stub_count = 0;

Signature stub_of(const PublicKey& key, base::ByteView message) {
  const auto text = [](base::ByteView bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const std::uint64_t hash = base::hash_text(text(message), base::hash_text(text(key), 0));
  Signature signature{};
  for (std::size_t i = 0; i < signature.size(); ++i)
    signature[i] = static_cast<base::Byte>(hash >> (8 * (i % 8)));
  return signature;
}

void ensure_sodium() {
  static const int state = sodium_init();
  AQUA_CHECK(state >= 0, "libsodium does not start");
}

}  // namespace

void set_signature_tally(SignatureTally* to) { tally = to; }

KeyPair KeyPair::from_seed(const Seed& seed) {
  ensure_sodium();
  KeyPair pair;
  crypto_sign_seed_keypair(pair.public_key_.data(), pair.secret_.data(), seed.data());
  pair.peer_id_ = peer_id_of(pair.public_key_);
  return pair;
}

StubbedSignatures::StubbedSignatures() { ++stub_count; }
StubbedSignatures::~StubbedSignatures() { --stub_count; }

Signature KeyPair::sign(base::ByteView message) const {
  if (stub_count > 0) return stub_of(public_key_, message);
  const std::uint64_t start = tally ? tally->now_ns() : 0;
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
  if (tally) {
    tally->made_ns += tally->now_ns() - start;
    ++tally->made;
  }
  return signature;
}

bool verify(const PublicKey& key, base::ByteView message, const Signature& signature) {
  if (stub_count > 0) return signature == stub_of(key, message);
  ensure_sodium();
  const std::uint64_t start = tally ? tally->now_ns() : 0;
  const bool good = crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                                key.data()) == 0;
  if (tally) {
    tally->verified_ns += tally->now_ns() - start;
    ++tally->verified;
  }
  return good;
}

std::string peer_id_of(const PublicKey& key) {
  std::array<base::Byte, kPeerIdPrefix.size() + std::tuple_size_v<PublicKey>> bytes;
  std::copy(key.begin(), key.end(),
            std::copy(kPeerIdPrefix.begin(), kPeerIdPrefix.end(), bytes.begin()));
  return base::base58_encode(bytes);
}

std::optional<PublicKey> public_key_of(std::string_view peer_id) {
  constexpr std::size_t kPeerIdCharsMax = 64;
  if (peer_id.size() > kPeerIdCharsMax) return std::nullopt;
  const auto bytes = base::base58_decode(peer_id);
  PublicKey key;
  if (!bytes || bytes->size() != kPeerIdPrefix.size() + key.size()) return std::nullopt;
  if (!std::equal(kPeerIdPrefix.begin(), kPeerIdPrefix.end(), bytes->begin())) return std::nullopt;
  std::copy(bytes->begin() + kPeerIdPrefix.size(), bytes->end(), key.begin());
  return key;
}

}  // namespace aqua::crypto

#include "net/noise_handshake.h"

#include <sodium.h>

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "crypto/hkdf.h"
#include "net/noise_payload.h"

namespace aqua::net {

namespace {

constexpr std::string_view kProtocolName = "Noise_XX_25519_ChaChaPoly_SHA256";
static_assert(kProtocolName.size() == std::tuple_size_v<crypto::Digest>, "else it would be hashed");

constexpr std::size_t kKeyBytes = std::tuple_size_v<crypto::ExchangeKey>;

crypto::ExchangeKey key_of(base::ByteView bytes) {
  crypto::ExchangeKey key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

NoiseIdentity::NoiseIdentity(const crypto::KeyPair& identity, const crypto::Seed& static_seed)
    : static_key(crypto::ExchangeKeyPair::from_seed(static_seed)),
      payload(encode_noise_payload(identity, static_key.public_key())) {}

void NoiseCipher::append_sealed(base::Bytes& out, base::ByteView associated, base::ByteView plain) {
  crypto::append_sealed(out, key_, nonce_++, associated, plain);
}

bool NoiseCipher::append_opened(base::Bytes& out, base::ByteView associated,
                                base::ByteView sealed) {
  if (!crypto::append_opened(out, key_, nonce_, associated, sealed)) return false;
  ++nonce_;
  return true;
}

NoiseHandshake::NoiseHandshake(bool initiator, const crypto::ExchangeKeyPair& static_key,
                               const crypto::ExchangeKeyPair& ephemeral_key,
                               base::ByteView prologue)
    : initiator_(initiator), static_(static_key), ephemeral_(ephemeral_key) {
  std::copy(kProtocolName.begin(), kProtocolName.end(), hash_.begin());
  chaining_key_ = hash_;
  mix_hash(prologue);
}

void NoiseHandshake::mix_hash(base::ByteView bytes) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, hash_.data(), hash_.size());
  crypto_hash_sha256_update(&state, bytes.data(), bytes.size());
  crypto_hash_sha256_final(&state, hash_.data());
}

bool NoiseHandshake::mix_key(const crypto::ExchangeKeyPair& mine,
                             const crypto::ExchangeKey& theirs) {
  const auto secret = mine.shared_secret(theirs);
  if (!secret) return false;
  const auto [chaining_key, cipher_key] = crypto::hkdf_two(chaining_key_, *secret);
  chaining_key_ = chaining_key;
  cipher_.emplace(cipher_key);
  return true;
}

void NoiseHandshake::append_encrypted(base::Bytes& out, base::ByteView plain) {
  const std::size_t start = out.size();
  if (cipher_) {
    cipher_->append_sealed(out, hash_, plain);
  } else {
    out.insert(out.end(), plain.begin(), plain.end());
  }
  mix_hash(base::ByteView(out).subspan(start));
}

bool NoiseHandshake::append_decrypted(base::Bytes& out, base::ByteView sealed) {
  if (cipher_) {
    if (!cipher_->append_opened(out, hash_, sealed)) return false;
  } else {
    out.insert(out.end(), sealed.begin(), sealed.end());
  }
  mix_hash(sealed);
  return true;
}

base::Result<base::Bytes, NoiseError> NoiseHandshake::write(base::ByteView payload) {
  AQUA_CHECK(my_turn(), "message {} of the handshake is not ours", messages_);
  base::Bytes out;
  if (messages_ < 2) {
    const crypto::ExchangeKey& key = ephemeral_.public_key();
    out.insert(out.end(), key.begin(), key.end());
    mix_hash(key);
  }
  if (messages_ == 1 && !mix_key(ephemeral_, *remote_ephemeral_)) {
    return std::unexpected(NoiseError::kBadKey);
  }
  if (messages_ > 0) {
    append_encrypted(out, static_.public_key());
    if (!mix_key(static_, *remote_ephemeral_)) return std::unexpected(NoiseError::kBadKey);
  }
  append_encrypted(out, payload);
  ++messages_;
  return out;
}

base::Result<void, NoiseError> NoiseHandshake::read_static(base::ByteView& rest) {
  constexpr std::size_t kSealedKeyBytes = kKeyBytes + crypto::kSealBytes;
  if (rest.size() < kSealedKeyBytes) return std::unexpected(NoiseError::kTruncated);
  base::Bytes key;
  if (!append_decrypted(key, rest.first(kSealedKeyBytes))) {
    return std::unexpected(NoiseError::kNotAuthentic);
  }
  rest = rest.subspan(kSealedKeyBytes);
  remote_static_ = key_of(key);
  if (!mix_key(ephemeral_, *remote_static_)) return std::unexpected(NoiseError::kBadKey);
  return {};
}

base::Result<base::Bytes, NoiseError> NoiseHandshake::read(base::ByteView message) {
  AQUA_CHECK(!done() && !my_turn(), "message {} of the handshake is ours", messages_);
  base::ByteView rest = message;
  if (messages_ < 2) {
    if (rest.size() < kKeyBytes) return std::unexpected(NoiseError::kTruncated);
    remote_ephemeral_ = key_of(rest);
    mix_hash(rest.first(kKeyBytes));
    rest = rest.subspan(kKeyBytes);
  }
  if (messages_ == 1 && !mix_key(ephemeral_, *remote_ephemeral_)) {
    return std::unexpected(NoiseError::kBadKey);
  }
  if (messages_ > 0) {
    if (const auto read = read_static(rest); !read) return std::unexpected(read.error());
  }
  base::Bytes payload;
  if (!append_decrypted(payload, rest)) return std::unexpected(NoiseError::kNotAuthentic);
  ++messages_;
  return payload;
}

NoiseCiphers NoiseHandshake::split() const {
  AQUA_CHECK(done(), "the handshake has {} messages only", messages_);
  const auto [first, second] = crypto::hkdf_two(chaining_key_, {});
  if (initiator_) return {NoiseCipher(first), NoiseCipher(second)};
  return {NoiseCipher(second), NoiseCipher(first)};
}

}  // namespace aqua::net

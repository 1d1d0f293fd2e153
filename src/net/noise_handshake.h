#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/aead.h"
#include "crypto/blake3.h"
#include "crypto/keys.h"
#include "crypto/x25519.h"

// Noise_XX_25519_ChaChaPoly_SHA256 as the Noise specification (revision 34) has it, without a word of libp2p:
//
//   -> e
//   <- e, ee, s, es
//   -> s, se
//
// each message followed by a payload.

namespace aqua::net {

// The static key of Noise, and the payload that binds it to the identity of a peer. Making it signs once.
struct NoiseIdentity {
  NoiseIdentity(const crypto::KeyPair& identity, const crypto::Seed& static_seed);

  crypto::ExchangeKeyPair static_key;
  base::Bytes payload;  // NoiseHandshakePayload of libp2p
};

// One direction after the handshake. Its messages are numbered from 0 and come in this order.
class NoiseCipher {
 public:
  NoiseCipher() = default;
  explicit NoiseCipher(const crypto::CipherKey& key) : key_(key) {}

  void append_sealed(base::Bytes& out, base::ByteView associated, base::ByteView plain);
  // False: not the next authentic message; nothing has changed.
  [[nodiscard]] bool append_opened(base::Bytes& out, base::ByteView associated,
                                   base::ByteView sealed);

 private:
  crypto::CipherKey key_{};
  std::uint64_t nonce_ = 0;
};

struct NoiseCiphers {
  NoiseCipher send;
  NoiseCipher receive;
};

enum class NoiseError : std::uint8_t {
  kTruncated,
  kBadKey,        // a point of small order
  kNotAuthentic,  // also: replayed, or out of order
};

// Writes and reads the messages in turn; to write or read when it is not one's turn is a bug.
class NoiseHandshake {
 public:
  NoiseHandshake(bool initiator, const crypto::ExchangeKeyPair& static_key,
                 const crypto::ExchangeKeyPair& ephemeral_key, base::ByteView prologue = {});

  bool my_turn() const { return !done() && initiator_ == (messages_ % 2 == 0); }
  bool done() const { return messages_ == 3; }

  // Fails with kBadKey only.
  base::Result<base::Bytes, NoiseError> write(base::ByteView payload);
  // The payload. After an error the handshake is of no more use.
  base::Result<base::Bytes, NoiseError> read(base::ByteView message);

  // Known once its message was read.
  const std::optional<crypto::ExchangeKey>& remote_static_key() const { return remote_static_; }
  // Once done.
  NoiseCiphers split() const;
  const crypto::Digest& hash() const { return hash_; }

 private:
  void mix_hash(base::ByteView bytes);
  [[nodiscard]] bool mix_key(const crypto::ExchangeKeyPair& mine,
                             const crypto::ExchangeKey& theirs);
  void append_encrypted(base::Bytes& out, base::ByteView plain);
  [[nodiscard]] bool append_decrypted(base::Bytes& out, base::ByteView sealed);
  base::Result<void, NoiseError> read_static(base::ByteView& rest);

  bool initiator_;
  int messages_ = 0;
  crypto::ExchangeKeyPair static_;
  crypto::ExchangeKeyPair ephemeral_;
  std::optional<crypto::ExchangeKey> remote_ephemeral_;
  std::optional<crypto::ExchangeKey> remote_static_;
  crypto::Digest chaining_key_;
  crypto::Digest hash_;
  std::optional<NoiseCipher> cipher_;
};

}  // namespace aqua::net

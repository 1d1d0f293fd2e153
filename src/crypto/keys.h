#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace aqua::crypto {

using PublicKey = std::array<base::Byte, 32>;  // Ed25519
using Signature = std::array<base::Byte, 64>;
using Seed = std::array<base::Byte, 32>;

// An Ed25519 key pair with its peer id. Making one costs a curve multiplication: keep it.
class KeyPair {
 public:
  static KeyPair from_seed(const Seed& seed);

  const PublicKey& public_key() const { return public_key_; }
  const std::string& peer_id() const { return peer_id_; }
  Signature sign(base::ByteView message) const;

 private:
  std::array<base::Byte, 64> secret_{};
  PublicKey public_key_{};
  std::string peer_id_;
};

bool verify(const PublicKey& key, base::ByteView message, const Signature& signature);

// libp2p: base58 of the identity multihash of the protobuf of the key ("12D3Koo...").
std::string peer_id_of(const PublicKey& key);
// Only the form that peer_id_of() makes; nothing else names an Ed25519 peer.
std::optional<PublicKey> public_key_of(std::string_view peer_id);

// Counts signature work of the calling thread, for benchmarks. Null, the default, costs nothing.
struct SignatureTally {
  std::uint64_t (*now_ns)() = nullptr;
  std::uint64_t made = 0;
  std::uint64_t made_ns = 0;
  std::uint64_t verified = 0;
  std::uint64_t verified_ns = 0;
};
void set_signature_tally(SignatureTally* tally);

}  // namespace aqua::crypto

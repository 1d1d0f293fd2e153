#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/keys.h"

namespace aqua::peer {

// What the initiator fixed once and for all.
struct ParticleHeader {
  std::string id;
  std::string init_peer_id;
  std::uint64_t timestamp_ms = 0;  // of the initiator's clock
  std::uint32_t ttl_ms = 0;
  std::string script;  // AIR
  crypto::Signature signature{};
};

// All copies within a process share their header.
struct Particle {
  std::shared_ptr<const ParticleHeader> header;
  std::shared_ptr<const base::Bytes> data;  // null: none yet
};

// id, timestamp as 8 bytes and ttl as 4 bytes, both little endian, script. Who signs is not among them:
// the init peer id is bound by its key.
base::Bytes signed_bytes(const ParticleHeader& header);
void sign(ParticleHeader& header, const crypto::KeyPair& key);
// By the key that the init peer id holds.
bool has_valid_signature(const ParticleHeader& header);

// The first moment at which the particle is expired; none where it does not fit: expired from the start.
std::optional<std::uint64_t> deadline_ms(const ParticleHeader& header);
bool is_expired(const ParticleHeader& header, std::uint64_t now_ms);

}  // namespace aqua::peer

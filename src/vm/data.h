#pragma once

#include <cstdint>
#include <vector>

#include "vm/trace.h"

namespace aqua::vm {

// As in the archive: a type byte (0: Ed25519) before the 32 or 64 bytes. Received ones can be anything.
struct SignatureEntry {
  TextId public_key;
  TextId signature;
};

// What a peer knows of a particle, beside the CID stores, which live in ParticleStores.
struct Data {
  Trace trace;
  std::uint32_t last_call_request_id = 0;
  std::vector<SignatureEntry> signatures;
};

}  // namespace aqua::vm

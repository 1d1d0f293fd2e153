#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vm/archive.h"
#include "vm/particle_state.h"
#include "vm/signed_order.h"

namespace aqua::vm {

// Admits the entries of data that this peer wrote, on trust.
void admit_trusted(ParticleStores& stores, const Archive& archive);

// Admits the entries of foreign data whose contents hash to their CIDs and whose references lead to
// entries of the same data. Code 8; the caller rolls back.
base::Result<void, Failure> admit_checked(ParticleStores& stores, const Archive& archive);

// Checks that every CID of both traces has the signature of the peer that made it, verifies those of
// `current`, and merges: for each peer the signature over the longer list, of which the shorter one
// must be a part. Code 9.
base::Result<std::vector<SignatureEntry>, Failure> merge_signatures(ParticleState& state,
                                                                    const Data& current,
                                                                    std::string_view particle_id);

// What a peer signs: u32 little-endian count, each CID text with its size in text order, the salt.
base::Bytes signature_message(const ParticleStores& stores, std::span<const CidId> cids,
                              std::string_view particle_id);

}  // namespace aqua::vm

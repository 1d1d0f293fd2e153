#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vm/stores.h"

namespace aqua::vm {

// CIDs in the order of their texts. A peer that goes on with a particle signs what it signed before and a
// little more, so the order is kept from one signature to the next.
class SignedOrder {
 public:
  // `cids` in ascending order of ids.
  void update(const ParticleStores& stores, std::span<const CidId> cids);
  base::Bytes message(const ParticleStores& stores, std::string_view particle_id) const;

 private:
  struct Entry {
    std::uint64_t key;  // the first characters that differ between CIDs, big-endian
    CidId cid;
  };
  static Entry entry_of(const ParticleStores& stores, CidId cid);

  std::vector<CidId> cids_;  // ascending ids
  std::vector<Entry> by_text_;
};

}  // namespace aqua::vm

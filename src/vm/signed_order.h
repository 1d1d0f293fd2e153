#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vm/stores.h"

namespace aqua::vm {

// CIDs in the order of their texts, and the message over them that is signed. A peer that goes on with a
// particle signs what it signed before and a little more, so both are kept from one signature to the next.
class SignedOrder {
 public:
  // `cids` in ascending order of ids.
  void update(const ParticleStores& stores, std::span<const CidId> cids);
  base::Bytes message(std::string_view particle_id) const;

 private:
  struct Entry {
    std::uint64_t
        key;  // the first characters that differ between CIDs, big-endian; 0: another form
    CidId cid;
  };
  static Entry entry_of(const ParticleStores& stores, CidId cid);
  void insert(const ParticleStores& stores, std::span<const Entry> added, auto&& less);

  std::vector<CidId> cids_;  // ascending ids
  std::vector<Entry> by_text_;
  base::Bytes texts_;  // those of by_text_, each behind its size
  bool has_other_forms_ = false;
};

}  // namespace aqua::vm

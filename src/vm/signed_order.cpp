#include "vm/signed_order.h"

#include <algorithm>

#include "crypto/cid.h"

namespace aqua::vm {

// Entries of other forms than our own CIDs get key 0 and are told apart by their whole text.
SignedOrder::Entry SignedOrder::entry_of(const ParticleStores& stores, CidId cid) {
  constexpr std::string_view kCommonPrefix = "bagaaihra";
  const std::string_view text = stores.cids[cid];
  Entry entry{0, cid};
  if (text.size() == crypto::kCidChars && text.starts_with(kCommonPrefix)) {
    std::memcpy(&entry.key, text.data() + kCommonPrefix.size(), sizeof entry.key);
    if constexpr (std::endian::native == std::endian::little)
      entry.key = __builtin_bswap64(entry.key);
  }
  return entry;
}

void SignedOrder::update(const ParticleStores& stores, std::span<const CidId> cids) {
  if (std::ranges::equal(cids, cids_)) return;
  if (!std::ranges::includes(cids, cids_)) {
    cids_.clear();
    by_text_.clear();
  }
  std::vector<CidId> added;
  std::ranges::set_difference(cids, cids_, std::back_inserter(added));
  const auto less = [&](const Entry& a, const Entry& b) {
    if (a.key != 0 && b.key != 0 && a.key != b.key) return a.key < b.key;
    return stores.cids[a.cid] < stores.cids[b.cid];
  };
  const auto old_size = static_cast<std::ptrdiff_t>(by_text_.size());
  for (const CidId cid : added) by_text_.push_back(entry_of(stores, cid));
  std::sort(by_text_.begin() + old_size, by_text_.end(), less);
  std::inplace_merge(by_text_.begin(), by_text_.begin() + old_size, by_text_.end(), less);
  cids_.assign(cids.begin(), cids.end());
}

base::Bytes SignedOrder::message(const ParticleStores& stores, std::string_view particle_id) const {
  std::size_t size = 8 + particle_id.size();
  for (const Entry& entry : by_text_) size += 4 + stores.cids[entry.cid].size();
  base::Bytes message(size);
  base::Byte* to = message.data();
  const auto u32 = [&](std::size_t value) {
    for (int shift = 0; shift < 32; shift += 8) *to++ = static_cast<base::Byte>(value >> shift);
  };
  const auto text = [&](std::string_view t) {
    u32(t.size());
    std::memcpy(to, t.data(), t.size());
    to += t.size();
  };
  u32(by_text_.size());
  for (const Entry& entry : by_text_) text(stores.cids[entry.cid]);
  text(particle_id);
  return message;
}

}  // namespace aqua::vm

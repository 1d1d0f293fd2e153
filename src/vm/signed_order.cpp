#include "vm/signed_order.h"

#include <algorithm>

#include "crypto/cid.h"

namespace aqua::vm {

namespace {

// Before each text, little-endian, its size.
constexpr std::size_t kSizeBytes = 4;

base::Byte* write_size(base::Byte* to, std::size_t size) {
  for (std::size_t i = 0; i < kSizeBytes; ++i) *to++ = static_cast<base::Byte>(size >> (8 * i));
  return to;
}

base::Byte* write_text(base::Byte* to, std::string_view text) {
  to = write_size(to, text.size());
  return std::ranges::copy(text, to).out;
}

}  // namespace

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
  std::vector<CidId> difference;
  std::span<const CidId> added;
  // New CIDs mostly have the largest ids.
  if (cids.size() >= cids_.size() && std::ranges::equal(cids.first(cids_.size()), cids_)) {
    added = cids.subspan(cids_.size());
  } else {
    if (!std::ranges::includes(cids, cids_)) {
      cids_.clear();
      by_text_.clear();
      texts_.clear();
      has_other_forms_ = false;
    }
    std::ranges::set_difference(cids, cids_, std::back_inserter(difference));
    added = difference;
  }
  if (added.empty()) return;

  const auto less = [&](const Entry& a, const Entry& b) {
    if (a.key != 0 && b.key != 0 && a.key != b.key) return a.key < b.key;
    return stores.cids[a.cid] < stores.cids[b.cid];
  };
  std::vector<Entry> entries;
  entries.reserve(added.size());
  for (const CidId cid : added) entries.push_back(entry_of(stores, cid));
  std::sort(entries.begin(), entries.end(), less);
  insert(stores, entries, less);
  cids_.assign(cids.begin(), cids.end());
}

// Where all texts have the same size the new ones are put between those that are there; else everything
// is written again.
void SignedOrder::insert(const ParticleStores& stores, std::span<const Entry> added, auto&& less) {
  constexpr std::size_t kStep = kSizeBytes + crypto::kCidChars;
  const std::size_t old_size = by_text_.size();
  const auto is_other_form = [](const Entry& entry) { return entry.key == 0; };
  has_other_forms_ = has_other_forms_ || std::ranges::any_of(added, is_other_form);
  if (has_other_forms_) {
    by_text_.insert(by_text_.end(), added.begin(), added.end());
    std::inplace_merge(by_text_.begin(), by_text_.begin() + static_cast<std::ptrdiff_t>(old_size),
                       by_text_.end(), less);
    texts_.clear();
    for (const Entry& entry : by_text_) {
      const std::string_view text = stores.cids[entry.cid];
      texts_.resize(texts_.size() + kSizeBytes + text.size());
      write_text(texts_.data() + texts_.size() - kSizeBytes - text.size(), text);
    }
    return;
  }
  by_text_.resize(old_size + added.size());
  texts_.resize(by_text_.size() * kStep);
  std::size_t end = old_size;
  for (std::size_t left = added.size(); left > 0; --left) {
    const Entry& entry = added[left - 1];
    const auto old_end = by_text_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto after = std::upper_bound(by_text_.begin(), old_end, entry, less);
    const auto at = static_cast<std::size_t>(after - by_text_.begin());
    std::move_backward(after, old_end, old_end + static_cast<std::ptrdiff_t>(left));
    base::Byte* const text = texts_.data() + at * kStep;
    std::memmove(text + left * kStep, text, (end - at) * kStep);
    const std::size_t place = at + left - 1;
    by_text_[place] = entry;
    write_text(texts_.data() + place * kStep, stores.cids[entry.cid]);
    end = at;
  }
}

base::Bytes SignedOrder::message(std::string_view particle_id) const {
  base::Bytes message(2 * kSizeBytes + texts_.size() + particle_id.size());
  base::Byte* to = write_size(message.data(), by_text_.size());
  to = std::ranges::copy(texts_, to).out;
  write_text(to, particle_id);
  return message;
}

}  // namespace aqua::vm

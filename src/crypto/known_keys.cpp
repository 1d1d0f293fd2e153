#include "crypto/known_keys.h"

#include <algorithm>

namespace aqua::crypto {

namespace {

// Four megabytes for each thread that meets so many.
constexpr std::size_t kKeysMax = 256;
// To work out a key costs what one and a half verifications cost: who sends with ever new keys makes us pay at most
// a fifth more.
constexpr std::uint32_t kConfirmationsWanted = 8;

}  // namespace

KnownKeys::Entry* KnownKeys::entry_of(const PublicKey& key) {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  if (found == entries_.end()) return nullptr;
  found->last_use = ++uses_;
  return &*found;
}

const KnownKey* KnownKeys::find(const PublicKey& key) {
  const Entry* const entry = entry_of(key);
  return entry == nullptr ? nullptr : entry->known.get();
}

void KnownKeys::confirm(const PublicKey& key) {
  Entry* entry = entry_of(key);
  if (entry == nullptr) {
    if (entries_.size() < kKeysMax) {
      entry = &entries_.emplace_back();
    } else {
      entry = &*std::ranges::min_element(entries_, {}, &Entry::last_use);
    }
    *entry = {key, ++uses_, 0, nullptr};
  }
  if (++entry->confirmed == kConfirmationsWanted) entry->known = KnownKey::of(key);
}

}  // namespace aqua::crypto

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "crypto/known_key.h"

namespace aqua::crypto {

// Which keys are worth working out: those whose signatures come again and again. For one thread.
class KnownKeys {
 public:
  // Null: its signatures are for libsodium, and confirm() hears of the good ones.
  const KnownKey* find(const PublicKey& key);
  // libsodium has found a signature of this key valid.
  void confirm(const PublicKey& key);

 private:
  struct Entry {
    PublicKey key{};
    std::uint64_t last_use = 0;
    std::uint32_t confirmed = 0;
    std::shared_ptr<const KnownKey> known;
  };

  Entry* entry_of(const PublicKey& key);

  std::vector<Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace aqua::crypto

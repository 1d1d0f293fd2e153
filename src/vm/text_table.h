#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/hash_index.h"
#include "base/string_arena.h"

namespace aqua::vm {

// Gives equal texts the same id. Views of texts stay valid as long as the table lives.
template <class IdType>
class TextTable {
 public:
  explicit TextTable(std::uint64_t hash_seed) : hash_seed_(hash_seed) {}

  IdType intern(std::string_view text) {
    const std::uint64_t hash = base::hash_text(text, hash_seed_);
    const std::uint32_t found =
        index_.find(hash, [&](std::uint32_t i) { return texts_[i] == text; });
    if (found != base::HashIndex::kNotFound) return IdType(found);
    const IdType id(texts_.size());
    texts_.push_back(arena_.store(text));
    index_.insert(hash, id.value);
    return id;
  }

  std::string_view operator[](IdType id) const { return texts_[id.value]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t size_bytes() const {
    return arena_.size_bytes() + texts_.size() * sizeof(std::string_view);
  }

 private:
  std::uint64_t hash_seed_;
  base::StringArena arena_;
  std::vector<std::string_view> texts_;
  base::HashIndex index_;
};

}  // namespace aqua::vm

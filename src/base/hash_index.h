#pragma once

#include <cstdint>
#include <vector>

namespace aqua::base {

// Finds entries of a table that lives elsewhere by their hash: an open-addressing map from 64-bit
// hashes to 32-bit indexes. Equality is the caller's: `same(index)`.
class HashIndex {
 public:
  static constexpr std::uint32_t kNotFound = 0xFFFFFFFF;

  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same&& same) const {
    if (slots_.empty()) return kNotFound;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.index == kNotFound) return kNotFound;
      if (slot.hash == hash && same(slot.index)) return slot.index;
    }
  }

  void insert(std::uint64_t hash, std::uint32_t index) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    place({hash, index});
    ++count_;
  }

  std::size_t size() const { return count_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t index = kNotFound;
  };

  void place(Slot slot) {
    std::size_t at = slot.hash & mask_;
    while (slots_[at].index != kNotFound) at = (at + 1) & mask_;
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 16 : old.size() * 2, Slot{});
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old)
      if (slot.index != kNotFound) place(slot);
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace aqua::base

#include "air/name_table.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace aqua::air {

namespace {

constexpr std::size_t kFirstSlotCount = 64;

__extension__ using Product = unsigned __int128;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const Product product = static_cast<Product>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
  constexpr std::uint64_t kSecond = 0xD6E8FEB86659FD93;
  std::uint64_t hash = seed ^ mix(text.size() ^ kFirst, kSecond);
  const char* at = text.data();
  std::size_t left = text.size();
  while (left >= 8) {
    std::uint64_t block;
    std::memcpy(&block, at, 8);
    hash = mix(hash ^ block, kFirst ^ seed);
    at += 8;
    left -= 8;
  }
  std::uint64_t tail = 0;
  for (std::size_t i = 0; i < left; ++i) {
    tail |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  }
  return mix(hash ^ tail, kSecond ^ std::rotl(seed, 32));
}

NameTable::NameTable(std::vector<Name>& names, std::uint64_t seed)
    : names_(names), seed_(seed), slots_(kFirstSlotCount) {}

NameId NameTable::intern(std::string_view text, NameKind kind) {
  const auto hash = static_cast<std::uint32_t>(hash_text(text, seed_));
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].name.has_value()) {
    if (slots_[at].hash == hash && names_[slots_[at].name.value].text == text) {
      return slots_[at].name;
    }
    at = (at + 1) & mask;
  }
  const NameId id(names_.size());
  names_.push_back(Name{.text = text, .kind = kind});
  slots_[at] = Slot{.hash = hash, .name = id};
  if (names_.size() * 2 > slots_.size()) grow();
  return id;
}

void NameTable::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.name.is_none()) continue;
    std::size_t at = slot.hash & mask;
    while (larger[at].name.has_value()) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

}  // namespace aqua::air

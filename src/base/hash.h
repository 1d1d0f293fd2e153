#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aqua::base {

__extension__ using Uint128 = unsigned __int128;

inline std::uint64_t mix64(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Fast hash for tables in memory; never written, sent or printed. With a `seed` that outsiders do
// not know, texts from outside cannot be chosen to collide.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t k0 = 0xa0761d6478bd642full;
  constexpr std::uint64_t k1 = 0xe7037ed1a0b428dbull;
  const auto read64 = [](const char* p) {
    std::uint64_t v;
    std::memcpy(&v, p, 8);
    return v;
  };
  const char* p = text.data();
  std::size_t left = text.size();
  std::uint64_t h = seed ^ mix64(text.size() ^ k0, k1);
  while (left > 16) {
    h = mix64(read64(p) ^ k1, read64(p + 8) ^ h);
    p += 16;
    left -= 16;
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left >= 8) {
    a = read64(p);
    b = read64(p + left - 8);
  } else if (left > 0) {
    std::memcpy(&a, p, left);
  }
  return mix64(k1 ^ text.size(), mix64(a ^ k1, b ^ h));
}

inline std::uint64_t hash_words(const std::uint32_t* words, std::size_t count, std::uint64_t seed) {
  return hash_text({reinterpret_cast<const char*>(words), count * sizeof(std::uint32_t)}, seed);
}

}  // namespace aqua::base

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace aqua::json {

// The first of `"`, `\` or a control character at or after p.
inline const char* find_special(const char* p, const char* end) {
  using Block = unsigned char __attribute__((vector_size(16)));
  while (end - p >= static_cast<std::ptrdiff_t>(sizeof(Block))) {
    Block block;
    std::memcpy(&block, p, sizeof block);
    const auto found = (block == '"') | (block == '\\') | (block < 0x20);
    std::uint64_t halves[2];
    std::memcpy(halves, &found, sizeof halves);
    if ((halves[0] | halves[1]) != 0) break;
    p += sizeof block;
  }
  while (p < end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
  return p;
}

}  // namespace aqua::json

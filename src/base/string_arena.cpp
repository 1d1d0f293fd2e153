#include "base/string_arena.h"

#include <algorithm>
#include <cstring>

namespace aqua::base {

namespace {
constexpr std::size_t kFirstChunkBytes = 1024;
constexpr std::size_t kLargestChunkBytes = std::size_t{1} << 20;
}  // namespace

char* StringArena::allocate(std::size_t size) {
  if (chunk_size_ - chunk_used_ < size) {
    const std::size_t wanted =
        std::min(std::max(kFirstChunkBytes, chunk_size_ * 2), kLargestChunkBytes);
    chunk_size_ = std::max(wanted, size);
    chunk_used_ = 0;
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_size_));
  }
  char* const at = chunks_.empty() ? nullptr : chunks_.back().get() + chunk_used_;
  chunk_used_ += size;
  size_bytes_ += size;
  return at;
}

std::string_view StringArena::store(std::string_view text) {
  if (text.empty()) return {};
  char* const at = allocate(text.size());
  std::memcpy(at, text.data(), text.size());
  return {at, text.size()};
}

}  // namespace aqua::base

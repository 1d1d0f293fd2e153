#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace aqua::crypto {

using Digest = std::array<base::Byte, 32>;

// BLAKE3 in hash mode, 32 bytes of output.
class Blake3 {
 public:
  Blake3();
  void update(base::ByteView bytes);
  Digest finish() const;

 private:
  using ChainingValue = std::array<std::uint32_t, 8>;

  void end_chunk();
  void push_subtree(ChainingValue value);

  static constexpr std::size_t kTreeHeightMax = 54;

  ChainingValue chunk_value_;
  std::array<base::Byte, 64> block_{};
  std::uint32_t block_size_ = 0;
  std::uint32_t chunk_blocks_ = 0;
  std::uint64_t chunk_count_ = 0;  // finished chunks
  std::uint32_t stack_size_ = 0;
  std::array<ChainingValue, kTreeHeightMax> stack_;
};

Digest blake3(base::ByteView bytes);

}  // namespace aqua::crypto

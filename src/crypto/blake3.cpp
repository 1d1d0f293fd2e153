// BLAKE3 after its public specification: 1 KiB chunks of 64-byte blocks, a binary tree of chunks.
// Long inputs take eight chunks at once, one per vector lane.

#include "crypto/blake3.h"

#include <algorithm>
#include <cstring>

#pragma GCC diagnostic ignored "-Wpsabi"

namespace aqua::crypto {

namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kChunkBytes = 1024;
constexpr std::size_t kLanes = 8;

constexpr std::array<std::uint32_t, 8> kIv = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                              0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

constexpr std::uint32_t kChunkStart = 1;
constexpr std::uint32_t kChunkEnd = 2;
constexpr std::uint32_t kParent = 4;
constexpr std::uint32_t kRoot = 8;

constexpr int kRounds = 7;

constexpr std::array<std::array<std::uint8_t, 16>, kRounds> message_schedule() {
  constexpr std::array<std::uint8_t, 16> permutation = {2, 6,  3,  10, 7, 0,  4,  13,
                                                        1, 11, 12, 5,  9, 14, 15, 8};
  std::array<std::array<std::uint8_t, 16>, kRounds> schedule{};
  for (std::uint8_t i = 0; i < 16; ++i) schedule[0][i] = i;
  for (std::size_t r = 1; r < kRounds; ++r)
    for (std::size_t i = 0; i < 16; ++i) schedule[r][i] = schedule[r - 1][permutation[i]];
  return schedule;
}
constexpr auto kSchedule = message_schedule();

// Word is std::uint32_t for one input, a vector of them for several inputs side by side.
template <class Word>
[[gnu::always_inline]] inline void mix(Word& a, Word& b, Word& c, Word& d, const Word& x,
                                       const Word& y) {
  a += b + x;
  d ^= a;
  d = d >> 16 | d << 16;
  c += d;
  b ^= c;
  b = b >> 12 | b << 20;
  a += b + y;
  d ^= a;
  d = d >> 8 | d << 24;
  c += d;
  b ^= c;
  b = b >> 7 | b << 25;
}

template <class Word>
[[gnu::always_inline]] inline void rounds(Word v[16], const Word m[16]) {
#pragma GCC unroll 7
  for (int r = 0; r < kRounds; ++r) {
    const auto& s = kSchedule[static_cast<std::size_t>(r)];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
}

using ChainingValue = std::array<std::uint32_t, 8>;

void compress(ChainingValue& value, const base::Byte* block, std::uint32_t block_size,
              std::uint64_t counter, std::uint32_t flags) {
  std::uint32_t m[16];
  std::memcpy(m, block, kBlockBytes);
  std::uint32_t v[16] = {value[0],
                         value[1],
                         value[2],
                         value[3],
                         value[4],
                         value[5],
                         value[6],
                         value[7],
                         kIv[0],
                         kIv[1],
                         kIv[2],
                         kIv[3],
                         static_cast<std::uint32_t>(counter),
                         static_cast<std::uint32_t>(counter >> 32),
                         block_size,
                         flags};
  rounds(v, m);
  for (std::size_t i = 0; i < 8; ++i) value[i] = v[i] ^ v[i + 8];
}

ChainingValue parent_value(const ChainingValue& left, const ChainingValue& right,
                           std::uint32_t flags) {
  base::Byte block[kBlockBytes];
  std::memcpy(block, left.data(), 32);
  std::memcpy(block + 32, right.data(), 32);
  ChainingValue value = kIv;
  compress(value, block, kBlockBytes, 0, kParent | flags);
  return value;
}

using Lanes = std::uint32_t __attribute__((vector_size(4 * kLanes)));

[[gnu::always_inline]] inline void transpose(Lanes r[kLanes]) {
  Lanes a[kLanes];
  for (int i = 0; i < 8; i += 2) {
    a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  Lanes b[kLanes];
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      b[i + j] = __builtin_shufflevector(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      b[i + j + 2] = __builtin_shufflevector(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; ++i) {
    r[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

[[gnu::always_inline]] inline void hash_eight_chunks_body(const base::Byte* in,
                                                          std::uint64_t counter,
                                                          ChainingValue out[kLanes]) {
  Lanes value[8];
  for (std::size_t i = 0; i < 8; ++i) value[i] = Lanes{} + kIv[i];
  Lanes counter_low;
  Lanes counter_high;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    counter_low[lane] = static_cast<std::uint32_t>(counter + lane);
    counter_high[lane] = static_cast<std::uint32_t>((counter + lane) >> 32);
  }
  constexpr std::size_t kBlocks = kChunkBytes / kBlockBytes;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    Lanes m[16];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const base::Byte* from = in + lane * kChunkBytes + block * kBlockBytes;
      std::memcpy(&m[lane], from, 32);
      std::memcpy(&m[lane + 8], from + 32, 32);
    }
    transpose(m);
    transpose(m + 8);
    const std::uint32_t flags =
        (block == 0 ? kChunkStart : 0) | (block == kBlocks - 1 ? kChunkEnd : 0);
    Lanes v[16] = {
        value[0],         value[1],         value[2],
        value[3],         value[4],         value[5],
        value[6],         value[7],         Lanes{} + kIv[0],
        Lanes{} + kIv[1], Lanes{} + kIv[2], Lanes{} + kIv[3],
        counter_low,      counter_high,     Lanes{} + static_cast<std::uint32_t>(kBlockBytes),
        Lanes{} + flags};
    rounds(v, m);
    for (std::size_t i = 0; i < 8; ++i) value[i] = v[i] ^ v[i + 8];
  }
  transpose(value);
  for (std::size_t lane = 0; lane < kLanes; ++lane) std::memcpy(out[lane].data(), &value[lane], 32);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void hash_eight_chunks_avx2(const base::Byte* in, std::uint64_t counter,
                                                    ChainingValue out[kLanes]) {
  hash_eight_chunks_body(in, counter, out);
}
#endif

#if defined(__x86_64__)
// Has a rotate instruction, which saves a quarter of the work.
[[gnu::target("avx512f,avx512vl")]] void hash_eight_chunks_avx512(const base::Byte* in,
                                                                  std::uint64_t counter,
                                                                  ChainingValue out[kLanes]) {
  hash_eight_chunks_body(in, counter, out);
}
#endif

void hash_eight_chunks(const base::Byte* in, std::uint64_t counter, ChainingValue out[kLanes]) {
#if defined(__x86_64__)
  static const bool has_avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0;
  if (has_avx512) return hash_eight_chunks_avx512(in, counter, out);
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return hash_eight_chunks_avx2(in, counter, out);
#endif
  hash_eight_chunks_body(in, counter, out);
}

}  // namespace

Blake3::Blake3() : chunk_value_(kIv) {}

void Blake3::push_subtree(ChainingValue value) {
  // A finished subtree of 2^k chunks merges with its left neighbour of the same size.
  for (std::uint64_t chunks = chunk_count_; (chunks & 1) == 0; chunks >>= 1)
    value = parent_value(stack_[--stack_size_], value, 0);
  stack_[stack_size_++] = value;
}

void Blake3::end_chunk() {
  compress(chunk_value_, block_.data(), block_size_, chunk_count_,
           kChunkEnd | (chunk_blocks_ == 0 ? kChunkStart : 0));
  ++chunk_count_;
  push_subtree(chunk_value_);
  chunk_value_ = kIv;
  chunk_blocks_ = 0;
  block_size_ = 0;
}

void Blake3::update(base::ByteView bytes) {
  while (!bytes.empty()) {
    // The last block stays in the buffer until it is known whether the input ends with it.
    if (block_size_ == kBlockBytes) {
      if (chunk_blocks_ == kChunkBytes / kBlockBytes - 1) {
        end_chunk();
      } else {
        compress(chunk_value_, block_.data(), kBlockBytes, chunk_count_,
                 chunk_blocks_ == 0 ? kChunkStart : 0);
        ++chunk_blocks_;
        block_size_ = 0;
      }
    }
    if (block_size_ == 0 && chunk_blocks_ == 0) {
      while (bytes.size() > kLanes * kChunkBytes) {
        ChainingValue values[kLanes];
        hash_eight_chunks(bytes.data(), chunk_count_, values);
        for (const ChainingValue& value : values) {
          ++chunk_count_;
          push_subtree(value);
        }
        bytes = bytes.subspan(kLanes * kChunkBytes);
      }
    }
    const std::size_t take = std::min(kBlockBytes - block_size_, bytes.size());
    std::memcpy(block_.data() + block_size_, bytes.data(), take);
    block_size_ += static_cast<std::uint32_t>(take);
    bytes = bytes.subspan(take);
  }
}

Digest Blake3::finish() const {
  std::array<base::Byte, kBlockBytes> last{};
  std::copy_n(block_.begin(), block_size_, last.begin());
  const std::uint32_t root = stack_size_ == 0 ? kRoot : 0;
  ChainingValue value = chunk_value_;
  compress(value, last.data(), block_size_, chunk_count_,
           kChunkEnd | (chunk_blocks_ == 0 ? kChunkStart : 0) | root);
  for (std::uint32_t i = stack_size_; i-- > 0;)
    value = parent_value(stack_[i], value, i == 0 ? kRoot : 0);
  Digest digest;
  std::memcpy(digest.data(), value.data(), digest.size());
  return digest;
}

Digest blake3(base::ByteView bytes) {
  Blake3 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace aqua::crypto

#include "crypto/blake3.h"

#include <gtest/gtest.h>

namespace aqua::crypto {
namespace {

std::string hex(const Digest& digest) {
  std::string text;
  for (const base::Byte b : digest) text += fmt::format("{:02x}", b);
  return text;
}

// The input of the published vectors: the bytes 0..250 over and over.
base::Bytes vector_input(std::size_t size) {
  base::Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<base::Byte>(i % 251);
  return bytes;
}

struct Vector {
  std::size_t size;
  const char* digest;
};

// From the published test vectors, at the borders of block, chunk and tree.
constexpr Vector kVectors[] = {
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
    {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
    {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
    {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
    {8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
    {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
    {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
};

TEST(Blake3, PublishedVectors) {
  for (const Vector& v : kVectors) EXPECT_EQ(hex(blake3(vector_input(v.size))), v.digest) << v.size;
}

TEST(Blake3, PiecesGiveTheDigestOfTheWhole) {
  for (const std::size_t size : {1u, 64u, 65u, 1024u, 5000u, 8192u, 8193u, 40000u}) {
    const base::Bytes input = vector_input(size);
    for (const std::size_t piece : {1u, 63u, 64u, 1000u, 9000u}) {
      Blake3 hash;
      for (std::size_t at = 0; at < size; at += piece)
        hash.update(base::ByteView(input).subspan(at, std::min(piece, size - at)));
      EXPECT_EQ(hash.finish(), blake3(input)) << size << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace aqua::crypto

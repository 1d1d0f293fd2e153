#include "peer/particle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "peer/frame.h"

namespace aqua::peer {
namespace {

std::string base64(base::ByteView bytes) {
  std::string out;
  base::append_base64(out, bytes);
  return out;
}

// The vector that other implementations test with.
constexpr std::string_view kSecret = "7h48PQ/f1rS9TxacmgODxbD42Il9B3KC117jvOPppPE=";
constexpr std::string_view kSignature =
    "KceXDnOfqe0dOnAxiDsyWBIvUq6WHoT0ge+VMHXOZsjZvCNH7/10oufdlYfcPomfv28On6E87ZhDcHGBZcb7Bw==";

ParticleHeader published() {
  return {.id = "2883f959-e9e7-4843-8c37-205d393ca372",
          .init_peer_id = "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D",
          .timestamp_ms = 1696934545662,
          .ttl_ms = 7000,
          .script = "abc",
          .signature = {}};
}

TEST(Particle, SignsThePublishedVector) {
  crypto::Seed seed;
  std::ranges::copy(*base::base64_decode(kSecret), seed.begin());
  const crypto::KeyPair key = crypto::KeyPair::from_seed(seed);
  ParticleHeader header = published();
  EXPECT_EQ(key.peer_id(), header.init_peer_id);
  EXPECT_EQ(base64(signed_bytes(header)),
            "Mjg4M2Y5NTktZTllNy00ODQzLThjMzctMjA1ZDM5M2NhMzcy/kguGYsBAABYGwAAYWJj");
  sign(header, key);
  EXPECT_EQ(base64(header.signature), kSignature);
  EXPECT_TRUE(has_valid_signature(header));
  header.ttl_ms += 1;
  EXPECT_FALSE(has_valid_signature(header));
  header = published();
  header.init_peer_id = "nobody";
  EXPECT_FALSE(has_valid_signature(header));
}

TEST(Particle, ExpiresAtItsDeadline) {
  ParticleHeader header = published();
  EXPECT_FALSE(is_expired(header, 1696934552661));
  EXPECT_TRUE(is_expired(header, 1696934552662));
  header.timestamp_ms = UINT64_MAX - 1;
  EXPECT_TRUE(is_expired(header, 0));
}

TEST(Frame, ReadsWhatAnotherClientWrote) {
  const auto frame = base::base64_decode(
      "zwKBBIimYWN0aW9uqFBhcnRpY2xlpGRhdGGQomlk2SRkMjA1ZDE0OC00Y2YxLTRlNzYtOGY2ZS1mY2U5ODEwZjVlNmOs"
      "aW5pdF9wZWVyX2lk2TQxMkQz"
      "S29vV0xMRjdnUUtiNzd4WEhWWm4zS1hhMTR4cDNSQmlBa2JuSzJVQlJwRGFSOEtipnNjcmlwdNk5KGNhbGwgJWluaXRf"
      "cGVlcl9pZCUgKCJnZXREYXRh"
      "U3J2IiAiLXJlbGF5LSIpIFtdIC1yZWxheS0pqXNpZ25hdHVyZdwAQG/"
      "MtlwBTizM4UtycW3M4DzM9RPMtsyYGsyNbcy5Msy/zO/MvHoyzL9nFTV4zNgf"
      "zNUWzPDMwk7M08zwzMDMoszcFMyqeRnMyD/M9cyXEcz9zJzM8syNzIHM2czNzLXMnMznCql0aW1lc3RhbXDPAAABi/"
      "IqldOjdHRsAA==");
  ASSERT_TRUE(frame);
  EXPECT_EQ(**frame_size(*frame), frame->size());
  const auto message = decode_frame(*frame);
  ASSERT_TRUE(message);
  const ParticleHeader& header = *std::get<Particle>(*message).header;
  EXPECT_EQ(header.id, "d205d148-4cf1-4e76-8f6e-fce9810f5e6c");
  EXPECT_EQ(header.timestamp_ms, 1700574959059);
  EXPECT_EQ(header.ttl_ms, 0);
  EXPECT_TRUE(std::get<Particle>(*message).data->empty());
  EXPECT_TRUE(has_valid_signature(header));
}

TEST(Frame, ReadsWhatItWrites) {
  const ParticleHeader header = published();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{300}, std::size_t{70'000}}) {
    const base::Bytes data(size, 0xC4);
    base::Bytes frame;
    append_frame(frame, header, data);
    EXPECT_EQ(**frame_size(base::ByteView(frame).first(5)), frame.size());
    const auto message = decode_frame(frame);
    ASSERT_TRUE(message);
    EXPECT_EQ(*std::get<Particle>(*message).data, data);
    EXPECT_EQ(std::get<Particle>(*message).header->script, "abc");
    for (const std::size_t cut :
         {std::size_t{0}, std::size_t{3}, frame.size() / 2, frame.size() - 1})
      EXPECT_FALSE(decode_frame(base::ByteView(frame).first(cut)));
    frame.push_back(0);
    EXPECT_EQ(decode_frame(frame).error(), FrameError::kTrailingBytes);
  }
}

TEST(Frame, RefusesWhatIsNoFrame) {
  const auto error = [](const base::Bytes& bytes) { return decode_frame(bytes).error(); };
  EXPECT_EQ(error({}), FrameError::kTruncated);
  EXPECT_EQ(error({0x80, 0x00}), FrameError::kBadLength);
  EXPECT_EQ(error({0xFF, 0xFF, 0xFF, 0xFF, 0xFF}), FrameError::kTooLong);
  EXPECT_EQ(error(base::Bytes(9, 0x80)), FrameError::kBadLength);
  EXPECT_EQ(error({0xFF, 0xFF, 0xFF, 0xFF, 0x01}), FrameError::kTooLong);
  EXPECT_EQ(error({0x02, 0x80, 0x04}), FrameError::kUnknownCodec);
  EXPECT_EQ(error({0x03, 0x81, 0x04, 0x80}), FrameError::kMissingField);
  EXPECT_EQ(error({0x03, 0x81, 0x04, 0xDF}), FrameError::kMalformed);
}

}  // namespace
}  // namespace aqua::peer

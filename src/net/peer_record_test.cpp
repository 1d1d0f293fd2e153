#include "net/peer_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/base58.h"
#include "net/multiaddr.h"
#include "net/noise_payload.h"
#include "net/protobuf.h"

namespace aqua::net {
namespace {

std::map<std::uint32_t, base::Bytes> fields_of(base::ByteView message) {
  std::map<std::uint32_t, base::Bytes> fields;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (field->bytes)
      fields[field->number].assign(field->bytes->begin(), field->bytes->end());
    else
      fields[field->number] = {static_cast<base::Byte>(field->value)};
  }
  EXPECT_FALSE(reader.malformed());
  return fields;
}

base::Bytes text(std::string_view characters) { return {characters.begin(), characters.end()}; }

crypto::KeyPair identity() {
  crypto::Seed seed{};
  seed[0] = 9;
  return crypto::KeyPair::from_seed(seed);
}

TEST(PeerRecord, SaysWhoAndWhere) {
  auto envelope =
      fields_of(sign_peer_record(identity(), {"/ip4/127.0.0.1/tcp/1/ws", "no address"}, 5));
  EXPECT_EQ(*decode_identity_key(envelope[1]), identity().public_key());
  EXPECT_EQ(envelope[2], (base::Bytes{0x03, 0x01}));
  auto record = fields_of(envelope[3]);
  EXPECT_EQ(base::base58_encode(record[1]), identity().peer_id());
  EXPECT_EQ(record[2], base::Bytes{5});
  const auto address = decode_multiaddr(fields_of(record[3])[1]);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(print_multiaddr(*address), "/ip4/127.0.0.1/tcp/1/ws");
}

// RFC 0002: domain, type and payload, each behind its length.
TEST(PeerRecord, IsSignedForItsDomain) {
  auto envelope = fields_of(sign_peer_record(identity(), {"/ip4/127.0.0.1/tcp/1"}, 5));
  base::Bytes message = text("\x12libp2p-peer-record\x02\x03\x01");
  ASSERT_LT(envelope[3].size(), 128U);
  message.push_back(static_cast<base::Byte>(envelope[3].size()));
  message.insert(message.end(), envelope[3].begin(), envelope[3].end());
  crypto::Signature signature;
  ASSERT_EQ(envelope[5].size(), signature.size());
  std::ranges::copy(envelope[5], signature.begin());
  EXPECT_TRUE(crypto::verify(identity().public_key(), message, signature));
}

}  // namespace
}  // namespace aqua::net

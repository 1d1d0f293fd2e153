#include "net/identify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "net/protobuf.h"

namespace aqua::net {
namespace {

Identify sample() {
  crypto::Seed seed{};
  seed[0] = 5;
  return {.public_key = crypto::KeyPair::from_seed(seed).public_key(),
          .protocol_version = "ipfs/0.1.0",
          .agent_version = "test/1",
          .protocols = {"/a", "/b"},
          .listen_addresses = {"/ip4/127.0.0.1/tcp/1/ws", "/dns/x/tcp/2"},
          .observed_address = "/ip4/10.0.0.1/tcp/3",
          .peer_record = {}};
}

TEST(Identify, IsReadAsWritten) {
  const auto read = decode_identify(encode_identify(sample()), Limits{});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, sample());
}

TEST(Identify, CarriesTheSignedRecordAsItIs) {
  Identify identify = sample();
  identify.peer_record = {1, 2, 3};
  const base::Bytes message = encode_identify(identify);
  ProtobufReader reader(message);
  std::optional<ProtobufField> last;
  while (const auto field = reader.next()) last = field;
  ASSERT_TRUE(last && last->bytes);
  EXPECT_EQ(last->number, 8U);
  EXPECT_TRUE(std::ranges::equal(*last->bytes, identify.peer_record));
}

TEST(Identify, KeepsNoMoreThanItMay) {
  Limits limits;
  limits.identify_addresses_max = 1;
  limits.identify_protocols_max = 1;
  limits.identify_text_bytes_max = 20;
  Identify large = sample();
  large.agent_version = std::string(21, 'a');
  const auto read = decode_identify(encode_identify(large), limits);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->protocols, std::vector<std::string>{"/a"});
  EXPECT_EQ(read->listen_addresses, std::vector<std::string>{"/ip4/127.0.0.1/tcp/1/ws"});
  EXPECT_EQ(read->agent_version, "");
  limits.identify_bytes_max = 50;
  EXPECT_EQ(decode_identify(encode_identify(large), limits).error(), IdentifyError::kTooLong);
}

TEST(Identify, WhatItCannotReadIsLeftOut) {
  base::Bytes message = encode_identify(sample());
  append_field(message, 2, base::ByteView(base::Bytes{0x91, 0x02, 0, 1}));  // udp
  append_field(message, 8, base::as_bytes("a signed peer record"));
  append_field(message, 99, std::uint64_t{7});
  const auto read = decode_identify(message, Limits{});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, sample());
}

TEST(Identify, Malformed) {
  const auto error_of = [](base::Bytes bytes) { return decode_identify(bytes, Limits{}).error(); };
  EXPECT_EQ(error_of({0x32, 0xff, 0xff, 0xff, 0x0f}),
            IdentifyError::kMalformed);  // a length that lies
  EXPECT_EQ(error_of({0x32}), IdentifyError::kMalformed);
  EXPECT_EQ(error_of({0x33}), IdentifyError::kMalformed);                    // a group
  EXPECT_EQ(error_of({0x02, 0x00}), IdentifyError::kMalformed);              // field 0
  EXPECT_EQ(error_of({0x0a, 0x02, 0x08, 0x00}), IdentifyError::kMalformed);  // another type of key
}

}  // namespace
}  // namespace aqua::net

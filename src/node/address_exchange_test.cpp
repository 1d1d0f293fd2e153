#include "node/address_exchange.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/msgpack.h"
#include "base/varint.h"

namespace aqua::node {
namespace {

TEST(AddressExchange, AsksAndAnswers) {
  base::Bytes frame;
  append_frame(frame, AddressQuestion{{"a", "b"}});
  const auto question = decode_question(frame);
  ASSERT_TRUE(question.has_value());
  EXPECT_EQ(question->peers, (std::vector<std::string>{"a", "b"}));

  const std::vector<KnownPeer> known{{"a", {"/ip4/1.2.3.4/tcp/5", "/ip4/1.2.3.4/tcp/6/ws"}},
                                     {"b", {}}};
  frame.clear();
  append_frame(frame, AddressAnswer{known});
  const auto answer = decode_answer(frame);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->peers, known);
}

TEST(AddressExchange, EveryTruncationIsAnError) {
  base::Bytes frame;
  append_frame(frame, AddressAnswer{{{"a", {"/ip4/1.2.3.4/tcp/5"}}}});
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(decode_answer(base::ByteView(frame).first(size)).has_value()) << size;
  frame.push_back(0);
  EXPECT_EQ(decode_answer(frame).error(), ExchangeError::kMalformed);
}

TEST(AddressExchange, WhatIsTooMuchIsRefused) {
  base::Bytes body;
  base::MsgpackWriter writer(body);
  writer.map_head(1);
  writer.text("ask");
  writer.array_head(kAskedPeersMax + 1);
  for (std::size_t i = 0; i <= kAskedPeersMax; ++i) writer.text("p");
  base::Bytes frame;
  base::append_varint(frame, body.size());
  frame.insert(frame.end(), body.begin(), body.end());
  EXPECT_EQ(decode_question(frame).error(), ExchangeError::kMalformed);

  frame.clear();
  base::append_varint(frame, kExchangeBytesMax + 1);
  EXPECT_EQ(decode_question(frame).error(), ExchangeError::kTooLong);
}

TEST(AddressExchange, WhoWritesKeepsTheLimitsOfWhoReads) {
  AddressAnswer answer;
  for (std::size_t i = 0; i < 2 * kToldPeersMax; ++i) {
    answer.peers.push_back({fmt::format("peer {}", i), {}});
    for (std::size_t j = 0; j < 2 * kToldAddressesMax; ++j)
      answer.peers.back().addresses.push_back(std::string(j == 0 ? 1000 : 10, 'a'));
  }
  base::Bytes frame;
  append_frame(frame, answer);
  const auto read = decode_answer(frame);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->peers.size(), kToldPeersMax);
  EXPECT_EQ(read->peers[0].addresses.size(), kToldAddressesMax);
}

TEST(AddressExchange, UnknownKeysAreSkipped) {
  base::Bytes body;
  base::MsgpackWriter writer(body);
  writer.map_head(2);
  writer.text("later");
  writer.array_head(1);
  writer.nil();
  writer.text("ask");
  writer.array_head(0);
  base::Bytes frame;
  base::append_varint(frame, body.size());
  frame.insert(frame.end(), body.begin(), body.end());
  EXPECT_TRUE(decode_question(frame).has_value());
}

}  // namespace
}  // namespace aqua::node

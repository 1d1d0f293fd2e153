#include "node/address_book.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace aqua::node {
namespace {

using Texts = std::vector<std::string>;

TEST(AddressBook, TriesWhatIsConfiguredFirst) {
  AddressBook book({});
  book.add("p", "/ip4/1.1.1.1/tcp/1", AddressSource::kExchange);
  book.add("p", "/ip4/2.2.2.2/tcp/2", AddressSource::kConfiguration);
  book.add("p", "/ip4/1.1.1.1/tcp/1", AddressSource::kExchange);
  EXPECT_EQ(book.find("p"), (Texts{"/ip4/2.2.2.2/tcp/2", "/ip4/1.1.1.1/tcp/1"}));
  EXPECT_EQ(book.find("q"), Texts{});
}

TEST(AddressBook, TriesWhatFailedLast) {
  AddressBook book({});
  book.add("p", "a", AddressSource::kConfiguration);
  book.add("p", "b", AddressSource::kExchange);
  book.failed("p", "a");
  EXPECT_EQ(book.find("p"), (Texts{"b", "a"}));
  book.worked("p", "a");
  EXPECT_EQ(book.find("p"), (Texts{"a", "b"}));
}

TEST(AddressBook, WhatOthersSayDoesNotPushOutWhatIsConfigured) {
  AddressBook book({.peers_max = 10, .addresses_per_peer_max = 2});
  book.add("p", "mine", AddressSource::kConfiguration);
  for (int i = 0; i < 50; ++i) {
    book.add("p", fmt::format("their {}", i), AddressSource::kExchange);
    book.add(fmt::format("peer {}", i), "x", AddressSource::kExchange);
  }
  EXPECT_EQ(book.peer_count(), 10u);
  EXPECT_EQ(book.find("p"), (Texts{"mine", "their 49"}));
  EXPECT_EQ(book.find("peer 49"), Texts{"x"});
  EXPECT_EQ(book.find("peer 0"), Texts{});
  EXPECT_EQ(book.recent_peers(2), (Texts{"peer 49", "peer 48"}));
}

TEST(AddressBook, AFullBookOfConfiguredPeersTakesNoMore) {
  AddressBook book({.peers_max = 1, .addresses_per_peer_max = 2});
  book.add("p", "mine", AddressSource::kConfiguration);
  book.add("q", "x", AddressSource::kExchange);
  EXPECT_EQ(book.find("q"), Texts{});
}

}  // namespace
}  // namespace aqua::node

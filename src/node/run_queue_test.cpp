#include "node/run_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace aqua::node {
namespace {

std::vector<std::uint64_t> all_of(RunQueue& queue) {
  std::vector<std::uint64_t> keys;
  while (!queue.empty()) keys.push_back(queue.pop().value);
  return keys;
}

TEST(RunQueue, KeepsTheOrderOfOneInitiator) {
  RunQueue queue;
  for (std::uint64_t i = 1; i <= 4; ++i) queue.push("a", {i});
  EXPECT_EQ(all_of(queue), (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST(RunQueue, AFloodDelaysOthersByOneRun) {
  RunQueue queue;
  for (std::uint64_t i = 1; i <= 100; ++i) queue.push("flood", {i});
  queue.push("calm", {1000});
  queue.push("other", {2000});
  EXPECT_EQ(queue.size(), 102u);
  queue.pop();
  EXPECT_EQ(queue.pop().value, 1000u);
  EXPECT_EQ(queue.pop().value, 2000u);
  EXPECT_EQ(queue.pop().value, 2u);
  EXPECT_EQ(queue.size(), 98u);
}

TEST(RunQueue, AnInitiatorThatComesBackGoesToTheEnd) {
  RunQueue queue;
  queue.push("a", {1});
  queue.push("b", {2});
  queue.pop();
  queue.push("a", {3});
  EXPECT_EQ(all_of(queue), (std::vector<std::uint64_t>{2, 3}));
}

}  // namespace
}  // namespace aqua::node

#include "node/state_lock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace aqua::node {
namespace {

TEST(StateLock, IsTakenOnceAtATime) {
  const std::string folder = testing::TempDir() + "/aqua-state-lock/peer";
  std::filesystem::remove_all(folder);
  std::optional<StateLock> first;
  {
    auto taken = StateLock::take(folder);
    ASSERT_TRUE(taken.has_value()) << taken.error();
    first.emplace(std::move(*taken));
  }
  const auto second = StateLock::take(folder);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().find("another peer runs with the state folder"), std::string::npos);
  first.reset();
  EXPECT_TRUE(StateLock::take(folder).has_value());
  std::filesystem::remove_all(folder);
}

TEST(StateLock, SaysWhyItCanNotBe) {
  const auto lock = StateLock::take("/dev/null/nowhere");
  ASSERT_FALSE(lock.has_value());
  EXPECT_NE(lock.error().find("/dev/null/nowhere/lock: "), std::string::npos) << lock.error();
}

}  // namespace
}  // namespace aqua::node

#include "node/limit_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace aqua::node {
namespace {

TEST(LimitTable, EachNameSetsItsOwnLimit) {
  const std::vector<LimitRow> defaults = limits_of({});
  std::set<std::string> names;
  for (std::size_t i = 0; i < defaults.size(); ++i) {
    EXPECT_TRUE(names.insert(defaults[i].name).second) << defaults[i].name;
    NodeOptions options;
    ASSERT_TRUE(set_limit(options, defaults[i].name, defaults[i].value + 1)) << defaults[i].name;
    const std::vector<LimitRow> changed = limits_of(options);
    for (std::size_t j = 0; j < defaults.size(); ++j)
      EXPECT_EQ(changed[j].value, defaults[j].value + (i == j ? 1 : 0)) << defaults[j].name;
  }
  EXPECT_EQ(limit_names().size(), defaults.size());
}

TEST(LimitTable, IsDocumented) {
  std::ifstream file("docs/peer.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const LimitRow& row : limits_of({})) {
    const std::string line = fmt::format("| `{}` | {} |\n", row.name, row.value);
    EXPECT_NE(text.str().find(line), std::string::npos) << line;
  }
}

TEST(LimitTable, NobodyMakesTheWindowTooSmall) {
  NodeOptions options;
  EXPECT_TRUE(set_limit(options, "receive_window_bytes", 1));
  EXPECT_EQ(options.net_limits.receive_window_bytes, 262'144u);
  EXPECT_FALSE(set_limit(options, "no_such_limit", 1));
}

}  // namespace
}  // namespace aqua::node

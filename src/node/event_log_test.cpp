#include "node/event_log.h"

#include <gtest/gtest.h>

namespace aqua::node {
namespace {

TEST(EventLog, WritesLogfmt) {
  EXPECT_EQ(log_line(LogForm::kLogfmt, 1'700'000'000'123, Level::kInfo, "sent",
                     {{"particle", "id 1"}, {"to", "12D3"}, {"size_bytes", 17u}, {"why", ""}}),
            "time=2023-11-14T22:13:20.123Z level=info event=sent particle=\"id 1\" to=12D3 "
            "size_bytes=17 why=\"\"\n");
}

TEST(EventLog, WritesJson) {
  EXPECT_EQ(log_line(LogForm::kJson, 1'700'000'000'123, Level::kError, "refused",
                     {{"particle", "a\"b"}, {"count", 3u}}),
            "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"error\",\"event\":\"refused\","
            "\"particle\":\"a\\\"b\",\"count\":3}\n");
}

TEST(EventLog, NobodyForgesALine) {
  const std::string line = log_line(LogForm::kLogfmt, 0, Level::kInfo, "arrived",
                                    {{"particle", "x\ntime=2030 level=error\xff"}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_NE(line.find(R"(particle="x\ntime=2030 level=error�")"), std::string::npos);
}

TEST(EventLog, CutsWhatIsLongAtACharacter) {
  const std::string text = std::string(499, 'a') + "\xc3\xa9";
  const std::string line = log_line(LogForm::kLogfmt, 0, Level::kInfo, "x", {{"t", text}});
  EXPECT_TRUE(line.ends_with(" t=" + std::string(499, 'a') + "\n"));
}

}  // namespace
}  // namespace aqua::node

#include "node/process_service.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "node/loop.h"

namespace aqua::node {
namespace {

TEST(ProcessService, OneThatDoesNotWantToEndKeepsNobodyWaiting) {
  Loop loop;
  std::vector<std::string> heard;
  services::ProcessService process;
  process.command = {"/bin/sh", "-c", "trap '' TERM; echo closing >&2; exec >&-; sleep 60"};
  ProcessService service(loop, "stubborn", process,
                         {.replied = [](std::string_view) { return true; },
                          .failed = [](const services::CallKey&, std::string_view) {},
                          .all_failed =
                              [&](std::string_view why) {
                                heard.emplace_back(why);
                                loop.stop();
                              },
                          .said =
                              [&](std::string_view line) {
                                if (line == "closing")
                                  loop.call_after(100, [&] { heard.emplace_back("a timer"); });
                              }});
  loop.post([&] { service.ask({}, 1, "{}"); });
  loop.run();
  EXPECT_EQ(heard,
            (std::vector<std::string>{"a timer", "the process of stubborn ended (signal 9)"}));
}

}  // namespace
}  // namespace aqua::node

#include "report/progress.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aqua::report {
namespace {

Call call_on(std::size_t peer, std::string function, std::uint64_t asked_at_ms) {
  Call call;
  call.peer = PeerIndex(peer);
  call.service = "s";
  call.function = std::move(function);
  call.asked_at_ms = asked_at_ms;
  return call;
}

TEST(Progress, NamesWhatIsInFlight) {
  Journey journey;
  journey.peers = {{"alice", 0, 0, 0}, {"bob", 0, 0, 0}, {"carol", 0, 0, 0}};
  journey.steps.resize(3);
  journey.calls = {call_on(0, "f", 1000), call_on(0, "g", 1500), call_on(1, "h", 1000),
                   call_on(2, "k", 900)};
  journey.calls[2].answer = Answer{0, "1"};
  EXPECT_EQ(progress_lines(journey, 2250, 8000, 80),
            (std::vector<std::string>{"alice: s.f (1.2 s), s.g (0.7 s)", "carol: s.k (1.3 s)",
                                      "3 runs, 3 calls in flight, 5.7 s left"}));
}

TEST(Progress, FitsTheTerminal) {
  Journey journey;
  for (std::size_t i = 0; i < 20; ++i) {
    journey.peers.push_back({"p\u00e9\u00e9r " + std::to_string(i), 0, 0, 0});
    journey.calls.push_back(call_on(i, "a-long-name", 0));
  }
  const std::vector<std::string> lines = progress_lines(journey, 10, 5, 12);
  ASSERT_EQ(lines.size(), 10);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 12);
  EXPECT_EQ(lines[8], "and 12 more ");
  EXPECT_EQ(progress_lines(journey, 10, 5, 2)[0], "p") << "no half of a character";
}

}  // namespace
}  // namespace aqua::report

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "air/parser.h"
#include "report/timeline.h"

namespace aqua::report {
namespace {

constexpr PeerIndex kAlice(0u);
constexpr PeerIndex kBob(1u);

// 0 seq, 1 the call of alice, 2 that of bob; only the second comes from a line of the user.
constexpr std::string_view kScript = R"((seq
  (call "alice" ("a" "x") [] x)
  (call "bob" ("a" "y") [x] y)))";

class TimelineJson : public ::testing::Test {
 protected:
  TimelineJson() {
    auto tree = air::parse(kScript);
    EXPECT_TRUE(tree.has_value());
    if (tree) tree_ = std::move(*tree);
    const air::SourceFileId file = map_.add_file("a.aqua");
    map_.set(air::InstructionId(2u), {.file = file, .span = {.begin = 4, .end = 7}});
    for (const char* const name : {"alice", "bob"}) journey_.peers.emplace_back().name = name;
  }
  Step& step(PeerIndex peer, std::uint64_t at_ms) {
    Step& step = journey_.steps.emplace_back();
    step.peer = peer;
    step.at_ms = at_ms;
    return step;
  }
  void call(PeerIndex peer, std::uint64_t at_ms, std::optional<Answer> answer) {
    Call& call = journey_.calls.emplace_back();
    call.peer = peer;
    call.at = air::InstructionId(2u);
    call.service = "a";
    call.function = "y";
    call.arguments = {"\"v\"", "[1]"};
    call.asked_at_ms = at_ms;
    call.answered_at_ms = at_ms + 5;
    call.answer = std::move(answer);
    journey_.steps.back().calls.emplace_back(journey_.calls.size() - 1);
  }
  std::string lines() const {
    return timeline_json(
        journey_,
        {.tree = tree_, .source_map = map_, .on_frames = on_frames_, .sources = sources_});
  }

  air::Tree tree_;
  air::SourceMap map_;
  air::OnFrames on_frames_;
  std::vector<diagnostics::Source> sources_{diagnostics::Source("a.aqua", "one\ntwo\n")};
  Journey journey_;
};

TEST_F(TimelineJson, OfNothingIsEmpty) { EXPECT_EQ(lines(), ""); }

TEST_F(TimelineJson, CountsTimeFromTheStartAndSortsByIt) {
  step(kAlice, 1000).sends_to = {kBob};
  step(kBob, 1020).sends_to = {kAlice};
  step(kAlice, 1010).undelivered = {{.to = kBob, .why = "bob is down"}};
  EXPECT_EQ(lines(), R"({"at_ms":0,"peer":"alice","sends_to":"bob"}
{"at_ms":10,"peer":"alice","not_sent_to":"bob","why":"bob is down"}
{"at_ms":20,"peer":"bob","sends_to":"alice"}
)");
}

TEST_F(TimelineJson, TellsOfCallsTheirPlaceAndWhatBecameOfThem) {
  step(kBob, 7);
  call(kBob, 7, Answer{.ret_code = 0, .result = "[42,\n 43]"});
  call(kBob, 7, Answer{.ret_code = 1, .result = "no JSON"});
  call(kBob, 7, std::nullopt);
  EXPECT_EQ(
      lines(),
      R"({"at_ms":0,"peer":"bob","service":"a","function":"y","arguments":["v",[1]],"line":2,"answered_at_ms":5,"answer":[42,43]}
{"at_ms":0,"peer":"bob","service":"a","function":"y","arguments":["v",[1]],"line":2,"answered_at_ms":5,"error":"no JSON"}
{"at_ms":0,"peer":"bob","service":"a","function":"y","arguments":["v",[1]],"line":2,"unanswered":true}
)");
}

TEST_F(TimelineJson, TellsWhatIsMissingOnAPeerButNotThatOthersAreToAct) {
  step(kBob, 0).waits = {
      {.at = air::InstructionId(2u), .what = ForVariable{.name = "x-0"}},
      {.at = air::InstructionId(1u), .what = ForPeer{.peer = kAlice, .name = "", .sender = kBob}},
      {.at = air::InstructionId(2u), .what = Failed{.code = 1, .message = "broken"}}};
  EXPECT_EQ(lines(), R"({"at_ms":0,"peer":"bob","waits_for":"x","line":2}
{"at_ms":0,"peer":"bob","gave_up":"broken","line":2}
)");
}

}  // namespace
}  // namespace aqua::report

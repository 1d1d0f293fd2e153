#include "report/explain.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "air/parser.h"
#include "diagnostics/source.h"
#include "json/canonical.h"
#include "report/show.h"

namespace aqua::report {
namespace {

using air::InstructionId;

constexpr PeerIndex kAlice(0u);
constexpr PeerIndex kBob(1u);
constexpr PeerIndex kCarol(2u);

// 0 seq, 1 par, 2 and 3 the calls of bob and carol, 4 that of alice.
constexpr std::string_view kJoin = R"((seq
  (par
    (call "bob" ("a" "x") [] x)
    (call "carol" ("a" "y") [] y))
  (call "alice" ("a" "z") [x y])))";
constexpr InstructionId kX(2u);
constexpr InstructionId kY(3u);
constexpr InstructionId kZ(4u);

air::Tree parse(std::string_view script) {
  auto tree = air::parse(script);
  EXPECT_TRUE(tree.has_value());
  return tree ? std::move(*tree) : air::Tree{};
}

Wait wait(InstructionId at, WaitingFor what) { return {.at = at, .what = std::move(what)}; }
Wait left_to(PeerIndex peer, InstructionId at) {
  return wait(at, ForPeer{.peer = peer, .name = "", .sender = kAlice});
}

class JourneyOfThree {
 public:
  JourneyOfThree() {
    for (const char* const name : {"alice", "bob", "carol"}) {
      Peer& peer = journey_.peers.emplace_back();
      peer.name = name;
    }
  }
  JourneyOfThree& step(PeerIndex peer, std::vector<Wait> waits) {
    Step& step = journey_.steps.emplace_back();
    step.peer = peer;
    step.waits = std::move(waits);
    step.complete = step.waits.empty();
    return *this;
  }
  JourneyOfThree& fails(PeerIndex peer, InstructionId at) {
    step(peer, {});
    journey_.steps.back().complete = false;
    journey_.steps.back().code = 10000;
    journey_.steps.back().message = "broken";
    journey_.steps.back().failed_at = at;
    return *this;
  }
  CallIndex call(PeerIndex peer, InstructionId at, std::optional<Answer> answer) {
    Call& call = journey_.calls.emplace_back();
    call.peer = peer;
    call.step = StepIndex(0u);
    call.at = at;
    call.service = "a";
    call.function = "f";
    call.answer = std::move(answer);
    return CallIndex(journey_.calls.size() - 1);
  }
  Journey& journey() { return journey_; }
  Explanation explain(std::string_view script = kJoin) const {
    return report::explain(journey_, parse(script));
  }

 private:
  Journey journey_;
};

// "variable y <- no-answer": a line for each cause, reasons behind it.
std::string summary(const Cause& cause) {
  std::string text(word_of(cause.kind));
  if (!cause.subject.empty()) text += ' ' + cause.subject;
  for (const Cause& reason : cause.because) text += " <- " + summary(reason);
  return text;
}
std::vector<std::string> summaries(const Explanation& explanation) {
  std::vector<std::string> lines;
  for (const Cause& cause : explanation.causes) lines.push_back(summary(cause));
  return lines;
}
using Lines = std::vector<std::string>;

TEST(Explain, FinishedWhereAPeerCameToTheEnd) {
  JourneyOfThree three;
  three.step(kAlice, {left_to(kBob, kX)}).step(kBob, {});
  EXPECT_EQ(three.explain().verdict, Verdict::kFinished);
  EXPECT_EQ(three.explain().ended_on, kBob);
  EXPECT_EQ(summaries(three.explain()), Lines{});
}

TEST(Explain, FollowsAVariableToTheServiceThatDoesNotAnswer) {
  JourneyOfThree three;
  const CallIndex call = three.call(kCarol, kY, std::nullopt);
  three.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})})
      .step(kCarol, {wait(kY, ForAnswer{call})});
  EXPECT_EQ(three.explain().verdict, Verdict::kUnfinished);
  EXPECT_EQ(summaries(three.explain()), Lines{"variable y <- no-answer a.f"});
}

TEST(Explain, NamesPeersThatGotNothing) {
  JourneyOfThree three;
  three.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})});
  const Explanation explanation = three.explain();
  EXPECT_EQ(summaries(explanation), Lines{"variable y <- not-received"});
  EXPECT_EQ(explanation.causes[0].because[0].peer, kCarol);
  EXPECT_EQ(explanation.causes[0].because[0].other, kAlice);
}

TEST(Explain, NamesPeerIdsOfNobody) {
  JourneyOfThree three;
  three.step(kAlice, {wait(kY, ForPeer{.peer = {}, .name = "zed", .sender = kAlice})});
  EXPECT_EQ(summaries(three.explain()), Lines{"nobody zed"});
}

TEST(Explain, TellsWhatFailedElsewhere) {
  JourneyOfThree three;
  three.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})}).fails(kCarol, kY);
  EXPECT_EQ(three.explain().verdict, Verdict::kFailed);
  EXPECT_EQ(summaries(three.explain()), Lines{"variable y <- failed"});

  JourneyOfThree swallowed;
  swallowed.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})})
      .step(kCarol, {wait(kY, Failed{10000, "no"})});
  EXPECT_EQ(summaries(swallowed.explain()), Lines{"variable y <- failed"});

  JourneyOfThree caught;
  caught.call(kCarol, kY, Answer{7, "no"});
  caught.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})})
      .step(kCarol, {wait(kZ, Forever{})});
  EXPECT_EQ(summaries(caught.explain()), (Lines{"variable y <- failed", "never"}));
}

TEST(Explain, TellsResultsThatAreNotSentBack) {
  JourneyOfThree three;
  three.call(kCarol, kY, Answer{0, "1"});
  three.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})})
      .step(kCarol, {left_to(kBob, kX)});
  EXPECT_EQ(summaries(three.explain()), (Lines{"variable y <- not-told", "not-received"}));
}

TEST(Explain, TellsWhatStandsBeforeAnInstruction) {
  constexpr std::string_view kScript = R"((par
  (seq (never) (ap 1 x))
  (call "alice" ("a" "z") [x])))";
  JourneyOfThree three;
  three.step(kAlice,
             {wait(InstructionId(2u), Forever{}), wait(InstructionId(4u), ForVariable{"x"})});
  EXPECT_EQ(summaries(three.explain(kScript)), Lines{"variable x <- not-reached <- never"});
}

TEST(Explain, TellsValuesThatCanNotBeSeen) {
  JourneyOfThree three;
  three.call(kAlice, kY, Answer{0, "1"});
  three.step(kAlice, {wait(kZ, ForVariable{"y"})});
  EXPECT_EQ(summaries(three.explain()), Lines{"variable y <- not-visible"});
}

TEST(Explain, SaysWhichPartsOfAStreamAreOutstanding) {
  constexpr std::string_view kScript = R"((seq
  (par (call "bob" ("a" "x") [] $s) (call "carol" ("a" "y") [] $s))
  (fold $s i (next i) (never))))";
  JourneyOfThree three;
  const CallIndex call = three.call(kCarol, kY, std::nullopt);
  three.step(kAlice, {left_to(kCarol, kY), wait(InstructionId(6u), Forever{})})
      .step(kCarol, {wait(kY, ForAnswer{call})});
  EXPECT_EQ(summaries(three.explain(kScript)), Lines{"more-values $s <- no-answer a.f"});
  JourneyOfThree empty;
  empty.step(kAlice, {wait(InstructionId(4u), ForStream{"$s"})});
  EXPECT_EQ(summaries(empty.explain(kScript)), Lines{"stream $s <- not-reached <- not-reached"});
}

TEST(Explain, ListsLossesOfFinishedScripts) {
  JourneyOfThree three;
  const CallIndex call = three.call(kCarol, kY, std::nullopt);
  three.step(kAlice, {})
      .step(kBob, {wait(kZ, Forever{})})
      .step(kCarol, {wait(kY, ForAnswer{call})});
  EXPECT_EQ(three.explain().verdict, Verdict::kFinished);
  EXPECT_EQ(summaries(three.explain()), Lines{"no-answer a.f"});
}

TEST(Explain, DoesNotTurnInCircles) {
  JourneyOfThree three;
  three.step(kAlice, {left_to(kBob, kX)}).step(kBob, {left_to(kAlice, kX)});
  const Explanation explanation = three.explain();
  EXPECT_EQ(explanation.verdict, Verdict::kUnfinished);
  EXPECT_FALSE(explanation.causes.empty());

  constexpr std::string_view kScript = R"((par
  (call "alice" ("a" "x") [y] x)
  (call "alice" ("a" "y") [x] z)))";
  JourneyOfThree circle;
  circle.step(kAlice, {wait(InstructionId(1u), ForVariable{"z"}),
                       wait(InstructionId(2u), ForVariable{"x"})});
  const auto tree = air::parse_syntax(kScript);
  ASSERT_TRUE(tree.has_value());
  EXPECT_FALSE(explain(circle.journey(), *tree).causes.empty());
}

TEST(Explain, CountsRepeatedWaitsOnce) {
  JourneyOfThree three;
  std::vector<Wait> waits;
  for (int i = 0; i < 5'000; ++i) waits.push_back(wait(kZ, ForVariable{"y"}));
  three.step(kAlice, std::move(waits));
  const Explanation explanation = three.explain();
  ASSERT_EQ(explanation.causes.size(), 1u);
  EXPECT_GT(explanation.causes[0].count, 100u);
}

TEST(Show, WritesJsonAndShortensTextOnly) {
  JourneyOfThree three;
  const std::string long_value = '"' + std::string(1000, 'x') + '"';
  const CallIndex call = three.call(kCarol, kY, Answer{0, long_value});
  three.journey().calls[call.value].arguments = {long_value};
  three.step(kAlice, {left_to(kCarol, kY), wait(kZ, ForVariable{"y"})})
      .fails(kCarol, InstructionId());
  three.journey().steps.back().calls = {call};
  three.journey().notes = {"a note"};
  const diagnostics::Source source("script.air", std::string(kJoin));
  const air::Tree tree = parse(kJoin);
  const ScriptText script{.tree = tree, .source = source};
  const Explanation explanation = report::explain(three.journey(), tree);
  for (const Detail detail : {Detail::kCalls, Detail::kSteps}) {
    const std::string json = to_json(three.journey(), explanation, script, detail);
    EXPECT_TRUE(json::check(json).has_value());
    EXPECT_NE(json.find(std::string(1000, 'x')), std::string::npos);
    const std::string text = to_text(three.journey(), explanation, script, detail);
    EXPECT_EQ(text.find(std::string(200, 'x')), std::string::npos);
    EXPECT_NE(text.find("(1002 bytes)"), std::string::npos);
    EXPECT_NE(text.find("script.air:5:3"), std::string::npos);
    EXPECT_NE(text.find("note: a note"), std::string::npos);
  }
}

}  // namespace
}  // namespace aqua::report

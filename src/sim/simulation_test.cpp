#include "sim/simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <set>
#include <string>
#include <string_view>

#include "diagnostics/source.h"
#include "report/explain.h"
#include "report/show.h"
#include "sim/random.h"

namespace aqua::sim {
namespace {

using report::Verdict;

constexpr std::string_view kJoin = R"(
;; init alice
;; on bob: a.x = 1
;; on carol: a.y = 2
;; on alice: a.z = args
;; on dave: a.end = null
(seq
  (par
    (call "@bob" ("a" "x") [] x)
    (call "@carol" ("a" "y") [] y))
  (seq
    (call "@alice" ("a" "z") [x y] z)
    (call "@dave" ("a" "end") [z])))
)";

// Every peer answers into a stream; alice goes on with three of the answers.
constexpr std::string_view kSurvey = R"(
;; init alice
;; on alice: net.peers = ["@bob", "@carol", "@dave", "@eve"]
;; on *: load.get = peer
;; on alice: out.print = null
(seq
  (call "@alice" ("net" "peers") [] peers)
  (seq
    (fold peers peer
      (par
        (call peer ("load" "get") [] $loads)
        (next peer)))
    (new $seen
      (seq
        (fold $loads load
          (seq
            (seq
              (ap load $seen)
              (canon "@alice" $seen #seen))
            (xor
              (match #seen.length 3
                (null))
              (next load)))
          (never))
        (seq
          (canon "@alice" $seen #all)
          (call "@alice" ("out" "print") [#all.length]))))))
)";

constexpr std::string_view kRace = R"(
;; init alice
;; on *: *.* = peer
(seq
  (par
    (call "@bob" ("a" "x") [] $s)
    (call "@carol" ("a" "x") [] $s))
  (seq
    (canon "@alice" $s #first)
    (call "@alice" ("a" "first") [#first.$.[0]])))
)";

struct Outcome {
  report::Journey journey;
  report::Explanation explanation;
  std::string json;
};

Outcome run(std::string_view script, const Options& options) {
  const auto scenario = parse_scenario(script);
  EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error()[0].message);
  Outcome outcome;
  if (!scenario) return outcome;
  outcome.journey = simulate(*scenario, options);
  outcome.explanation = report::explain(outcome.journey, scenario->tree);
  const diagnostics::Source source("script.air", std::string(script));
  outcome.json = to_json(outcome.journey, outcome.explanation,
                         {.tree = scenario->tree, .source = source}, report::Detail::kSteps);
  return outcome;
}

std::multiset<std::string> calls(const report::Journey& journey) {
  std::multiset<std::string> all;
  for (const report::Call& call : journey.calls) {
    all.insert(fmt::format("{} {}.{}({}) {}", journey.peers[call.peer.value].name, call.service,
                           call.function, fmt::join(call.arguments, ","),
                           call.answer ? call.answer->result : "-"));
  }
  return all;
}

TEST(Random, IsSplitMix64) {
  Random random(0);
  EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFu);
  EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4u);
}

// Dave makes a canon for bob's branch and sends nothing; then he gets carol's data.
constexpr std::string_view kMeeting = R"(
;; init alice
;; on *: *.* = peer
(seq
  (par
    (seq
      (call "@bob" ("a" "x") [] x)
      (canon "@dave" $s #s))
    (seq
      (call "@carol" ("a" "x") [] y)
      (canon "@dave" $t #t)))
  (seq
    (call "@dave" ("a" "x") [x])
    (call "@dave" ("a" "x") [y])))
)";

TEST(Simulation, DataThatWasNotSentIsSignedBeforeOthersCome) {
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    EXPECT_EQ(run(kMeeting, {.seed = seed}).explanation.verdict, Verdict::kFinished) << seed;
}

TEST(Simulation, IsTheSameForTheSameSeed) {
  for (const std::string_view script : {kJoin, kSurvey, kRace}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const Options options{.seed = seed, .record_trace = true};
      EXPECT_EQ(run(script, options).json, run(script, options).json);
    }
  }
}

TEST(Simulation, SeedsDecideARace) {
  std::set<std::string> winners;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome one = run(kRace, {.seed = seed});
    EXPECT_EQ(one.explanation.verdict, Verdict::kFinished);
    const auto first =
        std::ranges::find(one.journey.calls, std::string_view("first"), &report::Call::function);
    ASSERT_NE(first, one.journey.calls.end());
    winners.insert(first->arguments[0]);
  }
  EXPECT_EQ(winners, (std::set<std::string>{"\"@bob\"", "\"@carol\""}));
}

TEST(Simulation, ConfluentScriptsMakeTheSameCallsInEveryOrder) {
  for (const std::string_view script : {kJoin, kSurvey}) {
    const auto expected = calls(run(script, {}).journey);
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      const Outcome one = run(script, {.seed = seed});
      EXPECT_EQ(one.explanation.verdict, Verdict::kFinished) << seed;
      EXPECT_EQ(calls(one.journey), expected) << seed;
      for (const report::Step& step : one.journey.steps)
        EXPECT_EQ(step.code, 0) << seed << step.message;
    }
  }
}

TEST(Simulation, AnswersComeTogetherInOrderAndApartOtherwise) {
  constexpr std::string_view kTwoCalls = R"(
;; init alice
;; on alice: *.* = 1
(par (call "@alice" ("a" "b") []) (call "@alice" ("a" "c") [])))";
  const Outcome in_order = run(kTwoCalls, {});
  ASSERT_EQ(in_order.journey.steps.size(), 2u);
  EXPECT_EQ(in_order.journey.steps[1].answers.size(), 2u);
  const bool some_apart = std::ranges::any_of(std::views::iota(1, 20), [&](int seed) {
    return run(kTwoCalls, {.seed = static_cast<std::uint64_t>(seed)}).journey.steps.size() == 3;
  });
  EXPECT_TRUE(some_apart);
}

TEST(Simulation, StopsAtTheLimit) {
  const Outcome one = run(kJoin, {.steps_max = 3});
  EXPECT_EQ(one.journey.steps.size(), 3u);
  EXPECT_GT(one.journey.undelivered, 0u);
  EXPECT_EQ(one.explanation.verdict, Verdict::kStopped);
}

TEST(Simulation, GoesOnAfterAnErrorThatReachedTheTop) {
  // Bob's error is his alone: what he sent before arrives.
  const Outcome one = run(R"(
;; init alice
;; on bob: a.x = 1
;; on bob: a.y = error 5 "no"
;; on carol: a.z = 2
(seq
  (call "@bob" ("a" "x") [] x)
  (seq
    (par
      (call "@carol" ("a" "z") [])
      (null))
    (call "@bob" ("a" "y") [])))
)",
                          {});
  EXPECT_EQ(one.explanation.verdict, Verdict::kFailed);
  ASSERT_EQ(one.explanation.causes.size(), 1u);
  EXPECT_EQ(one.explanation.causes[0].kind, report::CauseKind::kFailed);
  EXPECT_EQ(one.explanation.causes[0].code, 10000);
  EXPECT_TRUE(calls(one.journey).contains("carol a.z() 2"));
}

}  // namespace
}  // namespace aqua::sim

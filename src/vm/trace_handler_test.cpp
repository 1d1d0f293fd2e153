#include "vm/trace_handler.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "vm/trace.h"

namespace aqua::vm {
namespace {

constexpr std::uint32_t kMax = std::numeric_limits<std::uint32_t>::max();
constexpr TextId kPeer{0u};
constexpr TextId kOtherPeer{1u};
constexpr CidId kCid{0u};
constexpr CidId kOtherCid{1u};

struct LoreParts {
  std::uint32_t value_pos;
  std::vector<SubTrace> parts;
};

Trace trace_of(std::vector<State> states) {
  Trace trace;
  trace.states = std::move(states);
  return trace;
}

// Appends a fold with this lore.
void add_fold(Trace& trace, const std::vector<LoreParts>& lores) {
  FoldState fold{static_cast<std::uint32_t>(trace.lores.size()),
                 static_cast<std::uint32_t>(lores.size())};
  for (const LoreParts& lore : lores) {
    trace.lores.push_back({lore.value_pos, static_cast<std::uint32_t>(trace.parts.size()),
                           static_cast<std::uint32_t>(lore.parts.size())});
    trace.parts.insert(trace.parts.end(), lore.parts.begin(), lore.parts.end());
  }
  trace.states.push_back(fold);
}

// --- merging ----------------------------------------------------------------------------

// "previous 0", "current 1", ... or the fault.
template <class T>
std::string describe(const TraceResult<std::optional<Met<T>>>& met) {
  if (!met) return met.error().text;
  if (!*met) return "none";
  return (*met)->source == GenerationSource::kPrevious ? "previous" : "current";
}

const State kSent = CallSentBy{kPeer};
const State kSentWithId = CallSentBy{kOtherPeer, true, 3};
const State kScalar = CallScalar{kCid};
const State kStream = CallStream{kCid, 5};
const State kUnused = CallUnused{kCid};
const State kFailed = CallFailed{kCid};

TEST(MeetCall, TakesTheOnlyOne) {
  const Trace empty;
  for (const State& state : {kSent, kSentWithId, kScalar, kStream, kUnused, kFailed}) {
    const Trace one = trace_of({state});
    EXPECT_EQ(describe(TraceHandler(one, empty).meet_call()), "previous");
    EXPECT_EQ(describe(TraceHandler(empty, one).meet_call()), "current");
  }
  EXPECT_EQ(describe(TraceHandler(empty, empty).meet_call()), "none");
}

TEST(MeetCall, PrefersAResultAndThenThePrevious) {
  for (const State& result : {kScalar, kStream, kUnused, kFailed}) {
    const Trace sent = trace_of({kSent});
    const Trace done = trace_of({result});
    EXPECT_EQ(describe(TraceHandler(sent, done).meet_call()), "current");
    EXPECT_EQ(describe(TraceHandler(done, sent).meet_call()), "previous");
    EXPECT_EQ(describe(TraceHandler(done, done).meet_call()), "previous");
  }
  const Trace sent = trace_of({kSent});
  const Trace sent_with_id = trace_of({kSentWithId});
  EXPECT_EQ(describe(TraceHandler(sent, sent_with_id).meet_call()), "previous");
}

TEST(MeetCall, ComparesResultsButForTheGeneration) {
  const Trace here = trace_of({CallStream{kCid, 1}});
  const Trace there = trace_of({CallStream{kCid, 2}});
  EXPECT_EQ(describe(TraceHandler(here, there).meet_call()), "previous");
  const std::vector<State> results = {kScalar,
                                      kStream,
                                      kUnused,
                                      kFailed,
                                      CallScalar{kOtherCid},
                                      CallStream{kOtherCid, 5},
                                      CallUnused{kOtherCid},
                                      CallFailed{kOtherCid}};
  for (std::size_t i = 0; i < results.size(); ++i)
    for (std::size_t j = 0; j < results.size(); ++j) {
      if (i == j) continue;
      const Trace a = trace_of({results[i]});
      const Trace b = trace_of({results[j]});
      EXPECT_TRUE(describe(TraceHandler(a, b).meet_call())
                      .starts_with("values in call results are not equal"))
          << i << " " << j;
    }
}

TEST(MeetCanon, PrefersTheExecutedOne) {
  const auto executed = [](const Trace& previous, const Trace& current) {
    auto met = TraceHandler(previous, current).meet_canon();
    EXPECT_TRUE(met.has_value() && met->has_value());
    return std::holds_alternative<CanonExecuted>((*met)->state);
  };
  const Trace empty;
  const Trace sent = trace_of({CanonSentBy{kPeer}});
  const Trace done = trace_of({CanonExecuted{kCid}});
  const Trace other = trace_of({CanonExecuted{kOtherCid}});
  EXPECT_FALSE(executed(sent, empty));
  EXPECT_FALSE(executed(empty, sent));
  EXPECT_FALSE(executed(sent, sent));
  EXPECT_TRUE(executed(sent, done));
  EXPECT_TRUE(executed(done, sent));
  EXPECT_TRUE(executed(done, done));
  EXPECT_TRUE(executed(done, empty));
  EXPECT_EQ(describe(TraceHandler(done, other).meet_canon()),
            "canon results point to incompatible execution states");
  EXPECT_EQ(describe(TraceHandler(empty, empty).meet_canon()), "none");
}

TEST(MeetAp, TakesTheGenerationOfThePrevious) {
  const Trace empty;
  const Trace three = trace_of({ApState{3}});
  const Trace four = trace_of({ApState{4}});
  const auto both = TraceHandler(three, four).meet_ap();
  ASSERT_TRUE(both.has_value() && both->has_value());
  EXPECT_EQ((*both)->state.generation, 3u);
  EXPECT_EQ((*both)->source, GenerationSource::kPrevious);
  EXPECT_EQ((*both)->current_pos, 0u);
  const auto only = TraceHandler(empty, four).meet_ap();
  EXPECT_EQ((*only)->state.generation, 4u);
  EXPECT_EQ((*only)->source, GenerationSource::kCurrent);
  EXPECT_EQ((*only)->previous_pos, kNoPosition);
  EXPECT_EQ(describe(TraceHandler(empty, empty).meet_ap()), "none");
}

TEST(MeetAp, RefusesMoreOrLessThanOneGeneration) {
  const Trace empty;
  const Trace malformed = trace_of({ApMalformed{0, 0}});
  const Trace good = trace_of({ApState{0}});
  constexpr std::string_view kFault =
      "ap result contains inappropriate generation count in destination";
  EXPECT_EQ(describe(TraceHandler(malformed, empty).meet_ap()), kFault);
  EXPECT_EQ(describe(TraceHandler(empty, malformed).meet_ap()), kFault);
  EXPECT_EQ(describe(TraceHandler(malformed, good).meet_ap()), kFault);
  EXPECT_EQ(describe(TraceHandler(good, malformed).meet_ap()), "previous")
      << "only its generation counts";
}

// Every instruction, over every state that is not its own, in either data and in both.
TEST(TraceHandler, RefusesStatesOfOtherInstructions) {
  struct Instruction {
    std::string_view name;
    std::function<std::string(TraceHandler&)> meet;
    std::vector<State> own;
  };
  const auto fault_of = [](const TraceResult<void>& result) {
    return result ? "" : result.error().text;
  };
  const std::vector<Instruction> instructions = {
      {"call",
       [](TraceHandler& t) { return describe(t.meet_call()); },
       {kSent, kSentWithId, kScalar, kStream, kUnused, kFailed}},
      {"ap", [](TraceHandler& t) { return describe(t.meet_ap()); }, {ApState{0}}},
      {"canon",
       [](TraceHandler& t) { return describe(t.meet_canon()); },
       {CanonSentBy{kPeer}, CanonExecuted{kCid}}},
      {"par", [&](TraceHandler& t) { return fault_of(t.par_start()); }, {ParState{}}},
      {"fold", [&](TraceHandler& t) { return fault_of(t.fold_start(0)); }, {FoldState{}}},
  };
  const Trace empty;
  for (const Instruction& instruction : instructions)
    for (const Instruction& other : instructions) {
      if (&instruction == &other) continue;
      for (const State& state : other.own) {
        const Trace wrong = trace_of({state});
        const Trace right = trace_of({instruction.own.front()});
        TraceHandler only_previous(wrong, empty);
        TraceHandler only_current(empty, wrong);
        TraceHandler both(right, wrong);
        const std::string expected =
            fmt::format("is incompatible with expected {}", instruction.name);
        EXPECT_TRUE(instruction.meet(only_previous).starts_with("state from previous `"));
        EXPECT_TRUE(instruction.meet(only_current).starts_with("state from current `"));
        TraceHandler again(wrong, empty);
        EXPECT_TRUE(instruction.meet(again).ends_with(expected));
        EXPECT_TRUE(instruction.meet(both).starts_with(
            "previous and current data have incompatible states: '"));
      }
    }
}

// --- par ----------------------------------------------------------------------------------

// How many ap states the window still holds.
int count_aps(TraceHandler& handler) {
  int count = 0;
  for (;;) {
    const auto met = handler.meet_ap();
    if (!met || !*met) return count;
    ++count;
  }
}

TEST(Par, ABranchSeesItsOwnStatesOnly) {
  const Trace previous =
      trace_of({ParState{2, 3}, ApState{}, ApState{}, ApState{}, ApState{}, ApState{}, ApState{}});
  const Trace empty;
  TraceHandler handler(previous, empty);
  ASSERT_TRUE(handler.par_start().has_value());
  EXPECT_EQ(count_aps(handler), 2);
  handler.push(ApState{});
  handler.par_left_end();
  EXPECT_EQ(count_aps(handler), 3);
  handler.push(ApState{});
  handler.push(ApState{});
  handler.par_right_end();
  EXPECT_EQ(count_aps(handler), 1);
  const auto& state = std::get<ParState>(handler.result().states[0]);
  EXPECT_EQ(state.left, 1u);
  EXPECT_EQ(state.right, 2u);
}

// The sizes bound the branches; only the end of the par has a fixed place.
// The generation that the right branch meets after a left one that met nothing of its `left` states.
std::uint32_t met_after_short_left(std::uint32_t left, std::uint32_t states_after_the_par) {
  std::vector<State> states = {ParState{left, 1}};
  for (std::uint32_t i = 1; i <= left + 1 + states_after_the_par; ++i) states.push_back(ApState{i});
  Trace previous;
  previous.states = std::move(states);
  const Trace empty;
  TraceHandler handler(previous, empty);
  EXPECT_TRUE(handler.par_start().has_value());
  handler.par_left_end();
  return (*handler.meet_ap())->state.generation;
}

TEST(Par, TheRightBranchStartsBehindAShortLeftOneWhereTheTraceIsLongEnough) {
  EXPECT_EQ(met_after_short_left(1, 0), 2u);
  EXPECT_EQ(met_after_short_left(2, 0), 1u);
  EXPECT_EQ(met_after_short_left(2, 1), 3u);
  EXPECT_EQ(met_after_short_left(3, 1), 1u);
  EXPECT_EQ(met_after_short_left(3, 2), 4u);
}

TEST(Par, OneSidedDataLeavesTheOtherSideEmpty) {
  const Trace with = trace_of({ParState{1, 1}, ApState{1}, ApState{2}, ApState{3}});
  const Trace empty;
  TraceHandler handler(empty, with);
  ASSERT_TRUE(handler.par_start().has_value());
  EXPECT_EQ((*handler.meet_ap())->state.generation, 1u);
  EXPECT_FALSE(handler.meet_ap()->has_value());
  handler.par_left_end();
  EXPECT_EQ((*handler.meet_ap())->state.generation, 2u);
  handler.par_right_end();
  EXPECT_EQ((*handler.meet_ap())->state.generation, 3u);
}

TEST(Par, RefusesSizesThatDoNotFit) {
  const auto fault = [](ParState state, bool in_previous) {
    const Trace wrong = trace_of({state, ApState{}});
    const Trace empty;
    TraceHandler handler(in_previous ? wrong : empty, in_previous ? empty : wrong);
    const auto started = handler.par_start();
    return started ? std::string() : started.error().text;
  };
  for (const bool in_previous : {true, false}) {
    EXPECT_EQ(fault({1, 0}, in_previous), "");
    EXPECT_TRUE(fault({1, 1}, in_previous).starts_with("underflow is occurred"));
    EXPECT_TRUE(fault({kMax, 0}, in_previous).starts_with("overflow is occurred"));
    EXPECT_TRUE(fault({0, kMax}, in_previous).starts_with("overflow is occurred"));
    EXPECT_TRUE(fault({kMax, kMax}, in_previous).starts_with("overflow is occurred"));
    EXPECT_TRUE(fault({kMax / 2, 2}, in_previous).starts_with("underflow is occurred"));
  }
}

// --- folds ----------------------------------------------------------------------------------

// Three values of one generation, each with as many states before and after its `next` as its number:
// 12 states.
Trace three_values() {
  Trace trace = trace_of({ApState{0}, ApState{0}, ApState{0}});
  add_fold(trace, {{0, {{4, 1}, {15, 1}}}, {1, {{5, 2}, {13, 2}}}, {2, {{7, 3}, {10, 3}}}});
  for (int i = 0; i < 12; ++i) trace.states.push_back(ApState{0});
  trace.states.push_back(ApState{99});
  return trace;
}

void meet_values(TraceHandler& handler, int count) {
  for (int i = 0; i < count; ++i) {
    const auto met = handler.meet_ap();
    ASSERT_TRUE(met.has_value() && met->has_value());
    handler.push_met(ApState{}, (*met)->previous_pos, (*met)->current_pos);
  }
}

TEST(Fold, AWindowHoldsAllThatRunsInsideOfIt) {
  const Trace previous = three_values();
  const Trace empty;
  // The part before `next` of item n, when the items before it read nothing.
  for (int item = 0; item < 3; ++item) {
    TraceHandler handler(previous, empty);
    meet_values(handler, 3);
    ASSERT_TRUE(handler.fold_start(0).has_value());
    for (int i = 0; i <= item; ++i) {
      if (i > 0) handler.iteration_end(0);
      ASSERT_TRUE(handler.iteration_start(0, static_cast<std::uint32_t>(i)).has_value());
    }
    EXPECT_EQ(count_aps(handler), (std::vector{12, 11, 9})[static_cast<std::size_t>(item)]) << item;
  }
  // The parts after it, from the last item back to the first.
  for (int back = 0; back < 3; ++back) {
    TraceHandler handler(previous, empty);
    meet_values(handler, 3);
    ASSERT_TRUE(handler.fold_start(0).has_value());
    for (std::uint32_t i = 0; i < 3; ++i) {
      if (i > 0) handler.iteration_end(0);
      ASSERT_TRUE(handler.iteration_start(0, i).has_value());
    }
    handler.iteration_end(0);
    for (int i = 0; i <= back; ++i) ASSERT_TRUE(handler.back_iterator(0).has_value());
    EXPECT_EQ(count_aps(handler), (std::vector{6, 3, 1})[static_cast<std::size_t>(back)]) << back;
  }
  TraceHandler handler(previous, empty);
  meet_values(handler, 3);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  handler.fold_end(0);
  EXPECT_EQ((*handler.meet_ap())->state.generation, 99u);
}

TEST(Fold, WritesWhereTheStatesOfEachItemAre) {
  const Trace empty;
  TraceHandler handler(empty, empty);
  for (int i = 0; i < 2; ++i) handler.push_met(ApState{}, kNoPosition, kNoPosition);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  handler.push(ApState{});  // 3: before the next of item 0
  handler.iteration_end(0);
  ASSERT_TRUE(handler.iteration_start(0, 1).has_value());
  handler.push(ApState{});  // 4
  handler.push(ApState{});  // 5
  handler.iteration_end(0);
  ASSERT_TRUE(handler.back_iterator(0).has_value());
  handler.push(ApState{});  // 6: after the next of item 1
  ASSERT_TRUE(handler.back_iterator(0).has_value());
  handler.push(ApState{});  // 7: after the next of item 0
  handler.push(ApState{});  // 8
  handler.generation_end(0);
  handler.fold_end(0);

  const Trace& trace = handler.result();
  const auto& fold = std::get<FoldState>(trace.states[2]);
  ASSERT_EQ(fold.count, 2u);
  const auto part = [&](std::size_t i) {
    return std::pair(trace.parts[i].begin, trace.parts[i].len);
  };
  EXPECT_EQ(trace.lores[0].value_pos, 0u);
  EXPECT_EQ(part(0), std::pair(3u, 1u));
  EXPECT_EQ(part(1), std::pair(7u, 2u));
  EXPECT_EQ(trace.lores[1].value_pos, 1u);
  EXPECT_EQ(part(2), std::pair(4u, 2u));
  EXPECT_EQ(part(3), std::pair(6u, 1u));
}

// An iteration that fails before its `next` has nothing behind it; items that were not reached have no lore.
TEST(Fold, ClosesWhatAnErrorLeftOpen) {
  const Trace empty;
  TraceHandler handler(empty, empty);
  for (int i = 0; i < 2; ++i) handler.push_met(ApState{}, kNoPosition, kNoPosition);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  handler.push(ApState{});
  handler.generation_end(0);
  handler.fold_end(0);
  const Trace& trace = handler.result();
  ASSERT_EQ(trace.lores.size(), 1u);
  EXPECT_EQ(trace.parts[0].begin, 3u);
  EXPECT_EQ(trace.parts[0].len, 1u);
  EXPECT_EQ(trace.parts[1].begin, 4u);
  EXPECT_EQ(trace.parts[1].len, 0u);
}

TEST(Fold, AnItemWithoutLoreSeesNothing) {
  Trace previous = trace_of({ApState{0}});
  add_fold(previous, {});
  previous.states.push_back(ApState{1});
  const Trace empty;
  TraceHandler handler(previous, empty);
  meet_values(handler, 1);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  EXPECT_EQ(count_aps(handler), 0);
  handler.generation_end(0);
  handler.fold_end(0);
  EXPECT_EQ((*handler.meet_ap())->state.generation, 1u);
}

TEST(Fold, LoreOfAnItemIsTakenOnce) {
  Trace previous = trace_of({ApState{0}});
  add_fold(previous, {{0, {{2, 1}, {3, 0}}}});
  previous.states.push_back(ApState{1});
  const Trace empty;
  TraceHandler handler(previous, empty);
  meet_values(handler, 1);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  EXPECT_EQ(count_aps(handler), 1);
  handler.generation_end(0);
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  EXPECT_EQ(count_aps(handler), 0);
}

TEST(Fold, WindowsAreInsideOfTheTrace) {
  const Trace empty;
  const std::string outside = "executed trace has 4 elements, but tried to set 1 subtrace_len";
  for (const std::uint32_t begin : {4u, 5u, kMax}) {
    Trace previous = trace_of({ApState{0}});
    add_fold(previous, {{0, {{begin, 1}, {kMax, 0}}}});
    previous.states.insert(previous.states.end(), 2, ApState{1});
    TraceHandler handler(previous, empty);
    meet_values(handler, 1);
    ASSERT_TRUE(handler.fold_start(0).has_value());
    const auto entered = handler.iteration_start(0, 0);
    ASSERT_FALSE(entered.has_value()) << begin;
    EXPECT_TRUE(entered.error().text.contains(outside)) << entered.error().text;
  }
  Trace previous = trace_of({ApState{0}});
  add_fold(previous, {{0, {{0, 0}, {4, 1}}}});
  previous.states.insert(previous.states.end(), 2, ApState{1});
  TraceHandler handler(previous, empty);
  meet_values(handler, 1);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  handler.iteration_end(0);
  EXPECT_FALSE(handler.back_iterator(0).has_value());
}

TEST(Fold, AStateReadTwiceBelongsToTheSecondReader) {
  Trace previous = trace_of({ApState{0}, ApState{0}});
  // The first item reads the second item's value once more.
  add_fold(previous, {{0, {{1, 1}, {4, 0}}}, {1, {{3, 1}, {4, 0}}}});
  previous.states.push_back(ApState{1});
  previous.states.push_back(ApState{1});
  const Trace empty;
  TraceHandler handler(previous, empty);
  meet_values(handler, 2);
  ASSERT_TRUE(handler.fold_start(0).has_value());
  ASSERT_TRUE(handler.iteration_start(0, 0).has_value());
  meet_values(handler, 1);
  handler.iteration_end(0);
  ASSERT_TRUE(handler.iteration_start(0, 1).has_value());
  EXPECT_EQ(count_aps(handler), 0);
}

std::string fold_fault(const std::vector<State>& before, const std::vector<LoreParts>& lores,
                       bool in_previous = true) {
  Trace wrong = trace_of(before);
  add_fold(wrong, lores);
  const Trace empty;
  TraceHandler handler(in_previous ? wrong : empty, in_previous ? empty : wrong);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (std::holds_alternative<ApState>(before[i]))
      static_cast<void>(handler.meet_ap());
    else
      static_cast<void>(handler.meet_call());
  }
  const auto started = handler.fold_start(0);
  return started ? std::string() : started.error().text;
}

TEST(Fold, RefusesLoreThatContradictsItself) {
  const SubTrace none{0, 0};
  for (const bool in_previous : {true, false}) {
    EXPECT_EQ(fold_fault({}, {}, in_previous), "");
    EXPECT_EQ(fold_fault({}, {{0, {}}}, in_previous),
              "fold contains 0 sublore descriptors, but 2 is expected");
    EXPECT_EQ(fold_fault({}, {{0, {none}}}, in_previous),
              "fold contains 1 sublore descriptors, but 2 is expected");
    EXPECT_EQ(fold_fault({}, {{0, {none, none, none}}}, in_previous),
              "fold contains 3 sublore descriptors, but 2 is expected");
    EXPECT_EQ(
        fold_fault({}, {{50, {none, none}}}, in_previous),
        "requested an element at position '50', but executed trace contains only '1' elements");
    EXPECT_TRUE(fold_fault({}, {{0, {none, none}}}, in_previous)
                    .starts_with("expected a state of CallResult(Value::Stream) or Ap"));
    EXPECT_EQ(fold_fault({ApState{}}, {{0, {none, none}}, {0, {none, none}}}, in_previous),
              "a fold contains several subtraces with the same value_pos 0");
    EXPECT_TRUE(
        fold_fault({ApState{}}, {{0, {{0, kMax}, {0, 1}}}}, in_previous).contains("overflow"));
    EXPECT_TRUE(fold_fault({ApState{}}, {{0, {{0, kMax}, {0, 0}}}}, in_previous)
                    .starts_with("overflow is occurred"));
    EXPECT_TRUE(fold_fault({ApState{}}, {{0, {{0, 1}, {0, 0}}}}, in_previous)
                    .starts_with("underflow is occurred"));
  }
  // Values of two generations, the second of which lies outside.
  EXPECT_TRUE(fold_fault({ApState{}}, {{0, {none, none}}, {9, {none, none}}})
                  .starts_with("requested an element"));
  EXPECT_EQ(fold_fault({kStream, ApState{1}}, {{1, {none, none}}, {0, {none, none}}}), "");
  for (const State& state : {kSent, kScalar, kUnused, kFailed})
    EXPECT_TRUE(fold_fault({state}, {{0, {none, none}}}).starts_with("expected a state of"));
}

}  // namespace
}  // namespace aqua::vm

// Errors that end a run: the state stays as it was.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/cid.h"
#include "vm/archive.h"
#include "vm/error_codes.h"
#include "vm/run.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

using base::Bytes;

Bytes written(const ParticleState& state) {
  Bytes out;
  write_data(out, state.data, state.stores);
  return out;
}

TestAnswer echo(const TestRequest& request) {
  if (request.function == "list") return {0, "[1,2,3]"};
  if (request.function == "fail") return {3, R"("no")"};
  return {0, request.arguments};
}

// Runs and answers `before`; then changes the data, runs `after` over it and expects a refusal.
struct Refusal {
  Code code;
  std::string_view before;
  std::string_view after;
  std::string_view message;  // part of it
  std::function<void(ParticleState&)> bend = {};
};

void expect_refusal(const Refusal& c) {
  SCOPED_TRACE(c.after);
  TestPeer peer('A');
  peer.settle(c.before, echo);
  if (c.bend) c.bend(peer.state());
  seal(peer.state(), "AB");
  // Without what this state remembers, as after a restart.
  TestPeer restarted('A');
  ASSERT_TRUE(load_previous(restarted.state(), written(peer.state())).has_value());
  const Bytes data = written(restarted.state());
  const RunOutcome outcome = restarted.run(c.after);
  EXPECT_EQ(static_cast<int>(outcome.code), static_cast<int>(c.code)) << outcome.message;
  EXPECT_TRUE(outcome.message.contains(with_peer_ids(c.message))) << outcome.message;
  EXPECT_FALSE(outcome.changed_state);
  EXPECT_TRUE(outcome.requests.empty());
  EXPECT_TRUE(outcome.next_peers.empty());
  EXPECT_EQ(written(restarted.state()), data);
}

TEST(UncatchableErrors, OfScripts) {
  const std::vector<Refusal> cases = {
      {Code::kIteratorShadowing, R"((call "@A" ("s" "list") [] x))",
       R"((seq (call "@A" ("s" "list") [] x) (fold x i (call "@A" ("s" "v") [] i))))",
       "variable with name 'i' can't be shadowed, shadowing isn't supported for iterables"},
      {Code::kMultipleIterables, R"((call "@A" ("s" "list") [] x))",
       R"((seq (call "@A" ("s" "list") [] x) (fold x i (fold x j (next i)))))",
       "multiple iterable values found for iterable name 'j'"},
      {Code::kNoFoldState, R"((call "@A" ("s" "list") [] x))",
       R"((seq (call "@A" ("s" "list") [] x) (seq (fold x i (next i)) (next i))))",
       "fold state not found for this iterable 'i'"},
      {Code::kShadowing, "(null)", "(seq (ap 1 y) (ap 2 y))",
       "trying to shadow variable 'y', but shadowing is allowed only inside fold blocks"},
      {Code::kShadowing, "(null)", R"((seq (ap 1 y) (call "@B" ("s" "v") [] y)))",
       "trying to shadow variable 'y'"},
      {Code::kShadowing, "(null)", R"((seq (ap 1 $s) (seq (canon "@A" $s #c) (canon "@A" $s #c))))",
       "trying to shadow variable '#c'"},
      {Code::kShadowing, "(null)", R"((seq (ap ("k" 1) %m) (seq (ap 1 y) (canon "@A" %m y))))",
       "trying to shadow variable 'y'"},
      {Code::kTrace, R"((call "@A" ("s" "list") [] x))",
       R"((seq (call "@A" ("s" "list") [] x) (fold x i (seq (ap 1 i) (ap i y)))))",
       "'i' is a fold iterator and a variable at the same time"},
  };
  for (const Refusal& c : cases) expect_refusal(c);
}

TEST(UncatchableErrors, OfErrorObjects) {
  TestPeer peer('A');
  const RunOutcome outcome = peer.settle(
      R"((seq (call "@A" ("s" "v") [] x) (xor (fail x) (null))))", [](const TestRequest&) {
        return TestAnswer{0, R"({"error_code":9223372036854775808,"message":"m"})"};
      });
  EXPECT_EQ(outcome.code, Code::kTrace);
  EXPECT_TRUE(outcome.message.contains("is larger than 2^63-1")) << outcome.message;
}

TEST(UncatchableErrors, OfDataThatDoesNotFitTheScript) {
  const std::string_view scalar = R"((call "@A" ("s" "v") [1] x))";
  const std::string_view stream = R"((seq (ap 1 $s) (canon "@A" $s #c)))";
  const std::vector<Refusal> cases = {
      {Code::kCallResultKind, scalar, R"((call "@A" ("s" "v") [1] $x))",
       "doesn't match with corresponding instruction"},
      {Code::kCallResultKind, scalar, R"((call "@A" ("s" "v") [1]))",
       "doesn't match with corresponding instruction"},
      {Code::kCallResultKind, R"((call "@A" ("s" "v") [1]))", scalar,
       "doesn't match with corresponding instruction"},
      {Code::kCallResultKind, R"((call "@A" ("s" "v") [1] $x))", scalar,
       "doesn't match with corresponding instruction"},
      {Code::kParameters, scalar, R"((call "@A" ("s" "v") [2] x))",
       "call argument_hash doesn't match expected parameters: expected bagaa"},
      {Code::kParameters, scalar, R"((call "@A" ("s" "w") [1] x))",
       "call tetraplet doesn't match expected parameters: "},
      {Code::kParameters, scalar, R"((call "@B" ("s" "v") [1] x))",
       "call tetraplet doesn't match expected parameters: "},
      {Code::kParameters, R"((call "@A" ("s" "fail") [1]))", R"((call "@A" ("s" "fail") [2]))",
       "call argument_hash doesn't match"},
      {Code::kParameters, stream, R"((seq (ap 1 $s) (canon "@B" $s #c)))",
       "canon tetraplet doesn't match expected parameters: "},
      {Code::kStreamMapPair, stream, R"((seq (ap ("k" 1) %s) (canon "@A" %s #%c)))",
       "unsupported kvpair object or map key type"},
      {Code::kCanonMap, R"((new $s (canon "@A" $s #c)))", R"((new %s (canon "@A" %s c)))",
       "can not find JValue to produce scalar from"},
      // Every kind of state, under every other instruction.
      {Code::kTrace, scalar, "(ap 1 $s)",
       "on instruction 'ap 1 $s' trace handler encountered an error: state from previous"},
      {Code::kTrace, scalar, R"((ap ("k" 1) %m))",
       R"(on instruction 'ap ("k" 1) %m' trace handler)"},
      {Code::kTrace, scalar, R"((canon "@A" $s #c))", R"(is incompatible with expected canon)"},
      {Code::kTrace, scalar, "(par (null) (null))",
       "on instruction 'par' trace handler encountered an error"},
      {Code::kTrace, "(par (null) (null))", scalar, "is incompatible with expected call"},
      {Code::kTrace, "(seq (ap 1 $s) (par (null) (null)))", "(seq (ap 1 $s) (fold $s i (next i)))",
       "on instruction 'fold $s i' trace handler"},
  };
  for (const Refusal& c : cases) expect_refusal(c);
}

TEST(UncatchableErrors, OfBentData) {
  const std::string_view scalar = R"((call "@A" ("s" "v") [1] x))";
  const std::string_view failed = R"((call "@A" ("s" "fail") [1]))";
  const std::string_view aps = "(seq (ap 1 $s) (ap 2 $s))";
  const std::string_view fold = "(seq (ap 1 $s) (fold $s i (next i) (null)))";
  const std::string_view canon = R"((seq (ap 1 $s) (canon "@A" $s #c)))";
  constexpr auto kTrust = ParticleStores::Check::kTrust;
  // Replaces the value of the service result that the first state has.
  const auto value_is = [](std::string_view text) {
    return [text](ParticleState& s) {
      State& state = s.data.trace.states[0];
      const bool is_failed = std::holds_alternative<CallFailed>(state);
      ServiceResult result =
          *s.stores.service_result(is_failed ? std::get<CallFailed>(state).service_result
                                             : std::get<CallScalar>(state).service_result);
      result.value = s.stores.cids.intern(crypto::view(crypto::cid_of(base::as_bytes(text))));
      s.stores.receive_value(result.value, text, kTrust);
      s.stores.admit(Store::kValues, result.value);
      const CidId cid = s.stores.admit(result);
      if (is_failed)
        state = CallFailed{cid};
      else
        state = CallScalar{cid};
    };
  };
  const std::vector<Refusal> cases = {
      {Code::kMalformedFailure, failed, failed, "failed to deserialize to CallServiceFailed",
       value_is("1")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize", value_is("{}")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":"m"})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"ret_code":1})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":"m","ret_code":"1"})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":"m","ret_code":3000000000})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":"m","ret_code":-3000000000})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":"m","ret_code":1.5})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize",
       value_is(R"({"message":2,"ret_code":1})")},
      {Code::kMalformedFailure, failed, failed, "failed to deserialize", value_is(R"([1,"m",3])")},
      {Code::kTrace, scalar, scalar, "is not JSON", value_is("not JSON")},
      {Code::kTrace, failed, failed, "is not JSON", value_is("not JSON")},
      {Code::kCidNotFound, scalar, scalar, "value for CID \"",
       [](ParticleState& s) {
         auto& state = std::get<CallScalar>(s.data.trace.states[0]);
         ServiceResult result = *s.stores.service_result(state.service_result);
         result.value = s.stores.cids.intern("nowhere");
         state.service_result = s.stores.admit(result);
       }},
      {Code::kCidNotFound, canon, canon, "canon aggregate for CID \"nowhere\" not found",
       [](ParticleState& s) {
         auto& state = std::get<CanonExecuted>(s.data.trace.states[1]);
         CanonResult result = *s.stores.canon_result(state.canon_result);
         result.elements = {s.stores.cids.intern("nowhere")};
         state.canon_result = s.stores.admit(result);
       }},
      {Code::kCidNotFound, canon, canon, "tetraplet for CID \"nowhere\" not found",
       [](ParticleState& s) {
         auto& state = std::get<CanonExecuted>(s.data.trace.states[1]);
         CanonResult result = *s.stores.canon_result(state.canon_result);
         CanonElement element = *s.stores.canon_element(result.elements[0]);
         element.tetraplet = s.stores.cids.intern("nowhere");
         result.elements = {s.stores.admit(element)};
         state.canon_result = s.stores.admit(result);
       }},
      {Code::kCidNotFound, canon, canon, "value for CID \"nowhere\" not found",
       [](ParticleState& s) {
         auto& state = std::get<CanonExecuted>(s.data.trace.states[1]);
         CanonResult result = *s.stores.canon_result(state.canon_result);
         CanonElement element = *s.stores.canon_element(result.elements[0]);
         element.value = s.stores.cids.intern("nowhere");
         result.elements = {s.stores.admit(element)};
         state.canon_result = s.stores.admit(result);
       }},
      {Code::kStreamMapPair, canon, R"((seq (ap ("k" 1) %m) (canon "@A" %m #%c)))",
       "unsupported kvpair object",
       [](ParticleState& s) {
         auto& state = std::get<CanonExecuted>(s.data.trace.states[1]);
         CanonResult result = *s.stores.canon_result(state.canon_result);
         CanonElement element = *s.stores.canon_element(result.elements[0]);
         element.value = s.stores.admit_value(s.stores.intern_value(R"({"key":1.5,"value":1})"));
         result.elements = {s.stores.admit(element)};
         state.canon_result = s.stores.admit(result);
       }},
      {Code::kStreamMapPair, canon, R"((seq (ap ("k" 1) %m) (canon "@A" %m #%c)))",
       "unsupported kvpair object",
       [](ParticleState& s) {
         auto& state = std::get<CanonExecuted>(s.data.trace.states[1]);
         CanonResult result = *s.stores.canon_result(state.canon_result);
         CanonElement element = *s.stores.canon_element(result.elements[0]);
         element.value = s.stores.admit_value(s.stores.intern_value(R"({"key":"k"})"));
         result.elements = {s.stores.admit(element)};
         state.canon_result = s.stores.admit(result);
       }},
      {Code::kTrace, aps, aps, "ap result contains inappropriate generation count in destination",
       [](ParticleState& s) { s.data.trace.states[1] = ApMalformed{0, 0}; }},
      {Code::kTrace, "(par (null) (null))", "(par (null) (null))", "underflow is occurred",
       [](ParticleState& s) { s.data.trace.states[0] = ParState{5, 0}; }},
      {Code::kTrace, fold, fold, "fold contains 1 sublore descriptors, but 2 is expected",
       [](ParticleState& s) { s.data.trace.lores[0].part_count = 1; }},
      {Code::kTrace, fold, fold, "requested an element at position '50'",
       [](ParticleState& s) { s.data.trace.lores[0].value_pos = 50; }},
      {Code::kTrace, fold, fold, "underflow is occurred",
       [](ParticleState& s) { s.data.trace.parts[0].len = 100; }},
  };
  for (const Refusal& c : cases) expect_refusal(c);
}

// What a failed call recorded is read in both forms that there are.
TEST(UncatchableErrors, RecordedFailuresHaveTwoForms) {
  for (const std::string_view value : {R"({"message":"m","ret_code":5})", R"([5,"m"])",
                                       R"({"extra":1,"message":"m","ret_code":5})"}) {
    TestPeer peer('A');
    const std::string_view script = R"((call "@A" ("s" "fail") [1]))";
    peer.settle(script, echo);
    ParticleState& s = peer.state();
    auto& state = std::get<CallFailed>(s.data.trace.states[0]);
    ServiceResult result = *s.stores.service_result(state.service_result);
    result.value = s.stores.admit_value(s.stores.intern_value(value));
    state.service_result = s.stores.admit(result);
    seal(s, "A");
    const RunOutcome outcome = peer.run(script);
    EXPECT_EQ(outcome.code, Code::kLocalService);
    EXPECT_EQ(outcome.message, "Local service error, ret_code is 5, error message is 'm'");
  }
}

TEST(UncatchableErrors, AStreamHolds1023Values) {
  for (const auto& [count, code] :
       {std::pair(1023, Code::kSuccess), std::pair(1024, Code::kStreamSize)}) {
    for (const std::string_view add : {"(ap i $s)", R"((ap ("k" i) %s))"}) {
      TestPeer peer('A');
      const RunOutcome outcome = peer.settle(
          fmt::format(R"((seq (call "@A" ("s" "v") [] x) (fold x i (seq {} (next i)))))", add),
          [count = count](const TestRequest&) {
            std::string list = "[0";
            for (int i = 1; i < count; ++i) list += ",0";
            return TestAnswer{0, list + "]"};
          });
      EXPECT_EQ(outcome.code, code) << outcome.message;
      if (code == Code::kSuccess) continue;
      EXPECT_EQ(outcome.message, "stream size goes over the allowed limit of 1024");
      EXPECT_FALSE(outcome.changed_state);
      EXPECT_EQ(peer.state().data.trace.states.size(), 1u) << "the call that waits for its result";
    }
  }
}

// Results of a call whose arguments are hidden from it by then.
TEST(UncatchableErrors, AResultWithoutItsArguments) {
  TestPeer peer('A');
  const std::string_view with_x = R"((seq (ap 1 x) (call "@A" ("s" "v") [x] y)))";
  peer.settle(with_x, echo);
  const std::string_view hidden =
      R"((seq (par (null) (seq (never) (ap 1 x))) (call "@A" ("s" "v") [x] y)))";
  ParticleState& s = peer.state();
  s.data.trace.states.insert(s.data.trace.states.begin(), ParState{0, 0});
  const RunOutcome outcome = peer.run(hidden);
  EXPECT_EQ(outcome.code, Code::kTrace);
  EXPECT_TRUE(outcome.message.contains("a result is recorded for 'call")) << outcome.message;
}

// Two peers disagree on the result of one call.
TEST(UncatchableErrors, ResultsThatContradictEachOther) {
  const std::string_view script = R"((call "@B" ("s" "v") []))";
  const auto answered = [&](std::string_view answer) {
    TestPeer peer('B');
    peer.settle(script, [&](const TestRequest&) { return TestAnswer{0, std::string(answer)}; });
    return peer.data();
  };
  TestPeer reader('A');
  ASSERT_EQ(reader.run(script, answered("1")).code, Code::kSuccess);
  const Bytes before = written(reader.state());
  const RunOutcome outcome = reader.run(script, answered("2"));
  EXPECT_EQ(outcome.code, Code::kTrace);
  EXPECT_TRUE(outcome.message.contains("values in call results are not equal")) << outcome.message;
  EXPECT_EQ(written(reader.state()), before);
  EXPECT_EQ(reader.run(script, answered("1")).code, Code::kSuccess);
}

}  // namespace
}  // namespace aqua::vm

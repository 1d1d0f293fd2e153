#include "services/service_desk.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aqua::services {
namespace {

constexpr std::uint64_t kNow = 1000;
constexpr std::uint64_t kDeadline = 9000;

template <class Kind>
std::vector<Kind> all(const std::vector<DeskEffect>& effects) {
  std::vector<Kind> found;
  for (const DeskEffect& effect : effects) {
    if (const Kind* const one = std::get_if<Kind>(&effect)) found.push_back(*one);
  }
  return found;
}

ServiceCall call_of(std::uint32_t id, std::string service, std::string function,
                    std::vector<std::string> arguments = {}) {
  return {{1, id}, std::move(service), std::move(function), std::move(arguments), {}, kDeadline};
}

class ServiceDeskTest : public testing::Test {
 protected:
  ServiceDeskTest() {
    Service canned;
    CannedService replies;
    replies.functions["hello"] = {{{CannedValue{"\"hi\""}, 5}}};
    replies.functions["age"] = {{{CannedValue{"300"}, 0}}};
    replies.functions["silent"] = {{{CannedSilence{}, 0}}};
    canned.body = replies;
    canned.aliases = {"greet"};
    desk.add("greeter", canned);
    Service process;
    process.body = ProcessService{{"x"}, {}, ""};
    process.concurrency = 2;
    process.timeout_ms = 100;
    desk.add("worker", process);
    Service native;
    NativeService functions;
    functions.functions["length"] = [](Arguments arguments, const CallContext& context) {
      return Answer{0, std::to_string(arguments.size() + context.particle_id.size())};
    };
    native.body = functions;
    desk.add("native", native);
  }

  std::vector<DeskEffect> call(ServiceCall call, std::uint64_t now_ms = kNow) {
    std::vector<DeskEffect> effects;
    desk.call(std::move(call), now_ms, effects);
    return effects;
  }
  Answer answer(ServiceCall c) {
    const auto given = all<GiveAnswer>(call(std::move(c)));
    EXPECT_EQ(given.size(), 1);
    return given.empty() ? Answer{} : given[0].answer;
  }
  std::vector<DeskEffect> given(std::uint32_t id) {
    std::vector<DeskEffect> effects;
    desk.given({1, id}, kNow, effects);
    return effects;
  }
  std::vector<DeskEffect> cancel(std::uint32_t id) {
    std::vector<DeskEffect> effects;
    desk.cancel({1, id}, kNow, effects);
    return effects;
  }

  crypto::KeyPair key = crypto::KeyPair::from_seed({1});
  Declarations declarations{
      {"greeter",
       {{"hello", {{{"name", read_shape(R"({"tag":"scalar","name":"string"})")}}, {}}},
        {"age", {{}, {read_shape(R"({"tag":"scalar","name":"u8"})")}}}}}};
  ServiceDesk desk{{.key = &key, .name = "alice", .air_version = "0", .known_peers = {}},
                   &declarations};
};

TEST_F(ServiceDeskTest, OneCallAtATimeUnlessMoreAreAllowed) {
  const auto first = all<GiveAnswer>(call(call_of(1, "greeter", "hello", {"\"a\""})));
  ASSERT_EQ(first.size(), 1);
  EXPECT_EQ(first[0].delay_ms, 5);
  EXPECT_TRUE(call(call_of(2, "greet", "hello", {"\"b\""})).empty()) << "it waits for its turn";
  const auto second = all<GiveAnswer>(given(1));
  ASSERT_EQ(second.size(), 1);
  EXPECT_EQ(second[0].key.call_id, 2);
  // Others do not wait for it.
  EXPECT_EQ(all<Ask>(call(call_of(3, "worker", "f"))).size(), 1);
  EXPECT_EQ(all<Ask>(call(call_of(4, "worker", "f"))).size(), 1);
  EXPECT_TRUE(call(call_of(5, "worker", "f")).empty());
}

TEST_F(ServiceDeskTest, WaitingCallsThatAreCancelledGetNoTurn) {
  for (std::uint32_t id = 1; id <= 4; ++id) call(call_of(id, "greeter", "hello", {"\"a\""}));
  EXPECT_TRUE(cancel(2).empty());
  EXPECT_TRUE(cancel(2).empty());
  const auto next = all<GiveAnswer>(given(1));
  ASSERT_EQ(next.size(), 1);
  EXPECT_EQ(next[0].key.call_id, 3);
  EXPECT_EQ(all<GiveAnswer>(cancel(3)).at(0).key.call_id, 4);
}

// With a search through the queue for each of them this takes minutes.
TEST_F(ServiceDeskTest, ManyWaitingCallsAreCancelledOneByOne) {
  constexpr std::uint32_t kCalls = 100'000;
  for (std::uint32_t id = 1; id <= kCalls; ++id) call(call_of(id, "greeter", "hello", {"\"a\""}));
  for (std::uint32_t id = kCalls; id > 1; --id) ASSERT_TRUE(cancel(id).empty());
  EXPECT_TRUE(given(1).empty());
}

TEST_F(ServiceDeskTest, NativeFunctionsKnowTheirCaller) {
  ServiceCall c = call_of(1, "native", "length", {"1", "2"});
  c.context.particle_id = "abc";
  EXPECT_EQ(answer(c), (Answer{0, "5"}));
}

TEST_F(ServiceDeskTest, ArgumentsAndResultsAreAsDeclared) {
  EXPECT_EQ(
      answer(call_of(1, "greeter", "hello", {"7"})),
      (Answer{1, R"("greeter.hello on alice: the argument name has to be string, and is 7")"}));
  EXPECT_EQ(answer(call_of(2, "greeter", "hello")),
            (Answer{1, R"("greeter.hello on alice takes 1 argument, and was given 0")"}));
  EXPECT_EQ(answer(call_of(3, "greeter", "age")),
            (Answer{1, R"("greeter.age on alice: the result has to be u8, and is 300")"}));
}

TEST_F(ServiceDeskTest, UnknownNamesAreToldWithTheNearest) {
  EXPECT_EQ(answer(call_of(1, "greter", "hello")).result,
            R"("alice has no service \"greter\", did you mean \"greeter\"?")");
  EXPECT_EQ(
      answer(call_of(1, "greeter", "helo")).result,
      R"("the service \"greeter\" on alice has no function \"helo\", did you mean \"hello\"?")");
  EXPECT_EQ(answer(call_of(1, "op", "nop")).ret_code, 1);
}

TEST_F(ServiceDeskTest, RepliesFindTheirCallOnce) {
  const Ask ask = all<Ask>(call(call_of(1, "worker", "f"))).at(0);
  EXPECT_EQ(ask.at_ms, kNow + 100);
  const std::string reply = R"({"id":)" + std::to_string(ask.request_id) + R"(,"result":[1]})";
  std::vector<DeskEffect> effects;
  EXPECT_FALSE(desk.replied("greeter", reply, kNow, effects).has_value()) << "of another service";
  EXPECT_FALSE(desk.replied("worker", "rubbish", kNow, effects).has_value());
  EXPECT_TRUE(effects.empty());
  ASSERT_TRUE(desk.replied("worker", reply, kNow, effects).has_value());
  ASSERT_EQ(all<GiveAnswer>(effects).size(), 1);
  EXPECT_EQ(all<GiveAnswer>(effects)[0].answer, (Answer{0, "[1]"}));
  effects.clear();
  EXPECT_FALSE(desk.replied("worker", reply, kNow, effects).has_value()) << "it comes twice";
  EXPECT_TRUE(effects.empty());
}

TEST_F(ServiceDeskTest, ALateServiceIsNotWaitedFor) {
  const Ask ask = all<Ask>(call(call_of(1, "worker", "f"))).at(0);
  std::vector<DeskEffect> effects;
  desk.timed_out({1, 1}, kNow + 100, effects);
  ASSERT_EQ(all<GiveAnswer>(effects).size(), 1);
  EXPECT_EQ(all<GiveAnswer>(effects)[0].answer.ret_code, 1);
  ASSERT_EQ(all<Withdraw>(effects).size(), 1);
  EXPECT_EQ(all<Withdraw>(effects)[0].request_id, ask.request_id);
  effects.clear();
  desk.timed_out({1, 1}, kNow + 200, effects);
  EXPECT_TRUE(effects.empty());
}

TEST_F(ServiceDeskTest, ADeadProcessFailsItsCallsAndTheNextAreAsked) {
  call(call_of(1, "worker", "f"));
  call(call_of(2, "worker", "f"));
  call(call_of(3, "worker", "f"));
  std::vector<DeskEffect> effects;
  desk.all_failed("worker", "it died", kNow, effects);
  const auto failed = all<GiveAnswer>(effects);
  ASSERT_EQ(failed.size(), 2);
  EXPECT_EQ(failed[0].answer, (Answer{1, "\"it died\""}));
  const auto asked = all<Ask>(effects);
  ASSERT_EQ(asked.size(), 1);
  EXPECT_EQ(asked[0].key.call_id, 3);
}

TEST_F(ServiceDeskTest, CancelledCallsGiveTheirTurnAway) {
  EXPECT_TRUE(all<GiveAnswer>(call(call_of(1, "greeter", "silent"))).empty());
  call(call_of(2, "greeter", "hello", {"\"a\""}));
  call(call_of(3, "greeter", "hello", {"\"b\""}));
  EXPECT_TRUE(cancel(2).empty());
  const auto next = all<GiveAnswer>(cancel(1));
  ASSERT_EQ(next.size(), 1);
  EXPECT_EQ(next[0].key.call_id, 3);
  EXPECT_TRUE(cancel(9).empty());
}

TEST_F(ServiceDeskTest, TimersEndWithTheirCall) {
  const auto given = all<GiveAnswer>(call(call_of(1, "peer", "timeout", {"60000", "\"late\""})));
  ASSERT_EQ(given.size(), 1);
  EXPECT_EQ(given[0].delay_ms, kDeadline - kNow);
}

}  // namespace
}  // namespace aqua::services

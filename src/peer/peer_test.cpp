#include "peer/peer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "vm/test_peer.h"

namespace aqua::peer {
namespace {

constexpr std::uint64_t kNow = 1'700'000'000'000;

template <class Kind>
std::vector<Kind> all(const std::vector<Effect>& effects) {
  std::vector<Kind> found;
  for (const Effect& effect : effects) {
    if (const Kind* const one = std::get_if<Kind>(&effect)) found.push_back(*one);
  }
  return found;
}

Particle particle(std::string_view script, std::uint32_t ttl_ms = 7000, char from = 'A',
                  std::uint64_t timestamp_ms = kNow) {
  auto header = std::make_shared<ParticleHeader>();
  header->id = "p";
  header->init_peer_id = vm::test_keys(from).peer_id();
  header->timestamp_ms = timestamp_ms;
  header->ttl_ms = ttl_ms;
  header->script = vm::with_peer_ids(script);
  sign(*header, vm::test_keys(from));
  return {std::move(header), nullptr};
}

class PeerTest : public testing::Test {
 protected:
  std::vector<Effect> handle(Event event, std::uint64_t now_ms = kNow) {
    std::vector<Effect> effects;
    peer.handle(std::move(event), now_ms, effects);
    return effects;
  }
  // Performs the run that is asked for.
  std::vector<Effect> start(const Particle& p) {
    const auto asked = all<ScheduleRun>(handle(Arrived{"", p}));
    EXPECT_EQ(asked.size(), 1);
    return asked.empty() ? std::vector<Effect>() : handle(RunNow{asked[0].particle});
  }
  Refusal refusal(const Particle& p, std::uint64_t now_ms = kNow) {
    const auto refused = all<Refused>(handle(Arrived{"x", p}, now_ms));
    EXPECT_EQ(refused.size(), 1);
    return refused.empty() ? Refusal::kBusy : refused[0].why;
  }

  ScriptCache scripts{8};
  Limits limits;
  Peer peer{vm::test_keys('A'), scripts, {}};
};

constexpr std::string_view kTwoCalls =
    R"((par (call "@A" ("s" "f") [] x) (call "@A" ("s" "g") [1] y)))";

TEST_F(PeerTest, CallsRunTogetherAndTheirResultsToo) {
  const auto calls = all<Call>(start(particle(kTwoCalls)));
  ASSERT_EQ(calls.size(), 2);
  EXPECT_EQ(calls[1].arguments, std::vector<std::string>{"1"});
  EXPECT_EQ(
      all<ScheduleRun>(handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}})).size(), 1);
  EXPECT_EQ(
      all<ScheduleRun>(handle(Answered{calls[1].particle, calls[1].call_id, {0, "2"}})).size(), 0);
  const auto ran = all<Ran>(handle(RunNow{calls[0].particle}));
  ASSERT_EQ(ran.size(), 1);
  EXPECT_EQ(ran[0].answers.size(), 2);
  EXPECT_TRUE(ran[0].outcome.complete);
  EXPECT_TRUE(all<Ran>(handle(RunNow{calls[0].particle})).empty()) << "nobody asked for it";
}

TEST_F(PeerTest, ASecondAnswerDoesNothing) {
  const auto calls = all<Call>(start(particle(kTwoCalls)));
  handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}});
  handle(RunNow{calls[0].particle});
  EXPECT_TRUE(handle(Answered{calls[0].particle, calls[0].call_id, {0, "2"}}).empty());
  EXPECT_TRUE(handle(Answered{ParticleKey{99}, 1, {0, "2"}}).empty());
}

TEST_F(PeerTest, SendsOnAndMergesCopies) {
  const Particle p = particle(R"((seq (call "@A" ("s" "f") [] x) (call "@B" ("s" "g") [x] y)))");
  const auto calls = all<Call>(start(p));
  ASSERT_EQ(calls.size(), 1);
  handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}});
  const auto sent = all<Send>(handle(RunNow{calls[0].particle}));
  ASSERT_EQ(sent.size(), 1);
  EXPECT_EQ(sent[0].to, vm::test_keys('B').peer_id());
  EXPECT_EQ(sent[0].particle.header, p.header);
  // The same once more, and with data that is no data.
  handle(Arrived{"b", sent[0].particle});
  EXPECT_TRUE(all<Call>(handle(RunNow{calls[0].particle})).empty());
  handle(Arrived{"b", {p.header, std::make_shared<base::Bytes>(base::Bytes{1, 2, 3})}});
  const auto ran = all<Ran>(handle(RunNow{calls[0].particle}));
  ASSERT_EQ(ran.size(), 1);
  EXPECT_FALSE(ran[0].outcome.changed_state);
  EXPECT_EQ(peer.particle_count(), 1);
}

TEST_F(PeerTest, BadDataCostsNobodyAResult) {
  const Particle p = particle(kTwoCalls);
  const auto calls = all<Call>(start(p));
  handle(Arrived{"b", {p.header, std::make_shared<base::Bytes>(base::Bytes{1, 2, 3})}});
  handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}});
  EXPECT_EQ(all<ScheduleRun>(handle(RunNow{calls[0].particle})).size(), 1);
  const auto ran = all<Ran>(handle(RunNow{calls[0].particle}));
  ASSERT_EQ(ran.size(), 1);
  EXPECT_EQ(ran[0].answers.size(), 1);
}

TEST_F(PeerTest, NothingIsLeftAtTheDeadline) {
  const auto effects = handle(Arrived{"", particle(kTwoCalls)});
  ASSERT_EQ(all<WakeAt>(effects).size(), 1);
  EXPECT_EQ(all<WakeAt>(effects)[0].at_ms, kNow + 7000);
  const auto calls = all<Call>(handle(RunNow{all<ScheduleRun>(effects)[0].particle}));
  EXPECT_EQ(peer.call_count(), 2);
  const auto late = handle(Woke{}, kNow + 7000);
  EXPECT_EQ(all<CancelCall>(late).size(), 2);
  EXPECT_EQ(all<Forgotten>(late).size(), 1);
  EXPECT_EQ(peer.particle_count(), 0);
  EXPECT_EQ(peer.call_count(), 0);
  EXPECT_TRUE(handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}}, kNow + 7001).empty());
}

TEST_F(PeerTest, LateCallsEndWithAnError) {
  Peer strict(vm::test_keys('A'), scripts, {.limits = {.call_ms_max = 100}});
  std::vector<Effect> effects;
  strict.handle(Arrived{"", particle(kTwoCalls)}, kNow, effects);
  strict.handle(RunNow{all<ScheduleRun>(effects)[0].particle}, kNow, effects);
  effects.clear();
  strict.handle(Woke{}, kNow + 100, effects);
  EXPECT_EQ(all<CancelCall>(effects).size(), 2);
  ASSERT_EQ(all<ScheduleRun>(effects).size(), 1);
  strict.handle(RunNow{all<ScheduleRun>(effects)[0].particle}, kNow + 100, effects);
  EXPECT_EQ(all<Ran>(effects)[0].answers.size(), 2);
}

TEST_F(PeerTest, CallsWaitForRoomInFlight) {
  Peer narrow(vm::test_keys('A'), scripts, {.limits = {.calls_in_flight_max = 1}});
  std::vector<Effect> effects;
  narrow.handle(Arrived{"", particle(kTwoCalls)}, kNow, effects);
  narrow.handle(RunNow{all<ScheduleRun>(effects)[0].particle}, kNow, effects);
  const auto calls = all<Call>(effects);
  ASSERT_EQ(calls.size(), 1);
  effects.clear();
  narrow.handle(Answered{calls[0].particle, calls[0].call_id, {0, "1"}}, kNow, effects);
  EXPECT_EQ(all<Call>(effects).size(), 1);
}

TEST_F(PeerTest, RefusesWhatItShould) {
  EXPECT_EQ(refusal(particle(kTwoCalls), kNow + 7000), Refusal::kExpired);
  EXPECT_EQ(refusal(particle(kTwoCalls, 7000, 'A', kNow + 60'001)), Refusal::kFromTheFuture);
  EXPECT_EQ(refusal(particle(kTwoCalls, 600'001)), Refusal::kTtlTooLong);
  EXPECT_EQ(refusal(particle("(nonsense)")), Refusal::kBadScript);
  Particle forged = particle(kTwoCalls);
  auto header = std::make_shared<ParticleHeader>(*forged.header);
  header->script += ' ';
  EXPECT_EQ(refusal({header, nullptr}), Refusal::kBadSignature);
  // Handed over on this peer, but of somebody else's making.
  auto foreign = std::make_shared<ParticleHeader>(*particle(kTwoCalls, 7000, 'B').header);
  foreign->script += ' ';
  const auto refused = all<Refused>(handle(Arrived{"", {foreign, nullptr}}));
  ASSERT_EQ(refused.size(), 1);
  EXPECT_EQ(refused[0].why, Refusal::kBadSignature);
  EXPECT_EQ(peer.particle_count(), 0);
  const Particle p = particle(kTwoCalls);
  for (std::size_t i = 0; i < limits.copies_waiting_max; ++i)
    EXPECT_TRUE(all<Refused>(handle(Arrived{"x", p})).empty());
  EXPECT_EQ(refusal(p), Refusal::kBusy);
}

// By B: what A does with it is done at once.
Particle passing(std::string_view text) {
  return particle("(call \"@C\" (\"s\" \"f\") [\"" + std::string(text) + "\"])", 7000, 'B');
}

TEST_F(PeerTest, AnInitiatorAtItsLimitLosesItsOldestParticleThatRests) {
  Peer narrow(vm::test_keys('A'), scripts, {.limits = {.particles_per_initiator_max = 2}});
  const auto arrive = [&](const Particle& p) {
    std::vector<Effect> effects;
    narrow.handle(Arrived{"x", p}, kNow, effects);
    for (const ScheduleRun& run : all<ScheduleRun>(effects))
      narrow.handle(RunNow{run.particle}, kNow, effects);
    return effects;
  };
  arrive(passing("1"));
  arrive(passing("2"));
  Particle forged = passing("3");
  auto header = std::make_shared<ParticleHeader>(*forged.header);
  header->id = "other";
  const auto refused = all<Refused>(arrive({header, nullptr}));
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].why, Refusal::kBadSignature);
  EXPECT_EQ(narrow.particle_count(), 2u) << "a forged particle costs nobody anything";

  EXPECT_EQ(all<Forgotten>(arrive(passing("3"))).size(), 1u);
  EXPECT_EQ(narrow.particle_count(), 2u);
  const auto again = all<Refused>(arrive(passing("1")));
  ASSERT_EQ(again.size(), 1u) << "what was forgotten does not begin anew";
  EXPECT_EQ(again[0].why, Refusal::kTooManyOfInitiator);
  EXPECT_TRUE(all<Refused>(arrive(passing("2"))).empty()) << "what is still known is";
}

TEST_F(PeerTest, AnInitiatorAtItsLimitLosesNothingThatGoesOn) {
  Peer narrow(vm::test_keys('A'), scripts, {.limits = {.particles_per_initiator_max = 1}});
  std::vector<Effect> effects;
  narrow.handle(Arrived{"x", particle(kTwoCalls, 7000, 'B')}, kNow, effects);
  narrow.handle(RunNow{all<ScheduleRun>(effects)[0].particle}, kNow, effects);
  ASSERT_FALSE(all<Call>(effects).empty());
  effects.clear();
  narrow.handle(Arrived{"x", passing("1")}, kNow, effects);
  ASSERT_EQ(all<Refused>(effects).size(), 1u);
  EXPECT_EQ(all<Refused>(effects)[0].why, Refusal::kTooManyOfInitiator);
}

}  // namespace
}  // namespace aqua::peer

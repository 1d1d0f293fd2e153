#include "peer/delivery_report.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "base/varint.h"
#include "peer/peer.h"
#include "vm/test_peer.h"

namespace aqua::peer {
namespace {

constexpr std::uint64_t kNow = 1'700'000'000'000;

DeliveryReport a_report() {
  DeliveryReport report{.particle = {},
                        .particle_id = "p",
                        .reporter = {},
                        .from = vm::test_keys('A').peer_id(),
                        .to = vm::test_keys('B').peer_id(),
                        .why = std::string(kUnreachable),
                        .detail = "nobody answers at /ip4/10.0.0.1",
                        .at_ms = kNow,
                        .signature = {}};
  report.particle.fill(7);
  sign(report, vm::test_keys('A'));
  return report;
}

base::Bytes frame_of(const DeliveryReport& report) {
  base::Bytes frame;
  append_frame(frame, report);
  return frame;
}

TEST(DeliveryReport, ComesBackAsItWasSigned) {
  const auto read = decode_delivery_report(frame_of(a_report()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->reporter, vm::test_keys('A').peer_id());
  EXPECT_EQ(read->why, kUnreachable);
  EXPECT_EQ(read->at_ms, kNow);
  EXPECT_TRUE(has_valid_signature(*read));
}

TEST(DeliveryReport, EveryFieldIsSigned) {
  DeliveryReport report = a_report();
  const auto is_refused = [](DeliveryReport changed) { return !has_valid_signature(changed); };
  report.detail += '.';
  EXPECT_TRUE(is_refused(report));
  report = a_report();
  report.particle[0] ^= 1;
  EXPECT_TRUE(is_refused(report));
  report = a_report();
  report.to = vm::test_keys('C').peer_id();
  EXPECT_TRUE(is_refused(report));
  report = a_report();
  report.at_ms += 1;
  EXPECT_TRUE(is_refused(report));
}

TEST(DeliveryReport, OnlyAnEndOfTheHopReportsIt) {
  DeliveryReport report = a_report();
  sign(report, vm::test_keys('C'));
  EXPECT_FALSE(has_valid_signature(report));
  sign(report, vm::test_keys('B'));
  EXPECT_TRUE(has_valid_signature(report));
}

TEST(DeliveryReport, LongTextIsCutBetweenCharacters) {
  DeliveryReport report = a_report();
  report.detail = std::string(kDetailBytesMax - 1, 'x') + "\u00e9\u00e9";
  sign(report, vm::test_keys('A'));
  EXPECT_EQ(report.detail, std::string(kDetailBytesMax - 1, 'x'));
  EXPECT_TRUE(decode_delivery_report(frame_of(report)).has_value());
}

TEST(DeliveryReport, EveryPrefixIsTruncated) {
  const base::Bytes frame = frame_of(a_report());
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const auto read = decode_delivery_report(base::ByteView(frame).first(size));
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error(), DeliveryReportError::kTruncated);
  }
}

TEST(DeliveryReport, SaysWhatIsWrong) {
  const auto error = [](const base::Bytes& frame) {
    const auto read = decode_delivery_report(frame);
    EXPECT_FALSE(read.has_value());
    return read.has_value() ? DeliveryReportError::kTruncated : read.error();
  };
  base::Bytes too_long;
  base::append_varint(too_long, kDeliveryReportBytesMax + 1);
  EXPECT_EQ(error(too_long), DeliveryReportError::kTooLong);
  EXPECT_EQ(error({1, 0x80}), DeliveryReportError::kMissingField);
  EXPECT_EQ(error({1, 0x90}), DeliveryReportError::kMalformed);
  EXPECT_EQ(error({2, 0x80, 0x80}), DeliveryReportError::kMalformed);
  EXPECT_EQ(error({1, 0x80, 0x80}), DeliveryReportError::kMalformed);
  // Keys that come twice.
  EXPECT_EQ(error({13, 0x82, 0xA2, 'a', 't', 1, 0xA2, 'a', 't', 1, 0xC0, 0xC0, 0xC0, 0xC0}),
            DeliveryReportError::kMalformed);
}

RC_GTEST_PROP(DeliveryReport, AnyBytesAreReadOrRefused, (const std::vector<std::uint8_t>& bytes)) {
  (void)decode_delivery_report(bytes);
}

// --- as peers pass it on -------------------------------------------------------------------------------

template <class Kind>
std::vector<Kind> all(const std::vector<Effect>& effects) {
  std::vector<Kind> found;
  for (const Effect& effect : effects) {
    if (const Kind* const one = std::get_if<Kind>(&effect)) found.push_back(*one);
  }
  return found;
}

struct TestPeer {
  explicit TestPeer(char letter, const Limits& limits = {})
      : peer(vm::test_keys(letter), scripts, {.limits = limits}) {}
  std::vector<Effect> handle(Event event, std::uint64_t now_ms = kNow) {
    std::vector<Effect> effects;
    peer.handle(std::move(event), now_ms, effects);
    return effects;
  }
  std::vector<Effect> take(const Particle& particle, std::string_view from) {
    const auto asked = all<ScheduleRun>(handle(Arrived{std::string(from), particle}));
    return asked.empty() ? std::vector<Effect>() : handle(RunNow{asked[0].particle});
  }
  ScriptCache scripts{8};
  Peer peer;
};

Particle from_a_over_b_to_c() {
  auto header = std::make_shared<ParticleHeader>();
  header->id = "p";
  header->init_peer_id = vm::test_keys('A').peer_id();
  header->timestamp_ms = kNow;
  header->ttl_ms = 7000;
  header->script =
      vm::with_peer_ids(R"((seq (call "@B" ("op" "noop") []) (call "@C" ("op" "noop") [])))");
  sign(*header, vm::test_keys('A'));
  return {std::move(header), nullptr};
}

class ReportedHop : public testing::Test {
 protected:
  // B has run, called, and sends to C.
  Send sent_to_c() {
    to_b = all<Send>(a.take(from_a_over_b_to_c(), "")).at(0);
    const auto call = all<Call>(b.take(to_b.particle, a_id)).at(0);
    b.handle(Answered{call.particle, call.call_id, {0, "\"\""}});
    return all<Send>(b.handle(RunNow{call.particle})).at(0);
  }
  const std::string& a_id = vm::test_keys('A').peer_id();
  const std::string& b_id = vm::test_keys('B').peer_id();
  const std::string& c_id = vm::test_keys('C').peer_id();
  TestPeer a{'A'}, b{'B'};
  Send to_b;
};

TEST_F(ReportedHop, TheInitPeerLearnsWhoWasNotReached) {
  const Send send = sent_to_c();
  const auto told = all<SendReport>(b.handle(SendFailed{send.key, send.to, "no connection"}));
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].to, a_id);
  const auto reported = all<Reported>(a.handle(ReportArrived{b_id, told[0].report}));
  ASSERT_EQ(reported.size(), 1);
  EXPECT_EQ(reported[0].report.from, b_id);
  EXPECT_EQ(reported[0].report.to, c_id);
  EXPECT_EQ(reported[0].report.detail, "no connection");
}

TEST_F(ReportedHop, ItsOwnFailureIsReportedAtOnce) {
  const Send send = all<Send>(a.take(from_a_over_b_to_c(), "")).at(0);
  EXPECT_EQ(all<Reported>(a.handle(SendFailed{send.key, send.to, ""})).size(), 1);
}

TEST_F(ReportedHop, TheInitPeerLearnsWhoRefused) {
  const Send send = sent_to_c();
  Limits narrow;
  narrow.script_bytes_max = 10;
  TestPeer c{'C', narrow};
  const auto refused = all<SendReport>(c.handle(Arrived{b_id, send.particle}));
  ASSERT_EQ(refused.size(), 1);
  EXPECT_EQ(refused[0].report.why, "too-large");
  const auto passed_on = all<SendReport>(b.handle(ReportArrived{c_id, refused[0].report}));
  ASSERT_EQ(passed_on.size(), 1);
  EXPECT_EQ(passed_on[0].to, a_id);
  EXPECT_EQ(all<Reported>(a.handle(ReportArrived{b_id, passed_on[0].report})).size(), 1);
}

TEST_F(ReportedHop, ForgedAndUnknownReportsGoNowhere) {
  const Send send = sent_to_c();
  DeliveryReport report = all<SendReport>(b.handle(SendFailed{send.key, send.to, ""})).at(0).report;
  DeliveryReport forged = report;
  forged.to = a_id;
  EXPECT_TRUE(a.handle(ReportArrived{b_id, forged}).empty());
  report.particle[0] ^= 1;
  sign(report, vm::test_keys('B'));
  EXPECT_TRUE(a.handle(ReportArrived{b_id, report}).empty());
}

TEST_F(ReportedHop, ReportsAreLimited) {
  const Send send = sent_to_c();
  std::size_t count = 0;
  for (int i = 0; i < 100; ++i)
    count += all<SendReport>(b.handle(SendFailed{send.key, send.to, ""})).size();
  EXPECT_EQ(count, Limits().reports_per_particle_max);

  Limits narrow;
  narrow.script_bytes_max = 10;
  narrow.reports_per_second_max = 3;
  TestPeer c{'C', narrow};
  const auto reports = [&](std::uint64_t now_ms) {
    std::size_t made = 0;
    for (int i = 0; i < 10; ++i)
      made += all<SendReport>(c.handle(Arrived{b_id, send.particle}, now_ms)).size();
    return made;
  };
  EXPECT_EQ(reports(kNow), 3);
  EXPECT_EQ(reports(kNow + 1000), 3);
}

TEST(KeptParticle, IsKeptBeforeItsEffectsFollow) {
  ScriptCache scripts{8};
  Peer peer(vm::test_keys('A'), scripts, {.limits = {}, .keeps_particles = true});
  std::vector<Effect> effects;
  peer.handle(Arrived{"", from_a_over_b_to_c()}, kNow, effects);
  const auto asked = all<ScheduleRun>(effects);
  effects.clear();
  peer.handle(RunNow{asked.at(0).particle}, kNow, effects);
  const auto kept = std::ranges::find_if(
      effects, [](const Effect& e) { return std::holds_alternative<Keep>(e); });
  const auto sent = std::ranges::find_if(
      effects, [](const Effect& e) { return std::holds_alternative<Send>(e); });
  ASSERT_NE(kept, effects.end());
  EXPECT_LT(kept, sent);
  EXPECT_EQ(*std::get<Keep>(*kept).data, *std::get<Send>(*sent).particle.data);
}

}  // namespace
}  // namespace aqua::peer

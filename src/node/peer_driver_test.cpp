#include "node/peer_driver.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "node/key_file.h"
#include "peer/frame.h"

namespace aqua::node {
namespace {

// Remembers what leaves.
class FakeNetwork final : public ParticleNetwork {
 public:
  void send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done) override {
    sent.push_back({to, std::move(frame), std::move(done)});
  }
  void send_report(const std::string& to, base::Bytes frame) override {
    const auto report = peer::decode_delivery_report(frame);
    ASSERT_TRUE(report.has_value());
    reports.emplace_back(to, *report);
  }
  void pause(const std::string& from) override { ++paused[from]; }
  void resume(const std::string& from) override { --paused[from]; }

  struct Sent {
    std::string to;
    std::shared_ptr<const base::Bytes> frame;
    Done done;
  };
  std::vector<Sent> sent;
  std::vector<std::pair<std::string, peer::DeliveryReport>> reports;
  std::map<std::string, int> paused;
};

// Answers at once.
class FakeCalls final : public CallPerformer {
 public:
  void call(peer::Call call, std::uint64_t, Answered answered) override {
    ++count;
    answered({0, call.arguments.empty() ? "\"\"" : call.arguments[0]});
  }
  void cancel(peer::ParticleKey, std::uint32_t) override {}

  std::size_t count = 0;
};

class Driver : public testing::Test {
 protected:
  void open(PeerDriver::Options options = {}) {
    driver_ = std::make_unique<PeerDriver>(loop_, key_, options, network_, calls_, metrics_, log_);
  }
  peer::Particle particle(const crypto::KeyPair& by, const std::string& script,
                          std::uint32_t ttl_ms = 60'000) {
    auto header = std::make_shared<peer::ParticleHeader>();
    header->id = fmt::format("p{}", ++last_);
    header->init_peer_id = by.peer_id();
    header->timestamp_ms = loop_.now_ms();
    header->ttl_ms = ttl_ms;
    header->script = script;
    peer::sign(*header, by);
    return {header, nullptr};
  }
  std::string call_here() const {
    return fmt::format(R"((call "{}" ("op" "identity") ["x"] x))", key_.peer_id());
  }
  std::string call_at(const std::string& peer) const {
    return fmt::format(R"((seq {} (call "{}" ("op" "identity") [x])))", call_here(), peer);
  }
  // Until nothing is left to do but to wait.
  void settle() {
    look();
    loop_.run();
  }
  void look() {
    loop_.call_after(20, [this] { driver_->is_idle() ? loop_.stop() : look(); });
  }

  Loop loop_;
  crypto::KeyPair key_ = random_key();
  crypto::KeyPair client_ = random_key();
  FakeNetwork network_;
  FakeCalls calls_;
  Metrics metrics_;
  EventLog log_{stderr, Level::kError, LogForm::kLogfmt};
  std::unique_ptr<PeerDriver> driver_;
  int last_ = 0;
};

TEST_F(Driver, RunsCallsAndSendsOn) {
  open();
  const crypto::KeyPair next = random_key();
  loop_.post(
      [&] { driver_->arrived(client_.peer_id(), particle(client_, call_at(next.peer_id()))); });
  settle();
  EXPECT_EQ(calls_.count, 1u);
  ASSERT_EQ(network_.sent.size(), 1u);
  EXPECT_EQ(network_.sent[0].to, next.peer_id());
  const auto message = peer::decode_frame(*network_.sent[0].frame);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<peer::Particle>(*message).header->id, "p1");
  EXPECT_TRUE(driver_->is_idle());
  ASSERT_NE(driver_->history().find("p1"), nullptr);
}

TEST_F(Driver, OwnParticlesAreSentAgainToWhoMayHaveForgottenThem) {
  open();
  const std::string next = random_key().peer_id();
  loop_.post([&] {
    driver_->start(particle(key_, call_at(next)), {});
    driver_->arrived(client_.peer_id(), particle(client_, call_at(next)));
  });
  settle();
  ASSERT_EQ(network_.sent.size(), 2u);
  driver_->send_again("somebody else");
  EXPECT_EQ(network_.sent.size(), 2u);
  driver_->send_again(next);
  ASSERT_EQ(network_.sent.size(), 3u) << "not those of others";
  EXPECT_EQ(network_.sent[2].to, next);
  EXPECT_EQ(network_.sent[2].frame, network_.sent[0].frame);
}

TEST_F(Driver, WhatIsNotSentIsReportedBack) {
  open();
  loop_.post([&] {
    driver_->arrived(client_.peer_id(), particle(client_, call_at(random_key().peer_id())));
    loop_.call_after(10, [&] { network_.sent.at(0).done("nobody there"); });
  });
  settle();
  ASSERT_EQ(network_.reports.size(), 1u);
  EXPECT_EQ(network_.reports[0].first, client_.peer_id());
  EXPECT_EQ(network_.reports[0].second.detail, "nobody there");
  EXPECT_EQ(metrics_.of(Counter::kSendFailure), 1u);
}

TEST_F(Driver, WhoBringsTooMuchIsPausedUntilHalfIsDone) {
  PeerDriver::Options options;
  options.runs_waiting_max = 10;
  open(options);
  loop_.post([&] {
    for (int i = 0; i < 20; ++i) driver_->arrived("sender", particle(client_, call_here()));
    EXPECT_EQ(network_.paused["sender"], 1);
    EXPECT_FALSE(driver_->is_idle());
  });
  settle();
  EXPECT_EQ(network_.paused["sender"], 0);
  EXPECT_EQ(calls_.count, 20u);  // nothing was lost
}

TEST_F(Driver, AManyFoldFanOfCallsDoesNotNest) {
  PeerDriver::Options options;
  options.peer.limits.calls_in_flight_max = 1;
  open(options);
  std::string script = call_here();
  for (int i = 0; i < 2'000; ++i)
    script =
        fmt::format(R"((par (call "{}" ("op" "identity") ["{}"]) {}))", key_.peer_id(), i, script);
  loop_.post([&] { driver_->arrived(client_.peer_id(), particle(client_, script)); });
  settle();
  EXPECT_EQ(calls_.count, 2'001u);
}

TEST_F(Driver, AWatcherHearsTheEnd) {
  open();
  bool is_forgotten = false;
  loop_.post([&] {
    driver_->start(particle(key_, call_here(), 50),
                   {.on_report = {}, .on_run_failed = {}, .on_forgotten = [&] {
                      is_forgotten = true;
                      loop_.stop();
                    }});
  });
  loop_.run();
  EXPECT_TRUE(is_forgotten);
}

TEST_F(Driver, AScriptThatCanNotRunIsTold) {
  open();
  std::string why;
  loop_.post([&] {
    driver_->start(particle(key_, "(nonsense"),
                   {.on_report = {},
                    .on_run_failed = [&](const std::string& message) { why = message; },
                    .on_forgotten = {}});
  });
  settle();
  EXPECT_EQ(why, "refused: bad-script");
}

}  // namespace
}  // namespace aqua::node

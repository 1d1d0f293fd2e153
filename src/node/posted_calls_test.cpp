#include "node/posted_calls.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aqua::node {
namespace {

// Remembers what it hears, and on which thread.
class Performer final : public CallPerformer {
 public:
  void call(peer::Call call, std::uint64_t, Answered answered) override {
    threads.push_back(std::this_thread::get_id());
    if (call.function == "held") {
      held = std::move(answered);
    } else {
      answered({0, "\"" + call.function + "\""});
    }
  }
  void cancel(peer::ParticleKey, std::uint32_t call_id) override {
    threads.push_back(std::this_thread::get_id());
    cancelled.push_back(call_id);
  }

  Answered held;
  std::vector<std::uint32_t> cancelled;
  std::vector<std::thread::id> threads;
};

class Posted : public testing::Test {
 protected:
  void call(std::uint32_t id, std::string function, CallPerformer::Answered answered) {
    peer::Call call;
    call.particle.value = 7;
    call.call_id = id;
    call.function = std::move(function);
    calls_.call(std::move(call), here_.now_ms(), std::move(answered));
  }
  // Until the loop here is stopped.
  void run() {
    std::thread other([this] { there_.run(); });
    other_thread_ = other.get_id();
    here_.run();
    there_.stop();
    other.join();
  }
  void expect_all_there() const {
    for (const std::thread::id thread : performer_.threads) EXPECT_EQ(thread, other_thread_);
  }

  Loop here_;
  Loop there_;
  Performer performer_;
  PostedCalls calls_{here_, there_, performer_};
  std::thread::id other_thread_;
};

TEST_F(Posted, CallsGoThereAndAnswersComeBack) {
  std::vector<std::string> answers;
  const std::thread::id own = std::this_thread::get_id();
  const auto answered = [&](peer::Answer answer) {
    EXPECT_EQ(std::this_thread::get_id(), own);
    answers.push_back(answer.result);
    if (answers.size() == 2) here_.stop();
  };
  call(1, "a", answered);
  call(2, "b", answered);
  run();
  EXPECT_EQ(answers, (std::vector<std::string>{"\"a\"", "\"b\""}));
  expect_all_there();
}

TEST_F(Posted, NothingIsHeardOfACancelledCall) {
  bool is_heard = false;
  const auto heard = [&](const peer::Answer&) { is_heard = true; };
  call(1, "held", heard);
  call(2, "quick", heard);  // its answer is on the way when the call is cancelled
  calls_.cancel({7}, 1);
  calls_.cancel({7}, 2);
  calls_.cancel({7}, 3);  // never was
  // Goes behind all of that, and comes back behind the answer.
  there_.post([this] {
    performer_.held({0, "1"});
    here_.post([this] { here_.stop(); });
  });
  run();
  EXPECT_FALSE(is_heard);
  EXPECT_EQ(performer_.cancelled, (std::vector<std::uint32_t>{1, 2}));
  expect_all_there();
}

}  // namespace
}  // namespace aqua::node

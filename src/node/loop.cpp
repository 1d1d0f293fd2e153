#include "node/loop.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace aqua::node {

namespace asio = boost::asio;

namespace {

// So much of what is ready is done before one idle task gets its turn: a flood of input starves no runs.
constexpr std::size_t kReadyTasksMax = 256;
// Idle tasks go on for so long before it is looked whether something else is ready: to look costs a call of the
// system, and what they write leaves together.
constexpr std::chrono::microseconds kIdleTasksMax{400};
// The clock of the machine may be set while a timer waits: look at least so often.
constexpr std::uint64_t kSleepMsMax = 1'000;

}  // namespace

struct Loop::Asio {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer timer{context};
  std::atomic<bool> stopped = false;
};

Loop::Loop() : asio_(std::make_unique<Asio>()) {}
Loop::~Loop() = default;

void Loop::run() {
  while (!asio_->stopped) {
    if (idle_tasks_.empty()) asio_->context.run_one();
    for (std::size_t i = 0; i < kReadyTasksMax && asio_->context.poll_one() > 0; ++i) {
    }
    const auto start = std::chrono::steady_clock::now();
    while (!idle_tasks_.empty() && !asio_->stopped) {
      const Task task = std::move(idle_tasks_.front());
      idle_tasks_.pop_front();
      task();
      if (std::chrono::steady_clock::now() - start >= kIdleTasksMax) break;
    }
  }
}

void Loop::stop() {
  asio_->stopped = true;
  asio_->context.stop();
}

void Loop::post(Task task) { asio::post(asio_->context, std::move(task)); }

void Loop::post_when_idle(Task task) { idle_tasks_.push_back(std::move(task)); }

Loop::TimerId Loop::call_at(std::uint64_t at_ms, Task task) {
  const TimerId timer{at_ms, ++last_timer_};
  timers_.emplace(timer, std::move(task));
  if (armed_at_ms_ == 0 || at_ms < armed_at_ms_) arm();
  return timer;
}

void Loop::cancel(TimerId timer) { timers_.erase(timer); }

void Loop::arm() {
  if (timers_.empty()) {
    armed_at_ms_ = 0;
    return;
  }
  armed_at_ms_ = std::max<std::uint64_t>(1, timers_.begin()->first.at_ms);
  const std::uint64_t now = now_ms();
  const std::uint64_t wait = armed_at_ms_ > now ? armed_at_ms_ - now : 0;
  asio_->timer.expires_after(std::chrono::milliseconds(std::min(wait, kSleepMsMax)));
  asio_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) fire();
  });
}

void Loop::fire() {
  const std::uint64_t now = now_ms();
  // What the tasks add comes after them, also if it is due at once.
  const std::uint64_t last = last_timer_;
  armed_at_ms_ = 1;  // armed again below, once
  while (!timers_.empty() && timers_.begin()->first.at_ms <= now &&
         timers_.begin()->first.number <= last) {
    auto node = timers_.extract(timers_.begin());
    node.mapped()();
  }
  arm();
}

std::uint64_t Loop::now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  last_now_ms_ = std::max(last_now_ms_, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
  return last_now_ms_;
}

boost::asio::io_context& Loop::context() { return asio_->context; }

}  // namespace aqua::node

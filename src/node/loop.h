#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace aqua::node {

// One thread that does one thing at a time. Only post() and stop() may be called from other threads.
class Loop {
 public:
  using Task = std::function<void()>;
  struct TimerId {
    std::uint64_t at_ms = 0;
    std::uint64_t number = 0;  // 0: none
    friend auto operator<=>(const TimerId&, const TimerId&) = default;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // In the calling thread, until stop().
  void run();
  void stop();

  void post(Task task);
  // When nothing that had happened is left to do; several of them may follow one another then.
  void post_when_idle(Task task);

  TimerId call_at(std::uint64_t at_ms, Task task);
  TimerId call_after(std::uint64_t delay_ms, Task task) {
    return call_at(now_ms() + delay_ms, std::move(task));
  }
  // Of one that has fired or is none: nothing happens.
  void cancel(TimerId timer);

  // Since 1970 by the clock of the machine, but never going back.
  std::uint64_t now_ms();

  boost::asio::io_context& context();

 private:
  struct Asio;

  void arm();
  void fire();

  std::unique_ptr<Asio> asio_;
  std::map<TimerId, Task> timers_;
  std::deque<Task> idle_tasks_;
  std::uint64_t last_timer_ = 0;
  std::uint64_t armed_at_ms_ = 0;  // 0: not
  std::uint64_t last_now_ms_ = 0;
};

}  // namespace aqua::node

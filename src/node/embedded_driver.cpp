#include "node/embedded_driver.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "node/http_service.h"
#include "node/loop.h"
#include "node/process_service.h"

namespace aqua::node {

using report::PeerIndex;

namespace {

constexpr std::uint64_t kWaitTickMs = 100;  // so often on_wait is called

class Driver {
 public:
  Driver(sim::EmbeddedNetwork& network, const EmbeddedDriverOptions& options)
      : network_(network),
        options_(options),
        started_at_ms_(loop_.now_ms()),
        network_start_ms_(network.now_ms()) {}

  void run() {
    tick();
    loop_.post([this] { advance(); });
    loop_.run();
  }

 private:
  // What is due now, then a timer for what comes next.
  void advance() {
    loop_.cancel(wake_);
    wake_ = {};
    while (events_ < options_.events_max) {
      ask_outside();
      const auto next_at_ms = network_.next_at_ms();
      if (!next_at_ms && network_.outside_calls() == 0) return loop_.stop();
      if (!next_at_ms || !is_due(*next_at_ms)) return wait_for(next_at_ms);
      network_.step();
      ++events_;
    }
    loop_.stop();
  }

  bool is_due(std::uint64_t at_ms) {
    switch (options_.clock) {
      case Clock::kVirtual: return network_.outside_calls() == 0 || at_ms <= network_.now_ms();
      case Clock::kReal: return at_ms <= real_now_ms();
    }
    return true;
  }

  // In the network's time.
  std::uint64_t real_now_ms() { return network_start_ms_ + (loop_.now_ms() - started_at_ms_); }

  void wait_for(std::optional<std::uint64_t> at_ms) {
    if (options_.clock == Clock::kVirtual || !at_ms) return;  // an answer from outside goes on
    wake_ = loop_.call_at(started_at_ms_ + (*at_ms - network_start_ms_), [this] { advance(); });
  }

  void tick() {
    loop_.call_after(kWaitTickMs, [this] {
      if (options_.on_wait)
        options_.on_wait(options_.clock == Clock::kReal ? real_now_ms() : network_.now_ms());
      tick();
    });
  }

  // --- services outside ----------------------------------------------------------------------------------

  void ask_outside() {
    for (sim::OutsideEffect& effect : network_.take_outside()) {
      std::visit(base::Overloaded{
                     [&](sim::OutsideCall& e) { ask(e.on, e.ask); },
                     [&](sim::OutsideWithdrawal& e) {
                       service(e.on, e.withdraw.service_id).withdraw(e.withdraw.request_id);
                     },
                 },
                 effect);
    }
  }

  void ask(PeerIndex on, services::Ask& ask) {
    // By the clock of the wall in both kinds of time: what hangs outside hangs really.
    const std::uint64_t left_ms = ask.at_ms - std::min(ask.at_ms, network_.now_ms());
    loop_.call_after(left_ms, [this, on, key = ask.key] {
      happened([&] { network_.call_timed_out(on, key); });
    });
    service(on, ask.service_id).ask(ask.key, ask.request_id, std::move(ask.message));
  }

  OutsideService& service(PeerIndex on, const std::string& id) {
    std::unique_ptr<OutsideService>& known = services_[{on.value, id}];
    if (known == nullptr) known = make_service(on, id);
    return *known;
  }

  std::unique_ptr<OutsideService> make_service(PeerIndex on, const std::string& id) {
    const std::string& peer = network_.identities().name(on);
    const std::string name = "the service \"" + id + "\" on " + peer;
    OutsideListener listener{
        .replied = [this, on, id](std::string_view message) { return take_reply(on, id, message); },
        .failed =
            [this, on](const services::CallKey& key, std::string_view why) {
              happened([&] { network_.call_failed(on, key, why); });
            },
        .all_failed =
            [this, on, id](std::string_view why) {
              happened([&] { network_.all_failed(on, id, why); });
            },
        .said = [this, on, id](std::string_view line) { say(on, id, line); },
    };
    const services::ServiceBody& body = network_.find_service(on, id)->body;
    if (const auto* const process = std::get_if<services::ProcessService>(&body))
      return std::make_unique<ProcessService>(loop_, name, *process, std::move(listener));
    return std::make_unique<HttpService>(loop_, name, std::get<services::HttpService>(body),
                                         std::move(listener));
  }

  bool take_reply(PeerIndex on, const std::string& id, std::string_view message) {
    bool is_good = true;
    happened([&] {
      const auto taken = network_.replied(on, id, message);
      is_good = taken.has_value();
      if (!is_good) say(on, id, taken.error());
    });
    return is_good;
  }

  void say(PeerIndex on, std::string_view id, std::string_view line) const {
    if (options_.on_service_line)
      options_.on_service_line(network_.identities().name(on), id, line);
  }

  template <class What>
  void happened(What&& what) {
    if (options_.clock == Clock::kReal) network_.advance_to(real_now_ms());
    what();
    // Not from inside of what it came from.
    if (is_advancing_) return;
    is_advancing_ = true;
    loop_.post([this] {
      is_advancing_ = false;
      advance();
    });
  }

  sim::EmbeddedNetwork& network_;
  const EmbeddedDriverOptions& options_;
  Loop loop_;
  std::uint64_t started_at_ms_;
  std::uint64_t network_start_ms_;
  std::size_t events_ = 0;
  Loop::TimerId wake_{};
  bool is_advancing_ = false;
  std::map<std::pair<std::uint32_t, std::string>, std::unique_ptr<OutsideService>> services_;
};

}  // namespace

std::uint64_t now_ms() { return Loop().now_ms(); }

void drive(sim::EmbeddedNetwork& network, const EmbeddedDriverOptions& options) {
  Driver(network, options).run();
}

}  // namespace aqua::node

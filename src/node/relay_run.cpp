#include "node/relay_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "json/text.h"
#include "node/endpoint.h"
#include "node/key_file.h"
#include "node/loop.h"
#include "peer/particle.h"

namespace aqua::node {

namespace {

constexpr std::int32_t kErrorCode = 1;
constexpr std::string_view kNoResult = "\"\"";

// A version 4 UUID.
std::string random_uuid() {
  crypto::Seed bytes = random_seed();
  bytes[6] = static_cast<base::Byte>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<base::Byte>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

peer::Answer error_answer(std::string_view why) { return {kErrorCode, json::quoted(why)}; }

class Run {
 public:
  Run(const RelayFunction& function, const crypto::KeyPair& key, const RelayRunOptions& options,
      EventLog& log, const std::function<void(const ClientNews&)>& listener)
      : function_(function), key_(key), options_(options), log_(log), listener_(listener) {}

  RelayRun run() {
    result_.particle_id = random_uuid();
    NodeOptions node = options_.node;
    node.bootstrap = {options_.relays[0]};
    auto opened = Node::open({&loop_}, key_, node, log_, client());
    if (!opened) {
      result_.end = RelayRunEnd::kNoRelay;
      result_.why = opened.error();
      return std::move(result_);
    }
    node_ = std::move(*opened);
    timer_ = loop_.call_after(options_.connect_ms_max, [this] {
      end(RelayRunEnd::kNoRelay,
          fmt::format("no relay within {} ms; the last one: {}", options_.connect_ms_max,
                      last_failure_.empty() ? "no answer" : last_failure_));
    });
    loop_.run();
    node_.reset();
    return std::move(result_);
  }

 private:
  Node::Client client() {
    return {
        .call = [this](const peer::Call& call,
                       const CallPerformer::Answered& answered) { return answer(call, answered); },
        .print = [this](const std::string& line) { tell(LinePrinted{line}); },
        .on_bootstrap_connected = [this](const std::string& address,
                                         const std::string& peer) { connected(address, peer); },
        .on_bootstrap_lost = [this](const std::string& address,
                                    const std::string& why) { lost(address, why); },
    };
  }

  // --- the relay -------------------------------------------------------------------------------

  void connected(const std::string& address, const std::string& peer) {
    if (result_.relay.empty()) {
      tell(Connected{address, peer});
      result_.relay = peer;
      relay_address_ = address;
      loop_.cancel(timer_);
      start();
    } else if (result_.relay != peer) {
      tell(Connected{address, peer});
      result_.other_relay = peer;
      other_address_ = address;
      end_behind_another();
    } else if (std::exchange(is_relay_lost_, false)) {
      loop_.cancel(timer_);
      relay_address_ = address;
      tell(RelayBack{peer, address, loop_.now_ms() - lost_at_ms_});
      node_->send_again(peer);
    }
  }

  // The script can not move: the peers on its way send to the relay that it was told of.
  void end_behind_another() {
    if (!is_relay_lost_ || result_.other_relay.empty() ||
        loop_.now_ms() < lost_at_ms_ + options_.relay_wait_ms)
      return;
    end(RelayRunEnd::kRelayLost,
        fmt::format("the relay {} was lost ({}) and did not come back within {} ms; the function "
                    "can not go on "
                    "behind {}, because the relay is part of its data: call it again",
                    result_.relay, lost_why_, options_.relay_wait_ms, result_.other_relay));
  }

  // The same relay is tried again by itself; the others come in their turn.
  void lost(const std::string& address, const std::string& why) {
    last_failure_ = fmt::format("{}: {}", address, why);
    const std::vector<std::string> peers = node_->connected_peers();
    const bool has_relay = std::ranges::find(peers, result_.relay) != peers.end();
    if (address == other_address_) result_.other_relay = other_address_ = "";
    if (!result_.relay.empty() && !has_relay && !is_relay_lost_) {
      is_relay_lost_ = true;
      lost_at_ms_ = loop_.now_ms();
      lost_why_ = why;
      tell(RelayLost{result_.relay, relay_address_, why, options_.relay_wait_ms});
      timer_ = loop_.call_after(options_.relay_wait_ms, [this] { end_behind_another(); });
    } else if (std::exchange(last_failures_[address], why) != why) {
      tell(NotConnected{address, why});  // not again at each try
    }
    if (next_relay_ < options_.relays.size()) {
      const std::string next = options_.relays[next_relay_++];
      loop_.post([this, next] {
        if (!is_ended_) node_->connect(next);
      });
    }
  }

  void start() {
    auto header = std::make_shared<peer::ParticleHeader>();
    header->id = result_.particle_id;
    header->init_peer_id = key_.peer_id();
    header->timestamp_ms = loop_.now_ms();
    header->ttl_ms = options_.ttl_ms;
    header->script = function_.script;
    peer::sign(*header, key_);
    started_at_ms_ = header->timestamp_ms;
    node_->start(
        {std::move(header), nullptr},
        {.on_report =
             [this](const peer::DeliveryReport& report) {
               result_.reports.push_back(report);
               tell(NotDelivered{report});
             },
         .on_run_failed =
             [this](const std::string& message) { end(RelayRunEnd::kRunFailed, message); },
         .on_forgotten =
             [this] {
               end(is_relay_lost_ ? RelayRunEnd::kRelayLost : RelayRunEnd::kOverTime,
                   is_relay_lost_
                       ? fmt::format("the relay {} was lost ({}) and did not come back before the "
                                     "{} ms of the particle were over",
                                     result_.relay, lost_why_, options_.ttl_ms)
                       : fmt::format("no result within {} ms", options_.ttl_ms));
             }});
  }

  void end(RelayRunEnd how, std::string why) {
    if (is_ended_) return;
    is_ended_ = true;
    result_.end = how;
    result_.why = std::move(why);
    loop_.cancel(timer_);
    // What the last run sends still leaves.
    loop_.post([this] { node_->stop([this] { loop_.stop(); }); });
  }

  // --- what the script asks its caller -----------------------------------------------------------

  bool answer(const peer::Call& call, const CallPerformer::Answered& answered) {
    if (call.service == "getDataSrv") {
      answered(data(call.function));
    } else if (call.service == "callbackSrv" && call.function == "response") {
      Returned returned{call.arguments};
      tell(returned);
      if (!is_ended_) result_.result = std::move(returned);
      answered({0, std::string(kNoResult)});
      end(RelayRunEnd::kReturned, "");
    } else if (call.service == "callbackSrv") {
      called_back(call, answered);
    } else if (call.service == "errorHandlingSrv" && call.function == "error") {
      FailedWith failed{call.arguments.empty() ? "null" : call.arguments[0]};
      tell(failed);
      if (!is_ended_) result_.error = std::move(failed);
      answered({0, std::string(kNoResult)});
      end(RelayRunEnd::kFailed, "");
    } else {
      return false;
    }
    return true;
  }

  peer::Answer data(std::string_view name) const {
    if (name == "-relay-") return {0, json::quoted(result_.relay)};
    const auto found = function_.arguments.find(name);
    if (found == function_.arguments.end())
      return error_answer(fmt::format("the argument {} was not given", name));
    return {0, found->second};
  }

  void called_back(const peer::Call& call, const CallPerformer::Answered& answered) {
    tell(CallbackCalled{call.function, call.arguments});
    const auto canned = function_.callbacks.find(call.function);
    if (canned != function_.callbacks.end()) {
      auto reply = services::canned_answer(canned->second, callback_counts_[call.function]++,
                                           call.arguments);
      if (!reply) return;
      loop_.call_after(reply->delay_ms, [answered, given = std::move(reply->answer)] {
        answered({given.ret_code, given.result});
      });
      return;
    }
    const bool has_result = std::ranges::find(function_.callbacks_with_result, call.function) !=
                            function_.callbacks_with_result.end();
    answered(has_result ? error_answer(fmt::format(
                              "the callback {} has to give a result, and nobody says which",
                              call.function))
                        : peer::Answer{0, std::string(kNoResult)});
  }

  template <class What>
  void tell(What what) {
    if (listener_)
      listener_({started_at_ms_ == 0 ? 0 : loop_.now_ms() - started_at_ms_, std::move(what)});
  }

  const RelayFunction& function_;
  const crypto::KeyPair& key_;
  const RelayRunOptions& options_;
  EventLog& log_;
  const std::function<void(const ClientNews&)>& listener_;
  Loop loop_;
  std::unique_ptr<Node> node_;
  Loop::TimerId timer_;  // until there is a relay; until the lost one should be back
  std::size_t next_relay_ = 1;
  std::map<std::string, std::string, std::less<>> last_failures_;  // by address
  std::string relay_address_;
  std::string other_address_;
  bool is_relay_lost_ = false;
  std::uint64_t lost_at_ms_ = 0;
  std::string lost_why_;
  std::string last_failure_;
  std::uint64_t started_at_ms_ = 0;
  std::map<std::string, std::size_t, std::less<>> callback_counts_;
  bool is_ended_ = false;
  RelayRun result_;
};

}  // namespace

RelayRun run_behind_relay(const RelayFunction& function, const crypto::KeyPair& key,
                          const RelayRunOptions& options, EventLog& log,
                          const std::function<void(const ClientNews&)>& listener) {
  return Run(function, key, options, log, listener).run();
}

}  // namespace aqua::node

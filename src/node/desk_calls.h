#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/loop.h"
#include "node/outside_service.h"
#include "node/peer_driver.h"
#include "services/service_desk.h"

namespace aqua::node {

// Calls done by a desk of services in real time; processes and HTTP addresses among them.
class DeskCalls final : public CallPerformer {
 public:
  using Printer = std::function<void(std::string_view line)>;

  // Loop, key and declarations live on; declarations may be null.
  DeskCalls(Loop& loop, services::ServiceDesk::Peer peer, const services::Services& services,
            const services::Declarations* declarations, Printer printer);
  ~DeskCalls() override;

  void call(peer::Call call, std::uint64_t now_ms, Answered answered) override;
  void cancel(peer::ParticleKey particle, std::uint32_t call_id) override;

 private:
  struct Waiting {
    Answered answered;
    Loop::TimerId timer;
  };
  using Effects = std::vector<services::DeskEffect>;

  // In order of appearance, also of those that come up meanwhile: an answer gives a turn to the next call, whose
  // answer gives one to the next, and that must not nest.
  void perform(Effects& effects);
  void perform(services::GiveAnswer& effect);
  void perform(services::Print& effect);
  void perform(services::Ask& effect);
  void perform(services::Withdraw& effect);
  void give(const services::CallKey& key, const services::Answer& answer);
  OutsideService& outside(const std::string& service_id);
  bool replied(const std::string& service_id, std::string_view message);

  Loop& loop_;
  std::string peer_id_;
  services::ServiceDesk desk_;
  Printer printer_;
  std::map<services::CallKey, Waiting> waiting_;
  std::deque<services::DeskEffect> to_perform_;
  bool is_performing_ = false;
  std::map<std::string, std::unique_ptr<OutsideService>> outside_;  // by service id, once asked
};

}  // namespace aqua::node

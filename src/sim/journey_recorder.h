#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "peer/peer.h"
#include "report/journey.h"
#include "sim/identities.h"

namespace aqua::sim {

// What the VM says about a wait, in the words of a journey. `host_calls`: the calls of that peer, by id.
report::WaitingFor shown_wait(const vm::WaitingFor& what, const vm::ParticleStores& stores,
                              const air::Tree& tree, const Identities& identities,
                              const std::map<std::uint32_t, report::CallIndex>& host_calls);

// Writes down what happens to one particle on the peers of a network.
class JourneyRecorder {
 public:
  explicit JourneyRecorder(const Identities& identities)
      : identities_(identities), host_calls_(identities.size()) {
    for (std::size_t i = 0; i < identities.size(); ++i)
      journey_.peers.push_back({.name = identities.name(report::PeerIndex(i))});
  }

  // In the order of the effects of one run.
  void ran(report::PeerIndex on, const peer::Ran& ran, const vm::ParticleStores& stores,
           const air::Tree& tree, std::uint64_t at_ms);
  void called(report::PeerIndex on, const peer::Call& call, std::uint64_t at_ms);
  // None: there is nobody of that id.
  void sent(report::PeerIndex from, const peer::Send& send, report::PeerIndex to);
  void not_sent(report::PeerIndex from, report::PeerIndex to, std::string why);

  void answered(report::PeerIndex on, std::uint32_t call_id, const report::Answer& answer,
                std::uint64_t at_ms);

  report::Journey& journey() { return journey_; }
  const report::Journey& journey() const { return journey_; }

 private:
  // The last step of the peer.
  report::Step& step_of(report::PeerIndex peer);

  const Identities& identities_;
  report::Journey journey_;
  std::vector<std::map<std::uint32_t, report::CallIndex>> host_calls_;  // by peer
  std::map<report::PeerIndex, report::StepIndex> last_steps_;
};

}  // namespace aqua::sim

#pragma once

#include <cstdint>
#include <map>

#include "node/loop.h"
#include "node/peer_driver.h"
#include "services/service_call.h"

namespace aqua::node {

// Calls done by a performer of another loop: they are posted there, and their answers back. Used on its own loop.
class PostedCalls final : public CallPerformer {
 public:
  // The performer is used on `there` only. All of them live on.
  PostedCalls(Loop& here, Loop& there, CallPerformer& performer)
      : here_(here), there_(there), performer_(performer) {}

  void call(peer::Call call, std::uint64_t now_ms, Answered answered) override;
  void cancel(peer::ParticleKey particle, std::uint32_t call_id) override;

 private:
  void answered(const services::CallKey& key, peer::Answer answer);

  Loop& here_;
  Loop& there_;
  CallPerformer& performer_;
  // Without those that were cancelled: their answers may be on the way still.
  std::map<services::CallKey, Answered> waiting_;
};

}  // namespace aqua::node

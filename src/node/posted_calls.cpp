#include "node/posted_calls.h"

#include <utility>

namespace aqua::node {

void PostedCalls::call(peer::Call call, std::uint64_t, Answered answered) {
  const services::CallKey key{call.particle.value, call.call_id};
  waiting_.emplace(key, std::move(answered));
  there_.post([this, key, call = std::move(call)]() mutable {
    performer_.call(std::move(call), there_.now_ms(), [this, key](peer::Answer answer) {
      here_.post([this, key, answer = std::move(answer)]() mutable {
        this->answered(key, std::move(answer));
      });
    });
  });
}

void PostedCalls::cancel(peer::ParticleKey particle, std::uint32_t call_id) {
  if (waiting_.erase({particle.value, call_id}) == 0) return;
  there_.post([this, particle, call_id] { performer_.cancel(particle, call_id); });
}

void PostedCalls::answered(const services::CallKey& key, peer::Answer answer) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  const Answered heard = std::move(found->second);
  waiting_.erase(found);
  heard(std::move(answer));
}

}  // namespace aqua::node

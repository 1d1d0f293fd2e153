#include "node/run_queue.h"

#include "base/check.h"

namespace aqua::node {

void RunQueue::push(std::string_view initiator, peer::ParticleKey particle) {
  auto found = waiting_.find(initiator);
  if (found == waiting_.end()) {
    found = waiting_.emplace(initiator, std::deque<peer::ParticleKey>()).first;
    turns_.push_back(found);
  }
  found->second.push_back(particle);
  ++size_;
}

peer::ParticleKey RunQueue::pop() {
  AQUA_CHECK(!turns_.empty(), "no run is waiting");
  const auto turn = turns_.front();
  turns_.pop_front();
  const peer::ParticleKey particle = turn->second.front();
  turn->second.pop_front();
  --size_;
  if (turn->second.empty()) {
    waiting_.erase(turn);
  } else {
    turns_.push_back(turn);
  }
  return particle;
}

}  // namespace aqua::node

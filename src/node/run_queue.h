#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "peer/event.h"

namespace aqua::node {

// Runs that are asked for, in the order in which they are done: initiators take turns, each one's runs come in
// their order. A flood of one initiator delays another by one run at a time.
class RunQueue {
 public:
  void push(std::string_view initiator, peer::ParticleKey particle);
  // Not of an empty queue.
  peer::ParticleKey pop();

  bool empty() const { return turns_.empty(); }
  std::size_t size() const { return size_; }

 private:
  using Waiting = std::map<std::string, std::deque<peer::ParticleKey>, std::less<>>;

  Waiting waiting_;                      // none of them empty
  std::deque<Waiting::iterator> turns_;  // each initiator that has runs, once
  std::size_t size_ = 0;
};

}  // namespace aqua::node

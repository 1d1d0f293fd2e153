#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aqua::node {

// Which loop of a node is connected to which peer: the only thing that loops share. For all threads.
class LoopTable {
 public:
  void connected(const std::string& peer, std::size_t loop) {
    const std::lock_guard lock(mutex_);
    loops_[peer].push_back(loop);
  }
  void disconnected(const std::string& peer, std::size_t loop) {
    const std::lock_guard lock(mutex_);
    const auto found = loops_.find(peer);
    if (found == loops_.end()) return;
    std::erase(found->second, loop);
    if (found->second.empty()) loops_.erase(found);
  }
  // One of them.
  std::optional<std::size_t> find(std::string_view peer) const {
    const std::lock_guard lock(mutex_);
    const auto found = loops_.find(peer);
    if (found == loops_.end()) return std::nullopt;
    return found->second.front();
  }
  std::vector<std::string> peers() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> peers;
    for (const auto& [peer, loops] : loops_) peers.push_back(peer);
    return peers;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> loops_;
};

}  // namespace aqua::node

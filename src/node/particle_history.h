#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aqua::node {

// What happened to a particle on this peer: kind, its word.
#define AQUA_NODE_HAPPENINGS(X) \
  X(kArrived, "arrived")        \
  X(kRan, "ran")                \
  X(kCalled, "called")          \
  X(kAnswered, "answered")      \
  X(kSent, "sent")              \
  X(kNotSent, "not-sent")       \
  X(kRefused, "refused")        \
  X(kReported, "reported")      \
  X(kForgotten, "forgotten")

enum class Happening : std::uint8_t {
#define AQUA_NODE_HAPPENING(name, word) name,
  AQUA_NODE_HAPPENINGS(AQUA_NODE_HAPPENING)
#undef AQUA_NODE_HAPPENING
};
std::string_view word_of(Happening happening);

struct HistoryEntry {
  std::uint64_t at_ms = 0;
  Happening what = Happening::kArrived;
  std::string peer;    // the other peer, or the service and its function
  std::string detail;  // for people
};

// The last particles and what happened to them, by particle id. Ids are chosen by others: two particles of one id
// share their history. Its memory is bounded.
class ParticleHistory {
 public:
  struct Limits {
    std::size_t particles_max = 1'000;
    std::size_t entries_per_particle_max = 200;
    std::size_t text_bytes_max = 200;  // of each text
  };
  struct Particle {
    std::string id;
    std::string init_peer_id;
    std::deque<HistoryEntry> entries;
    std::size_t left_out = 0;  // entries that had no room: the oldest but the first
  };

  explicit ParticleHistory(const Limits& limits) : limits_(limits) {}

  void add(std::string_view id, std::string_view init_peer_id, HistoryEntry entry);
  // Null: it was not here, or too long ago.
  const Particle* find(std::string_view id) const;

 private:
  using Particles = std::list<Particle>;  // the latest first

  Limits limits_;
  Particles particles_;
  std::unordered_map<std::string_view, Particles::iterator> by_id_;
};

// One JSON object; what happened on several loops in the order of time.
std::string history_json(const std::vector<ParticleHistory::Particle>& parts);

}  // namespace aqua::node

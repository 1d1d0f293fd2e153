#include "node/particle_history.h"

#include <algorithm>
#include <utility>

#include "json/text.h"
#include "json/writer.h"

namespace aqua::node {

namespace {

constexpr std::string_view kWords[] = {
#define AQUA_NODE_HAPPENING(name, word) word,
    AQUA_NODE_HAPPENINGS(AQUA_NODE_HAPPENING)
#undef AQUA_NODE_HAPPENING
};

void write_text(json::Writer& writer, std::string_view key, std::string_view text) {
  std::string quoted;
  json::append_quoted_lossy(quoted, text);
  writer.key(key).text(quoted);
}

}  // namespace

std::string_view word_of(Happening happening) {
  return kWords[static_cast<std::size_t>(happening)];
}

void ParticleHistory::add(std::string_view id, std::string_view init_peer_id, HistoryEntry entry) {
  id = id.substr(0, limits_.text_bytes_max);
  // Mostly it is the particle of the entry before.
  const bool is_first = !particles_.empty() && particles_.front().id == id;
  const auto found = is_first ? by_id_.end() : by_id_.find(id);
  if (found != by_id_.end()) {
    particles_.splice(particles_.begin(), particles_, found->second);
  } else if (!is_first) {
    if (particles_.size() >= limits_.particles_max) {
      if (limits_.particles_max == 0) return;
      by_id_.erase(particles_.back().id);
      particles_.pop_back();
    }
    particles_.push_front({std::string(id), std::string(init_peer_id), {}, 0});
    by_id_.emplace(particles_.front().id, particles_.begin());
  }
  Particle& particle = particles_.front();
  if (particle.entries.size() >= limits_.entries_per_particle_max) {
    // How it came here is worth keeping.
    particle.entries.erase(particle.entries.begin() + (particle.entries.size() > 1 ? 1 : 0));
    ++particle.left_out;
  }
  entry.peer.resize(std::min(entry.peer.size(), limits_.text_bytes_max));
  entry.detail.resize(std::min(entry.detail.size(), limits_.text_bytes_max));
  particle.entries.push_back(std::move(entry));
}

const ParticleHistory::Particle* ParticleHistory::find(std::string_view id) const {
  const auto found = by_id_.find(id.substr(0, limits_.text_bytes_max));
  return found == by_id_.end() ? nullptr : &*found->second;
}

std::string history_json(const std::vector<ParticleHistory::Particle>& parts) {
  std::vector<HistoryEntry> entries;
  std::size_t left_out = 0;
  for (const ParticleHistory::Particle& part : parts) {
    entries.insert(entries.end(), part.entries.begin(), part.entries.end());
    left_out += part.left_out;
  }
  std::ranges::stable_sort(entries, {}, &HistoryEntry::at_ms);
  json::Writer writer;
  writer.begin_object();
  write_text(writer, "id", parts.empty() ? "" : parts[0].id);
  write_text(writer, "init_peer_id", parts.empty() ? "" : parts[0].init_peer_id);
  writer.key("left_out").number(left_out);
  writer.key("events").begin_array();
  for (const HistoryEntry& entry : entries) {
    writer.begin_object();
    writer.key("at_ms").number(entry.at_ms);
    writer.key("event").string(word_of(entry.what));
    if (!entry.peer.empty()) write_text(writer, "with", entry.peer);
    if (!entry.detail.empty()) write_text(writer, "detail", entry.detail);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return writer.take();
}

}  // namespace aqua::node

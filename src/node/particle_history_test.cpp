#include "node/particle_history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace aqua::node {
namespace {

TEST(ParticleHistory, TellsWhatHappened) {
  ParticleHistory history({});
  history.add("p", "init", {10, Happening::kArrived, "alice", ""});
  history.add("p", "init", {12, Happening::kNotSent, "bob", "no \"address\"\xff"});
  ASSERT_NE(history.find("p"), nullptr);
  EXPECT_EQ(history_json({*history.find("p")}),
            "{\"id\":\"p\",\"init_peer_id\":\"init\",\"left_out\":0,\"events\":["
            "{\"at_ms\":10,\"event\":\"arrived\",\"with\":\"alice\"},"
            "{\"at_ms\":12,\"event\":\"not-sent\",\"with\":\"bob\",\"detail\":\"no "
            "\\\"address\\\"\xEF\xBF\xBD\"}]}");
  EXPECT_EQ(history.find("q"), nullptr);
}

TEST(ParticleHistory, KeepsTheLatestParticlesAndTheFirstOfTheirEntries) {
  ParticleHistory history({.particles_max = 2, .entries_per_particle_max = 3, .text_bytes_max = 4});
  for (std::uint64_t i = 0; i < 10; ++i)
    history.add("a", "init", {i, Happening::kRan, "", "a long text"});
  history.add("b", "init", {0, Happening::kRan, "", ""});
  history.add("a", "init", {10, Happening::kRan, "", ""});
  history.add("c", "init", {0, Happening::kRan, "", ""});
  EXPECT_EQ(history.find("b"), nullptr);
  const ParticleHistory::Particle* const a = history.find("a");
  ASSERT_NE(a, nullptr);
  ASSERT_EQ(a->entries.size(), 3u);
  EXPECT_EQ(a->entries[0].at_ms, 0u);
  EXPECT_EQ(a->entries[0].detail, "a lo");
  EXPECT_EQ(a->entries[1].at_ms, 9u);
  EXPECT_EQ(a->entries[2].at_ms, 10u);
  EXPECT_EQ(a->left_out, 8u);
}

TEST(ParticleHistory, LoopsTogetherAreInTheOrderOfTime) {
  ParticleHistory one({});
  ParticleHistory other({});
  one.add("p", "i", {5, Happening::kRan, "", ""});
  other.add("p", "i", {3, Happening::kArrived, "", ""});
  const std::string text = history_json({*one.find("p"), *other.find("p")});
  EXPECT_LT(text.find("arrived"), text.find("ran"));
}

}  // namespace
}  // namespace aqua::node

#include "node/metrics.h"

#include <gtest/gtest.h>

namespace aqua::node {
namespace {

TEST(Metrics, AddsLoopsUp) {
  Metrics one;
  Metrics other;
  one.count(Counter::kReceivedParticles);
  other.count(Counter::kReceivedParticles, 2);
  other.connections = 4;
  one.particle_sizes.add(100);
  other.particle_sizes.add(5000);
  other.particle_sizes.add(1e9);
  one.add(other);
  EXPECT_EQ(one.of(Counter::kReceivedParticles), 3u);
  EXPECT_EQ(one.connections, 4u);
  EXPECT_EQ(one.particle_sizes.counts, (std::vector<std::uint64_t>{1, 0, 1, 0, 0, 0, 0, 1}));
}

TEST(Metrics, WritesOpenMetrics) {
  Metrics metrics;
  metrics.count(Counter::kSendFailure, 7);
  metrics.run_seconds.add(0.005);
  metrics.run_seconds.add(0.25);
  const std::string text = metrics_text(metrics, "0.1.0");
  EXPECT_NE(text.find("# TYPE connectivity_particle_send_failure counter\n"
                      "connectivity_particle_send_failure_total 7\n"),
            std::string::npos);
  EXPECT_NE(text.find("particle_executor_interpretation_time_sec_bucket{le=\"0.001\"} 0\n"
                      "particle_executor_interpretation_time_sec_bucket{le=\"0.01\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("particle_executor_interpretation_time_sec_bucket{le=\"+Inf\"} 2\n"
                      "particle_executor_interpretation_time_sec_count 2\n"
                      "particle_executor_interpretation_time_sec_sum 0.255\n"),
            std::string::npos);
  EXPECT_TRUE(text.ends_with("info_build{version=\"0.1.0\"} 1\n# EOF\n"));
}

}  // namespace
}  // namespace aqua::node

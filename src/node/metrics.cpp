#include "node/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace aqua::node {

namespace {

constexpr double kSizeBounds[] = {1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
constexpr double kSecondBounds[] = {0.0001, 0.001, 0.01, 0.1, 0.5, 1, 10, 60};

struct CounterText {
  std::string_view name;
  std::string_view help;
};
constexpr CounterText kCounterTexts[] = {
#define AQUA_NODE_COUNTER(name, text, help) {text, help},
    AQUA_NODE_COUNTERS(AQUA_NODE_COUNTER)
#undef AQUA_NODE_COUNTER
};

void add_histogram(Histogram& to, const Histogram& from) {
  for (std::size_t i = 0; i < to.counts.size(); ++i) to.counts[i] += from.counts[i];
  to.sum += from.sum;
}

void append_head(std::string& out, std::string_view name, std::string_view type,
                 std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}.\n# TYPE {} {}\n", name, help, name, type);
}

void append_gauge(std::string& out, std::string_view name, std::string_view help,
                  std::uint64_t value) {
  append_head(out, name, "gauge", help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void append_histogram(std::string& out, std::string_view name, std::string_view help,
                      const Histogram& histogram) {
  append_head(out, name, "histogram", help);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    below += histogram.counts[i];
    const std::string bound =
        i < histogram.bounds.size() ? fmt::format("{}", histogram.bounds[i]) : "+Inf";
    fmt::format_to(std::back_inserter(out), "{}_bucket{{le=\"{}\"}} {}\n", name, bound, below);
  }
  fmt::format_to(std::back_inserter(out), "{}_count {}\n{}_sum {}\n", name, below, name,
                 histogram.sum);
}

}  // namespace

void Histogram::add(double value) {
  const auto bucket = std::ranges::lower_bound(bounds, value) - bounds.begin();
  ++counts[static_cast<std::size_t>(bucket)];
  sum += value;
}

Metrics::Metrics()
    : particle_sizes(kSizeBounds), run_seconds(kSecondBounds), call_seconds(kSecondBounds) {}

void Metrics::add(const Metrics& other) {
  for (std::size_t i = 0; i < counters.size(); ++i) counters[i] += other.counters[i];
  add_histogram(particle_sizes, other.particle_sizes);
  add_histogram(run_seconds, other.run_seconds);
  add_histogram(call_seconds, other.call_seconds);
  connected_peers += other.connected_peers;
  connections += other.connections;
  unsent_bytes += other.unsent_bytes;
  incomplete_bytes += other.incomplete_bytes;
  known_peers += other.known_peers;
  alive_particles += other.alive_particles;
  runs_waiting += other.runs_waiting;
  calls_in_flight += other.calls_in_flight;
}

std::string metrics_text(const Metrics& metrics, std::string_view version) {
  std::string out;
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    append_head(out, kCounterTexts[i].name, "counter", kCounterTexts[i].help);
    fmt::format_to(std::back_inserter(out), "{}_total {}\n", kCounterTexts[i].name,
                   metrics.counters[i]);
  }
  append_gauge(out, "connection_pool_connected_peers", "Peers with a connection",
               metrics.connected_peers);
  append_gauge(out, "connection_pool_connections", "Connections", metrics.connections);
  append_gauge(out, "connection_pool_unsent_bytes", "Bytes that wait to be written",
               metrics.unsent_bytes);
  append_gauge(out, "connection_pool_incomplete_bytes", "Bytes of frames that are not complete",
               metrics.incomplete_bytes);
  append_gauge(out, "connection_pool_known_peers", "Peers with a known address",
               metrics.known_peers);
  append_gauge(out, "connection_pool_particle_queue_size", "Runs that wait", metrics.runs_waiting);
  append_gauge(out, "particle_executor_alive_actors", "Particles that are not yet expired",
               metrics.alive_particles);
  append_gauge(out, "particle_executor_calls_in_flight", "Calls without an answer",
               metrics.calls_in_flight);
  append_histogram(out, "connection_pool_particle_sizes", "Sizes of particles that arrived, bytes",
                   metrics.particle_sizes);
  append_histogram(out, "particle_executor_interpretation_time_sec", "How long runs take",
                   metrics.run_seconds);
  append_histogram(out, "particle_executor_service_call_time_sec", "How long services take",
                   metrics.call_seconds);
  append_head(out, "info_build", "gauge", "What runs here");
  fmt::format_to(std::back_inserter(out), "info_build{{version=\"{}\"}} 1\n# EOF\n", version);
  return out;
}

}  // namespace aqua::node

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Counted on each loop by itself, added up by whoever asks.

namespace aqua::node {

// What only grows: constant, its name without the ending _total, help.
#define AQUA_NODE_COUNTERS(X)                                                                    \
  X(kReceivedParticles, "connection_pool_received_particles", "Particles that arrived")          \
  X(kReceivedBytes, "connection_pool_received_bytes", "Bytes read from connections")             \
  X(kSentBytes, "connection_pool_sent_bytes", "Bytes written to connections")                    \
  X(kAccepted, "connection_pool_accepted", "Connections that others made")                       \
  X(kDialled, "connection_pool_dialled", "Connections made")                                     \
  X(kDialFailures, "connection_pool_dial_failures", "Addresses that gave no connection")         \
  X(kHandshakeFailures, "connection_pool_handshake_failures", "Connections that named no peer")  \
  X(kRefusedConnections, "connection_pool_refused_connections", "Connections beyond a limit")    \
  X(kBadFrames, "connection_pool_bad_frames", "Streams with bytes that nobody understands")      \
  X(kSendSuccess, "connectivity_particle_send_success", "Particles written to a connection")     \
  X(kSendFailure, "connectivity_particle_send_failure", "Particles that could not be sent")      \
  X(kBootstrapConnected, "connectivity_bootstrap_connected", "Connections to bootstrap peers")   \
  X(kBootstrapDisconnected, "connectivity_bootstrap_disconnected", "Bootstrap peers lost")       \
  X(kReportsSent, "connectivity_delivery_reports_sent", "Delivery reports sent or passed on")    \
  X(kReportsReceived, "connectivity_delivery_reports_received", "Delivery reports that arrived") \
  X(kExpired, "dispatcher_particles_expired", "Particles that arrived too late")                 \
  X(kRefused, "dispatcher_particles_refused", "Particles refused, the late ones among them")     \
  X(kRunSuccesses, "particle_executor_interpretation_successes", "Runs without an error")        \
  X(kRunFailures, "particle_executor_interpretation_failures", "Runs that ended with an error")  \
  X(kCallSuccesses, "particle_executor_service_call_success", "Calls of services that worked")   \
  X(kCallFailures, "particle_executor_service_call_failure", "Calls that ended with an error")

enum class Counter : std::uint8_t {
#define AQUA_NODE_COUNTER(name, text, help) name,
  AQUA_NODE_COUNTERS(AQUA_NODE_COUNTER)
#undef AQUA_NODE_COUNTER
};
inline constexpr std::size_t kCounterCount = 0
#define AQUA_NODE_COUNTER(name, text, help) +1
    AQUA_NODE_COUNTERS(AQUA_NODE_COUNTER)
#undef AQUA_NODE_COUNTER
    ;

// Buckets by upper bounds.
struct Histogram {
  explicit Histogram(std::span<const double> upper_bounds)
      : bounds(upper_bounds), counts(upper_bounds.size() + 1) {}
  void add(double value);

  std::span<const double> bounds;
  std::vector<std::uint64_t> counts;  // the last: above all bounds
  double sum = 0;
};

struct Metrics {
  Metrics();
  void count(Counter counter, std::uint64_t by = 1) {
    counters[static_cast<std::size_t>(counter)] += by;
  }
  std::uint64_t of(Counter counter) const { return counters[static_cast<std::size_t>(counter)]; }
  void add(const Metrics& other);

  std::array<std::uint64_t, kCounterCount> counters{};
  Histogram particle_sizes;
  Histogram run_seconds;
  Histogram call_seconds;

  // As it is now.
  std::uint64_t connected_peers = 0;
  std::uint64_t connections = 0;
  std::uint64_t unsent_bytes = 0;
  std::uint64_t incomplete_bytes = 0;
  std::uint64_t known_peers = 0;
  std::uint64_t alive_particles = 0;
  std::uint64_t runs_waiting = 0;
  std::uint64_t calls_in_flight = 0;
};

// OpenMetrics text, with its last line.
std::string metrics_text(const Metrics& metrics, std::string_view version);

}  // namespace aqua::node

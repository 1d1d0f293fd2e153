#include "node/limit_table.h"

#include <limits>

namespace aqua::node {

namespace {

// X(the struct of the limits in NodeOptions, the prefix in the file, the limit)
#define AQUA_NODE_LIMIT_TABLE(X)                      \
  X(peer_limits, particle_, id_bytes_max)             \
  X(peer_limits, particle_, script_bytes_max)         \
  X(peer_limits, particle_, data_bytes_max)           \
  X(peer_limits, particle_, ttl_ms_max)               \
  X(peer_limits, particle_, clock_skew_ms_max)        \
  X(peer_limits, , particles_max)                     \
  X(peer_limits, , particles_per_initiator_max)       \
  X(peer_limits, particles_, forgotten_max)           \
  X(peer_limits, particle_, copies_waiting_max)       \
  X(peer_limits, particle_, calls_in_flight_max)      \
  X(peer_limits, call_, result_bytes_max)             \
  X(peer_limits, , call_ms_max)                       \
  X(peer_limits, delivery_, reports_per_particle_max) \
  X(peer_limits, delivery_, reports_per_second_max)   \
  X(peer_limits, idle_, scripts_max)                  \
  X(net_limits, , handshake_ms)                       \
  X(net_limits, , negotiation_ms)                     \
  X(net_limits, , half_closed_ms)                     \
  X(net_limits, , keepalive_ms)                       \
  X(net_limits, , keepalive_answer_ms)                \
  X(net_limits, , protocol_line_bytes_max)            \
  X(net_limits, , proposals_max)                      \
  X(net_limits, , handshake_message_bytes_max)        \
  X(net_limits, , receive_window_bytes)               \
  X(net_limits, , unconsumed_bytes_max)               \
  X(net_limits, , inbound_streams_max)                \
  X(net_limits, , outbound_streams_max)               \
  X(net_limits, , idle_frames_max)                    \
  X(net_limits, , idle_frames_ms)                     \
  X(net_limits, stream_, unsent_bytes_max)            \
  X(net_limits, , identify_bytes_max)                 \
  X(net_limits, , identify_addresses_max)             \
  X(net_limits, , identify_protocols_max)             \
  X(net_limits, , identify_text_bytes_max)            \
  X(limits, , connections_max)                        \
  X(limits, , connections_per_peer_max)               \
  X(limits, , handshakes_max)                         \
  X(limits, , idle_ms_max)                            \
  X(limits, , dial_ms_max)                            \
  X(limits, , dials_max)                              \
  X(limits, , reconnect_ms_min)                       \
  X(limits, , reconnect_ms_max)                       \
  X(limits, , find_ms_max)                            \
  X(limits, , return_ms_max)                          \
  X(limits, , send_queue_bytes_max)                   \
  X(limits, , send_queues_bytes_max)                  \
  X(limits, , dial_queue_bytes_max)                   \
  X(limits, incomplete_, stream_bytes_max)            \
  X(limits, incomplete_, stream_ms_max)               \
  X(limits, , runs_waiting_max)                       \
  X(limits, , known_peers_max)                        \
  X(limits, , known_addresses_max)                    \
  X(limits, , history_particles_max)                  \
  X(limits, , history_entries_max)                    \
  X(limits, , stop_ms_max)

// A window of yamux is at least the one that every stream begins with.
constexpr std::uint64_t kWindowBytesMin = 262'144;

template <class Number>
constexpr std::uint64_t max_of(const Number&) {
  // TOML has no numbers beyond.
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  constexpr auto kOwnMax = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
  return kOwnMax < kMax ? kOwnMax : kMax;
}

}  // namespace

std::vector<LimitRow> limits_of(const NodeOptions& options) {
  return {
#define AQUA_NODE_LIMIT(group, prefix, limit) \
  {#prefix #limit, options.group.limit, max_of(options.group.limit)},
      AQUA_NODE_LIMIT_TABLE(AQUA_NODE_LIMIT)
#undef AQUA_NODE_LIMIT
  };
}

std::span<const config::LimitName> limit_names() {
  static const std::vector<LimitRow> rows = limits_of({});
  static const std::vector<config::LimitName> names = [] {
    std::vector<config::LimitName> out;
    for (const LimitRow& row : rows) out.push_back({row.name, row.value_max});
    return out;
  }();
  return names;
}

bool set_limit(NodeOptions& options, std::string_view name, std::uint64_t value) {
  if (name == "receive_window_bytes" && value < kWindowBytesMin) value = kWindowBytesMin;
#define AQUA_NODE_LIMIT(group, prefix, limit)                                \
  if (name == #prefix #limit) {                                              \
    options.group.limit = static_cast<decltype(options.group.limit)>(value); \
    return true;                                                             \
  }
  AQUA_NODE_LIMIT_TABLE(AQUA_NODE_LIMIT)
#undef AQUA_NODE_LIMIT
  return false;
}

}  // namespace aqua::node

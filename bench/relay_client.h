#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

// What relay_client does to a relay; the rest is in relay.mjs.

namespace aqua::bench {

struct RelayOptions {
  std::string load;    // tc1, flood, connect, idle
  std::string relay;   // multiaddr
  std::string script;  // tc1: file with the AIR of a function of one string
  std::size_t count = 100;
  std::size_t in_flight = 1;
  std::size_t bytes = 1;  // tc1: of the argument
};

using Clock = std::chrono::steady_clock;
inline double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Round trips of particles, so many at a time: prints {"times_ms", "seconds"}. `flood`: without an end; prints {"done"}, how
// many came back, when the first did and each second after that.
void run_round_trips(const RelayOptions& options);
// Connections of fresh identities, one after the other: prints {"times_ms"}.
void run_handshakes(const RelayOptions& options);
// The same, kept: prints {"open"}, and ends with the standard input.
void keep_connections(const RelayOptions& options);

[[noreturn]] void fail(const std::string& why);
std::string json_numbers(const std::vector<double>& numbers);

}  // namespace aqua::bench

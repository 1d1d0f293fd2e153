#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/mistakes.h"
#include "config/network.h"
#include "report/aqua_script.h"
#include "services/shape.h"
#include "sim/function_run.h"

// `aqua run` as a client behind a relay.

namespace CLI {
class App;
}

namespace aqua::cli {

struct RelayOptions {
  std::vector<std::string> relays;    // multiaddrs; none: the network is in this process
  std::string key;                    // its file; empty: a new key for this run
  std::vector<std::string> peers;     // NAME=ID
  std::vector<std::string> services;  // as for --service of aqua peer
  std::string log;
  std::optional<std::uint32_t> ttl_ms;
  std::uint32_t connect_ms_max = 10'000;
  std::uint32_t relay_wait_ms = 5'000;
  bool json = false;
};

// What `aqua run --relay` knows of the real network.
struct RelayNetwork {
  config::Network named;        // only peers with ids
  services::Services services;  // of the client
};
// `network` is that of the file; an empty one where none was named. The error is a sentence.
base::Result<RelayNetwork, std::string> relay_network(config::Network network,
                                                      const RelayOptions& options);

void add_relay_options(CLI::App& command, RelayOptions& options);
// The exit code.
int run_behind_relay(const sim::Function& function, const report::AquaScript& script,
                     const RelayNetwork& network, const services::Declarations& declarations,
                     const RelayOptions& options, const Mistakes& mistakes);

}  // namespace aqua::cli

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/network.h"
#include "crypto/keys.h"
#include "sim/embedded_network.h"

// Particles of one script through an embedded network, one after the other or many at a time.

namespace aqua::bench {

struct Load {
  std::string air;   // "@name" is a peer
  std::string init;  // name of the peer that starts
  std::vector<std::string> peers;
  std::map<std::string, std::string, std::less<>> data;  // JSON that getDataSrv gives, by name
  std::uint32_t ttl_ms = 1'000;
  std::size_t warm_up = 0;  // particles that are not counted
  std::size_t particles = 1;
  bool stubs_signatures = false;
};

// `object`: canonical JSON. The error is a sentence.
base::Result<Load, std::string> parse_load(std::string_view object);

struct LoadMeasured {
  std::vector<std::uint64_t> ns;  // of every particle: from signing it until nothing moves
  std::uint64_t total_ns = 0;
  std::uint64_t processor_ns = 0;  // of that: a machine with other work to do changes this little
  std::uint64_t deliveries = 0;
  std::size_t responses = 0;
  std::string first_response;         // JSON: the arguments; names for ids
  std::string error;                  // the first one that the script told
  crypto::SignatureTally signatures;  // in processor time
};

// Processor time of the calling thread.
std::uint64_t processor_ns();

LoadMeasured run_load(const Load& load);

// A network of such peers, and what its client is told.
class LoadedNetwork {
 public:
  explicit LoadedNetwork(const Load& load);

  // From signing it until nothing moves.
  void run_one();
  // Only signs it and puts it there.
  void start_one();
  void run_all();
  void run_until(std::uint64_t ms);

  const sim::EmbeddedNetwork& network() const { return network_; }
  std::size_t responses = 0;
  std::string first_response;
  std::string error;

 private:
  Load load_;
  config::Network config_;
  sim::EmbeddedNetwork network_;
  std::string script_;
  report::PeerIndex init_;
  std::uint64_t started_ = 0;
};

}  // namespace aqua::bench

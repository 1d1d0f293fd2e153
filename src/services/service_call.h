#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

// A call as services see it: whose it is, and what it asks for.

namespace aqua::services {

// One call of one particle on one peer; never used again.
struct CallKey {
  std::uint64_t particle = 0;
  std::uint32_t call_id = 0;

  friend auto operator<=>(const CallKey&, const CallKey&) = default;
};

// Where a value comes from: what a service decides on whether to trust it.
struct Provenance {
  std::string peer_id;
  std::string service;
  std::string function;
  std::string lens;
};

struct CallContext {
  std::string particle_id;
  std::string init_peer_id;
  std::string host_peer_id;
  std::uint64_t timestamp_ms = 0;
  std::uint32_t ttl_ms = 0;
  std::vector<std::vector<Provenance>>
      tetraplets;  // by argument; one, or one for each item of a stream
};

struct ServiceCall {
  CallKey key;
  std::string service;  // id or alias
  std::string function;
  std::vector<std::string> arguments;  // canonical JSON
  CallContext context;
  std::uint64_t deadline_ms = 0;  // nobody listens from then on
};

}  // namespace aqua::services

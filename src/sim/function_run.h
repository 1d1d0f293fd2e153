#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "air/tree.h"
#include "config/network.h"
#include "report/journey.h"
#include "services/shape.h"
#include "sim/simulation.h"

// A client of an embedded network: calls one compiled function from the peer that starts, as its caller
// would from far away.

namespace aqua::sim {

class EmbeddedNetwork;

struct Parameter {
  std::string name;
  bool is_callback = false;
  bool callback_has_result = false;
};
// How a script asks for its arguments and gives its results: docs/formats/definitions.md.
struct Function {
  const air::Tree& tree;  // as compiled, with names of peers
  std::vector<Parameter> parameters;
  std::map<std::string, std::string, std::less<>>
      arguments;  // canonical JSON by parameter; "@name" is a peer
};

struct FunctionRunOptions {
  std::uint64_t seed = 0;  // of keys, and of the order of what happens at the same moment
  std::uint32_t ttl_ms = 300'000;
  std::uint64_t start_ms = kTimestampMs;
  std::string particle_id = "aqua-run";
  // What the services of users look like in the script; lives on. Null: not known.
  const services::Declarations* declarations = nullptr;
  // Steps the network to its end. None: in virtual time, where services outside of this process do not answer.
  // The journey grows meanwhile.
  std::function<void(EmbeddedNetwork&, const report::Journey&)> drive;
};

// --- what the caller hears, as it comes; peer ids are "@name" ----------------------------------------

struct CallbackCalled {
  std::string name;
  std::vector<std::string> arguments;
};
struct LinePrinted {
  std::string peer;
  std::string text;
};
struct Returned {
  std::vector<std::string> values;
};
struct FailedWith {
  std::string error;  // JSON: error_code, message, instruction, peer_id
};
struct News {
  std::uint64_t at_ms = 0;  // since the start
  std::variant<CallbackCalled, LinePrinted, Returned, FailedWith> what;
};
using Listener = std::function<void(const News&)>;

struct FunctionRun {
  report::Journey journey;
  std::optional<Returned> result;   // the first one counts
  std::optional<FailedWith> error;  // before any result
  bool is_over_time = false;        // something was still on its way at the deadline
  std::uint64_t took_ms = 0;        // until nothing moved any more
};

FunctionRun run_function(const Function& function, const config::Network& network,
                         const FunctionRunOptions& options, const Listener& listener);

// Of a definition: docs/formats/definitions.md.
std::vector<Parameter> parameters_of(std::string_view definition);
bool has_result(std::string_view definition);

}  // namespace aqua::sim

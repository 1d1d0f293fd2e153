#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "air/tree.h"
#include "base/result.h"
#include "diagnostics/diagnostic.h"
#include "sim/stub.h"

namespace aqua::sim {

inline constexpr std::size_t kScenarioBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kPeersMax = 1'000;

// Of a script that names neither an init peer nor any other.
inline constexpr std::string_view kDefaultInitPeer = "init";

// A script together with what its directives say about the network that it runs in.
struct Scenario {
  air::Tree tree;  // as written: a literal "@bob" is not yet bob's peer id
  std::vector<std::string>
      peers;                // names, the init peer first, the others as they come in the text
  std::vector<Stub> stubs;  // in the order of the text
};

// All mistakes at once, those of the script and those of its directives.
base::Result<Scenario, std::vector<diagnostics::Diagnostic>> parse_scenario(std::string_view text);

}  // namespace aqua::sim

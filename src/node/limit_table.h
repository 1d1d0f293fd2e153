#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/peer.h"
#include "node/node.h"

// All limits of a peer by name, as they stand under [limits] in its file.

namespace aqua::node {

struct LimitRow {
  std::string name;
  std::uint64_t value = 0;  // as it is set
  std::uint64_t value_max = 0;
};

// With the values of these options, in the order in which they are declared.
std::vector<LimitRow> limits_of(const NodeOptions& options);
std::span<const config::LimitName> limit_names();
// False: no limit has that name.
bool set_limit(NodeOptions& options, std::string_view name, std::uint64_t value);

}  // namespace aqua::node

#pragma once

#include <string>
#include <string_view>

#include "vm/envelope.h"
#include "vm/particle_state.h"

namespace aqua::vm {

// Of the envelope in which the data came, or will go.
struct DataVersions {
  std::string_view data = kDataVersion;
  std::string_view interpreter = kInterpreterVersion;
};

// {"data": {"cid_info", "lcid", "signatures", "trace"}, "versions": {...}}: the same view of particle data that
// the published VM's to_human_readable_data gives, down to its white space. What is malformed is shown as it is.
std::string data_view(const ParticleState& state, const DataVersions& versions = {});

}  // namespace aqua::vm

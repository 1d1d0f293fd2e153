#pragma once

#include <string>

#include "vm/particle_state.h"

namespace aqua::vm {

// {"data": {"trace", "last_call_request_id", "cid_info": {...}, "signatures"}, "versions": {...}}: the same
// view of particle data that the published VM's to_human_readable_data gives.
std::string data_view(const ParticleState& state);

}  // namespace aqua::vm

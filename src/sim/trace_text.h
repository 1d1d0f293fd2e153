#pragma once

#include <string>
#include <vector>

#include "vm/particle_state.h"

namespace aqua::sim {

// The states of the trace, a line each: "call -> 3", "par 1 2". Peer ids stay as they are.
std::vector<std::string> trace_text(const vm::ParticleState& state);

}  // namespace aqua::sim

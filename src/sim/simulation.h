#pragma once

#include <cstddef>
#include <cstdint>

#include "report/journey.h"
#include "sim/scenario.h"

// A script on a network of simulated peers. What peers send each other are the bytes that real ones
// send; everything else is decided by the scenario and the seed alone.

namespace aqua::sim {

struct Options {
  // Of peer keys and of the order in which things arrive. 0: in the order in which they were sent, all
  // answers of a run together. Else: any order, answers one by one or together, alone or with data.
  std::uint64_t seed = 0;
  bool record_trace = false;  // fill report::Step::trace
  std::size_t steps_max = 10'000;
};

// Of the waits of one step so many are kept.
inline constexpr std::size_t kWaitsMax = 1'000;

// What %timestamp% and %ttl% are, and the particle id of all simulations. Time does not pass.
inline constexpr std::uint64_t kTimestampMs = 1'700'000'000'000;
inline constexpr std::uint32_t kTtlMs = 60'000;
inline constexpr std::string_view kParticleId = "aqua-simulation";

// Until nothing is on its way any more, or `steps_max` is reached.
report::Journey simulate(const Scenario& scenario, const Options& options);

}  // namespace aqua::sim

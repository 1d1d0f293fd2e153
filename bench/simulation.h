#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "scenario.h"

namespace aqua::bench {

std::uint64_t now_ns();

struct Measured {
  std::size_t invocations = 0;
  std::uint64_t vm_ns = 0;  // inside the VM alone
  crypto::SignatureTally signatures;
  std::size_t data_bytes_max = 0;
  // If wanted: what every invocation did, to compare VMs.
  std::vector<std::string> log;
};

// Runs a particle until nothing is in flight; first in, first out. Every peer is a new one, which has
// nothing but its key. The error is a sentence.
base::Result<Measured, std::string> simulate(const Scenario& scenario);

}  // namespace aqua::bench

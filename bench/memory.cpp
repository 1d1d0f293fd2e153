#include "memory.h"

#include <fmt/format.h>
#include <malloc.h>

#include <fstream>
#include <string>

#include "base/msgpack.h"
#include "crypto/keys.h"
#include "simulation.h"
#include "vm/host.h"

namespace aqua::bench {

namespace {

std::size_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != name + ":") continue;
    std::size_t kilobytes = 0;
    status >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

// From here on the peak counts anew.
void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

}  // namespace

MemoryUse measure_large_result(std::size_t result_bytes) {
  const crypto::Seed seed{1};
  vm::InvokeParameters parameters;
  parameters.init_peer_id = parameters.current_peer_id = crypto::KeyPair::from_seed(seed).peer_id();
  parameters.secret_key.assign(seed.begin(), seed.end());
  parameters.particle_id = "memory";
  const std::string air = R"((call %init_peer_id% ("d" "get") [] v))";

  vm::Host host;
  base::Bytes results = {0x81, 0x04, 0x80};
  const vm::InvokeOutcome first = host.invoke(air, {}, {}, parameters, results);

  results.resize(2);
  results.reserve(result_bytes + 64);
  base::MsgpackWriter writer(results);
  writer.map_head(1);
  writer.text("1");
  writer.map_head(2);
  writer.text("ret_code");
  writer.integer(0);
  writer.text("result");
  writer.text('"' + std::string(result_bytes - 2, 'x') + '"');

  malloc_trim(0);
  reset_peak();
  MemoryUse use;
  use.resident_before = status_bytes("VmRSS");
  const std::uint64_t started = now_ns();
  const vm::InvokeOutcome second = host.invoke(air, first.data, {}, parameters, results);
  use.vm_ns = now_ns() - started;
  use.resident_peak = status_bytes("VmHWM");
  use.ret_code = second.data.size() > result_bytes ? second.ret_code : -1;
  return use;
}

}  // namespace aqua::bench

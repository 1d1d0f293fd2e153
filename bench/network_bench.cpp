// Runs particles in the embedded network and says how long it took, as bench/network.mjs asks for it.
//
//   network_bench                        one load per line in, one answer per line out (JSON)
//   network_bench --idle PEERS           bytes of each of so many peers
//   network_bench --waiting PARTICLES    bytes of each of so many particles
//   network_bench --growth PARTICLES     bytes before and after so many particles

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "answers.h"
#include "base/heap.h"
#include "network_load.h"
#include "network_memory.h"

namespace aqua::bench {

namespace {

std::string answer(std::string_view line) {
  const auto load = parse_load(line);
  if (!load) return error_line(load.error());
  LoadMeasured measured = run_load(*load);
  if (!measured.error.empty()) return error_line(measured.error);
  std::ranges::sort(measured.ns);
  const auto at = [&](double part) {
    const auto last = measured.ns.size() - 1;
    return measured.ns[static_cast<std::size_t>(part * static_cast<double>(last))];
  };
  const crypto::SignatureTally& signatures = measured.signatures;
  std::string out = fmt::format(
      R"({{"particles":{},"total_ns":{},"processor_ns":{},"p50_ns":{},"p99_ns":{},"min_ns":{},"max_ns":{},"deliveries":{},)"
      R"("responses":{},"made":{},"made_ns":{},"verified":{},"verified_ns":{},"response":)",
      measured.ns.size(), measured.total_ns, measured.processor_ns, at(0.5), at(0.99), at(0), at(1),
      measured.deliveries, measured.responses, signatures.made, signatures.made_ns,
      signatures.verified, signatures.verified_ns);
  return out + (measured.first_response.empty() ? "null" : measured.first_response) + "}";
}

int run(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  const std::size_t count = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (count > 0 && command == "--idle") {
    fmt::print("{}\n", idle_peer_bytes(count));
    return 0;
  }
  if (count > 0 && command == "--waiting") {
    fmt::print("{}\n", waiting_particle_bytes(count));
    return 0;
  }
  if (count > 0 && command == "--growth") {
    const Growth growth = growth_over(count);
    fmt::print(R"({{"bytes_after_first":{},"bytes_at_end":{},"processor_ns":{}}})"
               "\n",
               growth.bytes_after_first, growth.bytes_at_end, growth.processor_ns);
    return 0;
  }
  if (argc > 1) {
    fmt::print(stderr, "network_bench [--idle | --waiting | --growth COUNT]\n");
    return 2;
  }
  answer_json_lines(answer);
  return 0;
}

}  // namespace

}  // namespace aqua::bench

int main(int argc, char** argv) {
  aqua::base::keep_freed_memory();
  return aqua::bench::run(argc, argv);
}

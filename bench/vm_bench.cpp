// Runs particles on our VM and says how long the VM took, as bench/run.mjs asks for it.
//
//   vm_bench                         one scenario per line in, one answer per line out (JSON)
//   vm_bench --prepare COUNT         reads scripts that were prepared COUNT times, one per line; ns each
//   vm_bench --large-result BYTES    memory and time of one run that takes in such a call result

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "answers.h"
#include "base/heap.h"
#include "json/text.h"
#include "memory.h"
#include "scenario.h"
#include "simulation.h"
#include "vm/script.h"

namespace aqua::bench {

namespace {

std::string answer(std::string_view line) {
  const auto scenario = parse_scenario(line);
  if (!scenario) return error_line(scenario.error());
  const auto measured = simulate(*scenario);
  if (!measured) return error_line(measured.error());
  const crypto::SignatureTally& signatures = measured->signatures;
  std::string out = fmt::format(
      R"({{"invocations":{},"vm_ns":{},"made":{},"made_ns":{},"verified":{},"verified_ns":{},"data_bytes":{},"log":[)",
      measured->invocations, measured->vm_ns, signatures.made, signatures.made_ns,
      signatures.verified, signatures.verified_ns, measured->data_bytes_max);
  for (const std::string& entry : measured->log) {
    if (!out.ends_with('[')) out += ',';
    json::append_quoted_lossy(out, entry);
  }
  return out + "]}";
}

std::string prepare(const std::string& air, int count) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) {
    const std::uint64_t started = now_ns();
    const auto script = vm::Script::prepare(air);
    const std::uint64_t ended = now_ns();
    if (!script) return error_line("the script is malformed");
    out += fmt::format("{}{}", i == 0 ? "" : ",", ended - started);
  }
  return out + "]";
}

int run(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (argc == 3 && command == "--large-result") {
    const MemoryUse use = measure_large_result(std::strtoull(argv[2], nullptr, 10));
    fmt::print(R"({{"ret_code":{},"resident_before":{},"resident_peak":{},"vm_ns":{}}})"
               "\n",
               use.ret_code, use.resident_before, use.resident_peak, use.vm_ns);
    return 0;
  }
  const bool prepares = argc == 3 && command == "--prepare";
  if (argc > 1 && !prepares) {
    fmt::print(stderr, "vm_bench [--prepare COUNT | --large-result BYTES]\n");
    return 2;
  }
  if (prepares) {
    answer_lines(
        [count = std::atoi(argv[2])](const std::string& air) { return prepare(air, count); });
  } else {
    answer_json_lines(answer);
  }
  return 0;
}

}  // namespace

}  // namespace aqua::bench

int main(int argc, char** argv) {
  aqua::base::keep_freed_memory();
  return aqua::bench::run(argc, argv);
}

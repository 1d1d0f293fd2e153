// Throughput of parse() on generated scripts: air_parse_bench [REPETITIONS]
// parse-10000 is the script of the same name of the reference's benchmark.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

#include "air/formatter.h"
#include "air/parser.h"
#include "air/printer.h"

namespace {

using namespace aqua;

struct Workload {
  std::string name;
  std::string script;
};

void append_balanced_calls(std::string& out, std::size_t first, std::size_t end) {
  if (end - first == 1) {
    const std::string input = first == 0 ? "\"x\"" : fmt::format("v{}", first - 1);
    fmt::format_to(std::back_inserter(out),
                   "(call \"12D3KooWBZ5hFBXd6sDGSnQzRWLUe4hV1uV1xMsyTqSBKpAsRXkU\" (\"service\" "
                   "\"function_{0}\") [{1} {0} \"literal\"] v{0})",
                   first, input);
    return;
  }
  const std::size_t middle = first + (end - first) / 2;
  out += "(seq ";
  append_balanced_calls(out, first, middle);
  out += ' ';
  append_balanced_calls(out, middle, end);
  out += ')';
}

std::vector<Workload> workloads() {
  std::vector<Workload> all;
  Workload& calls = all.emplace_back(Workload{"parse-10000", {}});
  append_balanced_calls(calls.script, 0, 5000);

  Workload& deep = all.emplace_back(Workload{"deep-100000", {}});
  for (int i = 0; i < 100'000; ++i) deep.script += fmt::format("(seq (ap {} x{}) ", i, i % 100);
  deep.script += "(null)";
  deep.script.append(100'000, ')');

  Workload& dense = all.emplace_back(Workload{"dense", {}});
  for (int i = 0; i < 100'000; ++i) dense.script += "(seq (null)";
  dense.script += "(null)";
  dense.script.append(100'000, ')');

  Workload& names = all.emplace_back(Workload{"names-100000", {}});
  for (int i = 0; i < 100'000; ++i) names.script += fmt::format("(new $a_name_{} ", i);
  names.script += "(null)";
  names.script.append(100'000, ')');
  return all;
}

template <class Step>
double median_ms(int repetitions, Step step) {
  std::vector<double> times;
  for (int i = 0; i < repetitions; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    step();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::ranges::nth_element(times, times.begin() + repetitions / 2);
  return times[static_cast<std::size_t>(repetitions) / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int repetitions = argc > 1 ? std::max(1, std::atoi(argv[1])) : 25;
  fmt::print("{:<14} {:>9} {:>10} {:>10} {:>10} {:>10}\n", "script", "KB", "parse ms", "MB/s",
             "print ms", "fmt ms");
  for (const Workload& workload : workloads()) {
    auto tree = air::parse(workload.script);
    if (!tree) {
      fmt::print("{}: {}\n", workload.name, tree.error()[0].message);
      return 1;
    }
    const double parse_ms = median_ms(repetitions, [&] { tree = air::parse(workload.script); });
    const double print_ms = median_ms(repetitions, [&] { air::print(*tree); });
    const double format_ms = median_ms(repetitions, [&] { air::format_script(workload.script); });
    const auto size = static_cast<double>(workload.script.size());
    fmt::print("{:<14} {:>9.0f} {:>10.2f} {:>10.0f} {:>10.2f} {:>10.2f}\n", workload.name,
               size / 1e3, parse_ms, size / 1e3 / parse_ms, print_ms, format_ms);
  }
  return 0;
}

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"
#include "report/explain.h"
#include "report/show.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace aqua::cli {

namespace {

struct AirRunOptions {
  std::string path;
  std::uint64_t seed = 0;
  bool json = false;
  bool trace = false;
};

int air_run(const AirRunOptions& options) {
  auto script = read_input(options.path);
  if (!script) {
    complain(script.error());
    return kExitUsage;
  }
  const diagnostics::Source source(shown_name(options.path), std::move(*script));
  const auto scenario = sim::parse_scenario(source.text());
  if (!scenario) {
    print_error(render_all(source, scenario.error(), colour_for(stderr)));
    return kExitFailed;
  }
  const report::Journey journey =
      sim::simulate(*scenario, {.seed = options.seed, .record_trace = options.trace});
  const report::Explanation explanation = report::explain(journey, scenario->tree);
  const report::ScriptText text{.tree = scenario->tree, .source = source};
  const report::Detail detail = options.trace ? report::Detail::kSteps : report::Detail::kCalls;
  if (options.json) {
    print_out(to_json(journey, explanation, text, detail) + '\n');
  } else {
    print_out(to_text(journey, explanation, text, detail));
  }
  return explanation.verdict == report::Verdict::kFinished ? kExitOk : kExitFailed;
}

// CLI11 itself takes -1 for the largest number.
std::string is_seed(const std::string& text) {
  const bool is_number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? std::string() : fmt::format("'{}' is not a number from 0 on", text);
}

}  // namespace

void add_air_run(CommandLine parent) {
  auto options = std::make_shared<AirRunOptions>();
  CommandLine command = parent.subcommand("run", "run a script over simulated peers");
  command.option("FILE", options->path, "the script; - is standard input").required();
  command
      .option("--seed", options->seed,
              "of keys and of the order in which things arrive; 0, the default, keeps the order")
      .without(is_seed);
  command.flag("--json", options->json, "print one JSON document");
  command.flag("--trace", options->trace, "print every step with the states of its trace");
  command.runs([options] { return air_run(*options); });
}

}  // namespace aqua::cli

#include <algorithm>
#include <memory>
#include <string>

#include "cli/aqua_sources.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "compiler/compilation.h"

namespace aqua::cli {

namespace {

int check(const SourceOptions& options, bool as_json) {
  const auto inputs = find_inputs(options.paths);
  if (!inputs) {
    complain(inputs.error());
    return kExitUsage;
  }
  const compiler::Compilation result = compiler::check(*inputs, compiler_options(options), disk());
  if (as_json) {
    print_out(diagnostics::to_json(result.sources, result.diagnostics) + '\n');
  } else {
    print_error(diagnostics::render_all(result.sources, result.diagnostics, colour_for(stderr)));
  }
  return std::ranges::any_of(result.diagnostics, diagnostics::is_error) ? kExitFailed : kExitOk;
}

}  // namespace

void add_check(CommandLine parent) {
  struct Options {
    SourceOptions sources;
    std::string format = "text";
  };
  auto options = std::make_shared<Options>();
  CommandLine command = parent.subcommand("check", "report every mistake of Aqua files");
  add_source_options(command, options->sources);
  command.option("--format", options->format, "text or json").one_of({"text", "json"});
  command.runs([options] { return check(options->sources, options->format == "json"); });
}

}  // namespace aqua::cli

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string_view>

#include "base/heap.h"
#include "cli/command.h"
#include "cli/mistakes.h"

namespace aqua::cli {

namespace {

// Of a command line that could not be understood.
bool wants_json(std::span<char* const> arguments) {
  return std::ranges::any_of(arguments,
                             [](std::string_view argument) { return argument == "--json"; });
}

int run(int argc, char** argv) {
  Command chosen;
  CLI::App app{"Aqua: programs that run over many peers", "aqua"};
  app.require_subcommand(1);

  add_check(app, chosen);
  add_compile(app, chosen);
  add_run(app, chosen);
  add_peer(app, chosen);
  add_up(app, chosen);
  add_key(app, chosen);

  CLI::App* const air = app.add_subcommand("air", "AIR scripts");
  air->require_subcommand(1);
  add_air_check(*air, chosen);
  add_air_fmt(*air, chosen);
  add_air_run(*air, chosen);

  CLI::App* const data = app.add_subcommand("data", "particle data");
  data->require_subcommand(1);
  add_data_show(*data, chosen);
  add_data_verify(*data, chosen);

  add_vm(app, chosen);
  add_explain_error(app, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_mistake = error.get_exit_code() != 0;
    if (is_mistake && wants_json(std::span(argv, static_cast<std::size_t>(argc)))) {
      Mistakes(Mistakes::Form::kJson).tell(error.what());
      return kExitUsage;
    }
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return chosen();
}

}  // namespace

}  // namespace aqua::cli

int main(int argc, char** argv) {
  aqua::base::keep_freed_memory();
  return aqua::cli::run(argc, argv);
}

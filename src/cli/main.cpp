#include <CLI/CLI.hpp>

#include "base/heap.h"
#include "cli/command.h"

namespace aqua::cli {

namespace {

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

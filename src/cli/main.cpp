#include "base/heap.h"
#include "cli/command.h"

namespace aqua::cli {

namespace {

void declare(CommandLine program) {
  program.requires_subcommand();

  add_check(program);
  add_compile(program);
  add_run(program);
  add_peer(program);
  add_up(program);
  add_key(program);

  CommandLine air = program.subcommand("air", "AIR scripts");
  air.requires_subcommand();
  add_air_check(air);
  add_air_fmt(air);
  add_air_run(air);

  CommandLine data = program.subcommand("data", "particle data");
  data.requires_subcommand();
  add_data_show(data);
  add_data_verify(data);

  add_vm(program);
  add_explain_error(program);
}

}  // namespace

}  // namespace aqua::cli

int main(int argc, char** argv) {
  aqua::base::keep_freed_memory();
  return aqua::cli::run_program(argc, argv, "Aqua: programs that run over many peers",
                                aqua::cli::declare);
}

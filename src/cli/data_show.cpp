#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/terminal.h"
#include "vm/data_view.h"
#include "vm/run.h"

namespace aqua::cli {

namespace {

int data_show(const std::string& path) {
  const auto file = read_data_file(path);
  if (!file) {
    complain(file.error().sentence);
    return file.error().exit_code;
  }
  const auto envelope = vm::read_envelope(base::as_bytes(*file));
  if (!envelope) {
    complain_about_data(path, envelope.error());
    return kExitFailed;
  }
  vm::ParticleState state(process_hash_seed());
  if (const auto loaded = vm::load_previous(state, base::as_bytes(*file)); !loaded) {
    complain_about_data(path, loaded.error());
    return kExitFailed;
  }
  print_out(vm::data_view(
      state, {.data = envelope->data_version, .interpreter = envelope->interpreter_version}));
  print_out("\n");
  return kExitOk;
}

}  // namespace

void add_data_show(CommandLine parent) {
  auto path = std::make_shared<std::string>();
  CommandLine command = parent.subcommand("show", "print particle data as JSON");
  command.option("FILE", *path, "the data; - is standard input").required();
  command.runs([path] { return data_show(*path); });
}

}  // namespace aqua::cli

#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/terminal.h"
#include "node/key_file.h"

namespace aqua::cli {

namespace {

struct KeyOptions {
  std::string state;
  std::string file;
};

std::string path_of(const KeyOptions& options) {
  if (!options.file.empty()) return options.file;
  return node::key_path_in(options.state.empty() ? node::default_state_folder() : options.state);
}

int show(const base::Result<crypto::KeyPair, std::string>& key) {
  if (!key) {
    complain(key.error());
    return kExitUsage;
  }
  print_out(key->peer_id() + '\n');
  return kExitOk;
}

void add_options(CommandLine command, KeyOptions& options) {
  command.option("--state", options.state,
                 "the state folder of the peer; without it the one of this user");
  command.option("file", options.file, "the file of the key, in place of that in the folder");
}

}  // namespace

void add_key(CommandLine parent) {
  CommandLine key = parent.subcommand("key", "the key of a peer, and so its peer id");
  key.requires_subcommand();
  auto options = std::make_shared<KeyOptions>();
  CommandLine create = key.subcommand("new", "make a new key, and print its peer id");
  add_options(create, *options);
  create.runs([options] { return show(node::create_key(path_of(*options))); });
  CommandLine print = key.subcommand("show", "print the peer id of a key");
  add_options(print, *options);
  print.runs([options] { return show(node::load_key(path_of(*options))); });
}

}  // namespace aqua::cli

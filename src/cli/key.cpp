#include <fmt/format.h>

#include <CLI/CLI.hpp>
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

void add_options(CLI::App& command, KeyOptions& options) {
  command.add_option("--state", options.state,
                     "the state folder of the peer; without it the one of this user");
  command.add_option("file", options.file, "the file of the key, in place of that in the folder");
}

}  // namespace

void add_key(CLI::App& parent, Command& chosen) {
  CLI::App* const key = parent.add_subcommand("key", "the key of a peer, and so its peer id");
  key->require_subcommand(1);
  auto options = std::make_shared<KeyOptions>();
  CLI::App* const create = key->add_subcommand("new", "make a new key, and print its peer id");
  add_options(*create, *options);
  create->callback([options, &chosen] {
    chosen = [options] { return show(node::create_key(path_of(*options))); };
  });
  CLI::App* const print = key->add_subcommand("show", "print the peer id of a key");
  add_options(*print, *options);
  print->callback([options, &chosen] {
    chosen = [options] { return show(node::load_key(path_of(*options))); };
  });
}

}  // namespace aqua::cli

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command_line.h"
#include "node/node.h"

// What the commands that run peers have in common: their options, from the command line and the file.

namespace aqua::cli {

struct PeerOptions {
  std::string config;
  std::vector<std::string> listen;
  std::vector<std::string> bootstrap;
  std::vector<std::string> external;
  std::vector<std::string> services;  // ID=COMMAND or ID=http://...
  std::vector<std::string> limits;    // NAME=VALUE
  std::string state;
  std::string http;
  std::string log;
  std::uint32_t loops = 0;  // 0: as the file says
  bool json = false;
};

struct PeerSettings {
  node::NodeOptions node;
  std::string state;
  node::Level log = node::Level::kInfo;
  std::uint32_t loops = 1;
};

void add_peer_options(CommandLine command, PeerOptions& options);
// What the command line says counts more than the file. None: it is told to the user already.
base::Result<PeerSettings, int> peer_settings(const PeerOptions& options);

// Runs all loops, the first one in this thread, until SIGINT or SIGTERM; then `stop` is called on the first loop
// and has to call loop.stop() on all in the end. A second signal ends the program at once.
void run_until_signal(const std::vector<node::Loop*>& loops, const std::function<void()>& stop);

}  // namespace aqua::cli

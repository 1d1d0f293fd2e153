#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/peer_options.h"
#include "cli/terminal.h"
#include "json/writer.h"
#include "node/key_file.h"
#include "node/node.h"
#include "node/state_lock.h"

namespace aqua::cli {

namespace {

constexpr std::string_view kListenDefault = "/ip4/127.0.0.1/tcp/0";

void announce(const node::Node& peer, bool json) {
  if (json) {
    json::Writer writer;
    writer.begin_object();
    writer.key("peer_id").string(peer.peer_id());
    writer.key("multiaddrs").begin_array();
    for (const std::string& address : peer.addresses()) writer.string(address);
    writer.end_array();
    if (peer.http_port() != 0) writer.key("http_port").number(peer.http_port());
    writer.end_object();
    print_out(writer.take() + '\n');
  } else {
    for (const std::string& address : peer.addresses()) print_out(address + '\n');
  }
  std::fflush(stdout);
}

int run(const PeerOptions& options) {
  auto settings = peer_settings(options);
  if (!settings) return settings.error();
  if (settings->node.listen.empty()) settings->node.listen = {std::string(kListenDefault)};
  const auto lock = node::StateLock::take(settings->state);
  if (!lock) {
    complain(lock.error());
    return kExitUsage;
  }
  const auto key = node::load_or_create_key(node::key_path_in(settings->state));
  if (!key) {
    complain(key.error());
    return kExitUsage;
  }
  node::EventLog log(stderr, settings->log,
                     options.json ? node::LogForm::kJson : node::LogForm::kLogfmt);
  std::vector<std::unique_ptr<node::Loop>> owned;
  std::vector<node::Loop*> loops;
  for (std::uint32_t i = 0; i < settings->loops; ++i)
    loops.push_back(owned.emplace_back(std::make_unique<node::Loop>()).get());
  auto peer = node::Node::open(loops, *key, settings->node, log, {});
  if (!peer) {
    complain(peer.error());
    return kExitUsage;
  }
  announce(**peer, options.json);
  log.write(node::Level::kInfo, "started",
            {{"peer", (*peer)->peer_id()}, {"http_port", (*peer)->http_port()}});
  run_until_signal(loops, [&] {
    log.write(node::Level::kInfo, "stopping", {});
    (*peer)->stop([&] {
      log.write(node::Level::kInfo, "stopped", {});
      for (node::Loop* const loop : loops) loop->stop();
    });
  });
  return kExitOk;
}

}  // namespace

void add_peer(CLI::App& parent, Command& chosen) {
  auto options = std::make_shared<PeerOptions>();
  CLI::App* const command =
      parent.add_subcommand("peer", "run a peer, which is a relay for its clients too");
  command->add_option("--listen", options->listen,
                      "a multiaddr, such as /ip4/0.0.0.0/tcp/9999/ws; port 0: any free one");
  command->add_option("--external", options->external,
                      "a multiaddr under which others reach this peer");
  command->add_option("--state", options->state, "the folder with its key");
  add_peer_options(*command, *options);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aqua::cli

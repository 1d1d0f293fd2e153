#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "cli/peer_options.h"
#include "cli/terminal.h"
#include "json/writer.h"
#include "node/key_file.h"
#include "node/node.h"

namespace aqua::cli {

namespace {

constexpr std::uint32_t kPeersMax = 1'000;

struct UpOptions {
  PeerOptions peer;
  std::uint32_t count = 3;
  std::string output = "aqua-peers.json";
};

using Nodes = std::vector<std::unique_ptr<node::Node>>;

std::string peers_json(const Nodes& nodes) {
  json::Writer writer;
  writer.begin_object();
  writer.key("peers").begin_array();
  for (const auto& peer : nodes) {
    writer.begin_object();
    writer.key("peer_id").string(peer->peer_id());
    writer.key("multiaddrs").begin_array();
    for (const std::string& address : peer->addresses()) writer.string(address);
    writer.end_array();
    if (peer->http_port() != 0) writer.key("http_port").number(peer->http_port());
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return writer.take() + '\n';
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  return static_cast<bool>(file.flush());
}

int run(const UpOptions& options) {
  auto settings = peer_settings(options.peer);
  if (!settings) return settings.error();
  node::NodeOptions& base = settings->node;
  base.listen = {"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"};
  node::EventLog log(stderr, options.peer.log.empty() ? node::Level::kWarning : settings->log,
                     options.peer.json ? node::LogForm::kJson : node::LogForm::kLogfmt);

  // Peers are spread over the loops; each has one.
  const std::uint32_t loop_count = std::min(
      options.count, options.peer.loops != 0 ? options.peer.loops
                                             : std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::unique_ptr<node::Loop>> owned;
  std::vector<node::Loop*> loops;
  for (std::uint32_t i = 0; i < loop_count; ++i)
    loops.push_back(owned.emplace_back(std::make_unique<node::Loop>()).get());
  std::vector<crypto::KeyPair> keys;
  for (std::uint32_t i = 0; i < options.count; ++i) keys.push_back(node::random_key());

  Nodes nodes;
  std::vector<std::string> bootstrap = base.bootstrap;
  std::size_t wanted = 0;
  std::size_t connected = 0;
  const auto ready = [&] {
    const std::string text = peers_json(nodes);
    if (!write_file(options.output, text)) complain(options.output + ": can not be written");
    if (options.peer.json) {
      print_out(text);
    } else {
      for (const auto& peer : nodes) {
        for (const std::string& address : peer->addresses()) print_out(address + '\n');
      }
      print_out(fmt::format("{} peers are ready, and in {}; ctrl-C stops them\n", nodes.size(),
                            options.output));
    }
    std::fflush(stdout);
  };
  for (std::uint32_t i = 0; i < options.count; ++i) {
    node::NodeOptions own = base;
    own.bootstrap = bootstrap;
    node::Node::Client client;
    client.on_bootstrap_connected = [&, loop = loops[0]](const std::string&, const std::string&) {
      loop->post([&] {
        if (++connected == wanted) ready();
      });
    };
    auto peer = node::Node::open({loops[i % loop_count]}, keys[i], own, log, std::move(client));
    if (!peer) {
      complain(peer.error());
      return kExitUsage;
    }
    wanted += own.bootstrap.size();
    bootstrap.push_back((*peer)->addresses()[0]);
    nodes.push_back(std::move(*peer));
  }
  if (wanted == 0) ready();

  std::size_t stopped = 0;
  run_until_signal(loops, [&] {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      loops[i % loop_count]->post([&, peer = nodes[i].get()] {
        peer->stop([&] {
          loops[0]->post([&] {
            if (++stopped < nodes.size()) return;
            for (node::Loop* const loop : loops) loop->stop();
          });
        });
      });
    }
  });
  return kExitOk;
}

}  // namespace

void add_up(CommandLine parent) {
  auto options = std::make_shared<UpOptions>();
  CommandLine command = parent.subcommand(
      "up", "run several peers on this machine, connected to each other, with keys of their own");
  command.option("count", options->count, "how many").between(1, kPeersMax);
  command.option("-o,--output", options->output, "where their addresses go, as JSON");
  add_peer_options(command, options->peer);
  command.runs([options] { return run(*options); });
}

}  // namespace aqua::cli

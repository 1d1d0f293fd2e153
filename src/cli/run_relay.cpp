#include "cli/run_relay.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/overloaded.h"
#include "cli/command.h"
#include "cli/service_option.h"
#include "cli/terminal.h"
#include "json/writer.h"
#include "node/key_file.h"
#include "node/relay_run.h"
#include "report/stall.h"
#include "sim/identities.h"
#include "sim/peer_literals.h"

namespace aqua::cli {

namespace {

constexpr std::uint32_t kTtlMsDefault = 15'000;

std::string report_text(const peer::DeliveryReport& report) {
  return fmt::format("{} could not pass it to {}: {}{}{}", report.from, report.to, report.why,
                     report.detail.empty() ? "" : ", ", report.detail);
}

// One line of JSON.
void print_for_programs(const node::ClientNews& news) {
  json::Writer writer;
  writer.begin_object();
  writer.key("at_ms").number(news.at_ms);
  std::visit(base::Overloaded{
                 [&](const node::CallbackCalled& n) {
                   writer.key("callback").string(n.name);
                   writer.key("arguments").texts(n.arguments);
                 },
                 [&](const node::LinePrinted& n) { writer.key("prints").string(n.text); },
                 [&](const node::Returned& n) { writer.key("result").texts(n.values); },
                 [&](const node::FailedWith& n) { writer.key("error").text(n.error); },
                 [&](const node::Connected& n) {
                   writer.key("relay").string(n.relay);
                   writer.key("address").string(n.address);
                 },
                 [&](const node::NotConnected& n) {
                   writer.key("not_connected").string(n.address);
                   writer.key("why").string(n.why);
                 },
                 [&](const node::RelayLost& n) {
                   writer.key("relay_lost").string(n.relay);
                   writer.key("address").string(n.address);
                   writer.key("why").string(n.why);
                   writer.key("waits_ms").number(n.waits_ms);
                 },
                 [&](const node::RelayBack& n) {
                   writer.key("relay_back").string(n.relay);
                   writer.key("address").string(n.address);
                   writer.key("away_ms").number(n.away_ms);
                 },
                 [&](const node::NotDelivered& n) {
                   writer.key("not_delivered").begin_object();
                   writer.key("from").string(n.report.from);
                   writer.key("to").string(n.report.to);
                   writer.key("why").string(n.report.why);
                   writer.key("detail").string(n.report.detail);
                   writer.end_object();
                 },
             },
             news.what);
  writer.end_object();
  print_out(writer.take() + '\n');
  std::fflush(stdout);
}

void print_for_people(const node::ClientNews& news) {
  std::visit(
      base::Overloaded{
          [](const node::CallbackCalled& n) {
            print_out(fmt::format("{}({})\n", n.name, fmt::join(n.arguments, ", ")));
          },
          [](const node::LinePrinted& n) { print_out(n.text + '\n'); },
          [](const node::Returned& n) {
            if (!n.values.empty()) print_out(fmt::format("{}\n", fmt::join(n.values, ", ")));
          },
          [](const node::FailedWith&) {},  // told at the end, with its place
          [](const node::Connected&) {},
          [](const node::NotConnected& n) { complain(fmt::format("{}: {}", n.address, n.why)); },
          [](const node::RelayLost& n) {
            complain(fmt::format(
                "{}: the relay {} was lost: {}; the function goes on when it comes back", n.address,
                n.relay, n.why));
          },
          [](const node::RelayBack& n) {
            complain(fmt::format("{}: the relay {} is back after {} ms, the function goes on",
                                 n.address, n.relay, n.away_ms));
          },
          [](const node::NotDelivered& n) { complain(report_text(n.report)); },
      },
      news.what);
  std::fflush(stdout);
}

// Peers that have a name are shown by it.
void show_names(node::ClientNews& news, const sim::Identities& identities) {
  const auto show = [&](std::vector<std::string>& values) {
    for (std::string& value : values) value = identities.shown(value);
  };
  std::visit(base::Overloaded{
                 [&](node::CallbackCalled& n) { show(n.arguments); },
                 [&](node::LinePrinted& n) { n.text = identities.shown(n.text); },
                 [&](node::Returned& n) { show(n.values); },
                 [&](node::FailedWith& n) { n.error = identities.shown(n.error); },
                 [](node::Connected&) {},
                 [](node::NotConnected&) {},
                 [](node::RelayLost&) {},
                 [](node::RelayBack&) {},
                 [](node::NotDelivered&) {},
             },
             news.what);
}

// In canned replies "@name" is the id of that peer.
void resolve_names(std::map<std::string, services::CannedFunction, std::less<>>& functions,
                   const sim::Identities& identities) {
  for (auto& [name, function] : functions) {
    for (services::CannedReply& reply : function.replies) {
      if (auto* const value = std::get_if<services::CannedValue>(&reply.answer))
        value->json = identities.resolved_json(value->json);
    }
  }
}

std::string_view word_of(node::RelayRunEnd end) {
  switch (end) {
    case node::RelayRunEnd::kReturned: return "returned";
    case node::RelayRunEnd::kFailed: return "failed";
    case node::RelayRunEnd::kNoRelay: return "no-relay";
    case node::RelayRunEnd::kRelayLost: return "relay-lost";
    case node::RelayRunEnd::kRunFailed: return "run-failed";
    case node::RelayRunEnd::kOverTime: return "over-time";
  }
  return "";
}

void tell_end(const node::RelayRun& run, const RelayOptions& options) {
  if (options.json) {
    json::Writer writer;
    writer.begin_object();
    writer.key("ended").string(run.why);
    writer.key("end").string(word_of(run.end));
    if (!run.relay.empty()) writer.key("relay").string(run.relay);
    if (!run.other_relay.empty()) writer.key("other_relay").string(run.other_relay);
    writer.key("particle").string(run.particle_id);
    writer.end_object();
    print_out(writer.take() + '\n');
    return;
  }
  std::string sentence = run.why;
  for (const peer::DeliveryReport& report : run.reports)
    sentence += fmt::format("\n  {}", report_text(report));
  // Without a relay it has been nowhere that could be asked about it.
  if (run.end != node::RelayRunEnd::kNoRelay)
    sentence += fmt::format("\n  the particle was {}", run.particle_id);
  complain(sentence);
}

}  // namespace

base::Result<RelayNetwork, std::string> relay_network(config::Network network,
                                                      const RelayOptions& options) {
  RelayNetwork result;
  result.services = std::move(network.services);
  // The peer that starts is the client, unless it is somebody else.
  const config::PeerEntry* const start = network.find(network.start);
  if (start != nullptr && start->id.empty()) {
    for (const auto& [id, service] : start->services) result.services.insert_or_assign(id, service);
  }
  for (const std::string& service : options.services) {
    if (auto added = add_service(service, result.services); !added)
      return std::unexpected(std::move(added.error()));
  }
  std::erase_if(network.peers, [](const config::PeerEntry& peer) { return peer.id.empty(); });
  for (const std::string& text : options.peers) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const std::string id = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (name.empty() || id.empty())
      return std::unexpected(fmt::format("--peer {}: write NAME=ID", text));
    if (!sim::is_peer_id(id))
      return std::unexpected(fmt::format("--peer {}: \"{}\" is no peer id", text, id));
    std::erase_if(network.peers, [&](const config::PeerEntry& peer) { return peer.name == name; });
    network.peers.emplace_back().name = name;
    network.peers.back().id = id;
  }
  result.named.peers = std::move(network.peers);
  result.named.callbacks = std::move(network.callbacks);
  return result;
}

void add_relay_options(CommandLine command, RelayOptions& options) {
  const Option relay = command.option(
      "--relay", options.relays,
      "run on real peers, as a client behind the peer of this multiaddr; several: the "
      "first one that can be reached");
  command
      .option("--peer", options.peers,
              "with --relay: NAME=ID, a name for a peer; may be given several times")
      .needs(relay);
  command
      .option("--service", options.services,
              "with --relay: a service of the client, ID=http://... or ID='COMMAND ARGUMENTS'")
      .needs(relay);
  command.option("--key", options.key, "with --relay: the file of the client's key");
  command.option("--connect-timeout", options.connect_ms_max,
                 "with --relay: how long to look for a relay, in ms");
  command.option("--relay-wait", options.relay_wait_ms,
                 "with --relay: how long a lost relay may take to come back while another one of "
                 "the list is there, in ms");
  command.option("--log", options.log, "with --relay: error, warning, info or debug");
}

int run_behind_relay(const sim::Function& function, const report::AquaScript& script,
                     const RelayNetwork& network, const services::Declarations& declarations,
                     const RelayOptions& options, const Mistakes& mistakes) {
  std::vector<sim::NamedPeer> peers;
  for (const config::PeerEntry& peer : network.named.peers) peers.push_back({peer.name, peer.id});
  const sim::Identities identities(peers);
  node::RelayFunction to_run;
  to_run.script = sim::with_peer_ids(function.tree, identities);
  for (const auto& [name, value] : function.arguments)
    to_run.arguments[name] = identities.resolved_json(value);
  to_run.callbacks = network.named.callbacks;
  resolve_names(to_run.callbacks, identities);
  for (const sim::Parameter& parameter : function.parameters) {
    if (parameter.callback_has_result) to_run.callbacks_with_result.push_back(parameter.name);
  }
  node::RelayRunOptions run_options;
  run_options.relays = options.relays;
  run_options.ttl_ms = options.ttl_ms.value_or(kTtlMsDefault);
  run_options.connect_ms_max = options.connect_ms_max;
  run_options.relay_wait_ms = options.relay_wait_ms;
  run_options.node.net_limits.keepalive_ms = 15'000;
  run_options.node.limits.reconnect_ms_min = 100;
  run_options.node.limits.reconnect_ms_max = 2'000;
  run_options.node.limits.return_ms_max = run_options.ttl_ms;  // it has nothing else to do
  run_options.node.peer_limits.ttl_ms_max = UINT32_MAX;
  run_options.node.services = network.services;
  for (auto& [id, service] : run_options.node.services) {
    if (auto* const canned = std::get_if<services::CannedService>(&service.body))
      resolve_names(canned->functions, identities);
  }
  run_options.node.declarations = &declarations;
  const auto key = options.key.empty()
                       ? base::Result<crypto::KeyPair, std::string>(node::random_key())
                       : node::load_key(options.key);
  if (!key) {
    mistakes.tell(key.error());
    return kExitUsage;
  }
  const node::Level level = options.log == "debug"     ? node::Level::kDebug
                            : options.log == "info"    ? node::Level::kInfo
                            : options.log == "warning" ? node::Level::kWarning
                                                       : node::Level::kError;
  node::EventLog log(stderr, level, options.json ? node::LogForm::kJson : node::LogForm::kLogfmt);
  const node::RelayRun run =
      node::run_behind_relay(to_run, *key, run_options, log, [&](node::ClientNews news) {
        show_names(news, identities);
        options.json ? print_for_programs(news) : print_for_people(news);
      });
  switch (run.end) {
    case node::RelayRunEnd::kReturned: return kExitOk;
    case node::RelayRunEnd::kFailed:
      mistakes.tell(script.sources,
                    report::describe_failure({}, script, identities.shown(run.error->error)));
      return kExitFailed;
    case node::RelayRunEnd::kOverTime: tell_end(run, options); return kExitDeadline;
    case node::RelayRunEnd::kNoRelay:
    case node::RelayRunEnd::kRelayLost:
    case node::RelayRunEnd::kRunFailed: tell_end(run, options); return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace aqua::cli

#include "cli/run_relay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "air/printer.h"
#include "base/overloaded.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "json/writer.h"
#include "node/key_file.h"
#include "node/relay_run.h"
#include "report/stall.h"

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
  complain(fmt::format("{}\n  the particle was {}", sentence, run.particle_id));
}

}  // namespace

void add_relay_options(CLI::App& command, RelayOptions& options) {
  command.add_option(
      "--relay", options.relays,
      "run on real peers, as a client behind the peer of this multiaddr; several: the "
      "first one that can be reached");
  command.add_option("--key", options.key, "with --relay: the file of the client's key");
  command.add_option("--connect-timeout", options.connect_ms_max,
                     "with --relay: how long to look for a relay, in ms");
  command.add_option(
      "--relay-wait", options.relay_wait_ms,
      "with --relay: how long a lost relay may take to come back while another one of "
      "the list is there, in ms");
  command.add_option("--log", options.log, "with --relay: error, warning, info or debug");
}

int run_behind_relay(const sim::Function& function, const report::AquaScript& script,
                     const RelayOptions& options, const Mistakes& mistakes) {
  node::RelayFunction to_run;
  to_run.script = air::print(function.tree);
  to_run.arguments = function.arguments;
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
  const node::RelayRun run = node::run_behind_relay(
      to_run, *key, run_options, log, options.json ? print_for_programs : print_for_people);
  switch (run.end) {
    case node::RelayRunEnd::kReturned: return kExitOk;
    case node::RelayRunEnd::kFailed:
      mistakes.tell(script.sources, report::describe_failure({}, script, run.error->error));
      return kExitFailed;
    case node::RelayRunEnd::kOverTime: tell_end(run, options); return kExitDeadline;
    case node::RelayRunEnd::kNoRelay:
    case node::RelayRunEnd::kRelayLost:
    case node::RelayRunEnd::kRunFailed: tell_end(run, options); return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace aqua::cli

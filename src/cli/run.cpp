#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cli/aqua_sources.h"
#include "cli/call_expression.h"
#include "cli/command.h"
#include "cli/mistakes.h"
#include "cli/run_inputs.h"
#include "cli/run_options.h"
#include "cli/run_output.h"
#include "cli/run_relay.h"
#include "cli/terminal.h"
#include "compiler/compilation.h"
#include "json/writer.h"
#include "node/embedded_driver.h"
#include "report/progress.h"
#include "sim/function_run.h"

namespace aqua::cli {

namespace {

constexpr std::uint32_t kTtlMsDefault = 300'000;
constexpr std::uint32_t kTtlMsMax = 600'000;

std::uint64_t random_number() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

void print_service_line(std::string_view peer, std::string_view service, std::string_view line) {
  print_error(fmt::format("{} on {}: {}\n", service, peer, line));
}

// In virtual time everything comes from the seed, in real time nothing does.
sim::FunctionRunOptions run_options(const RunOptions& options, LiveLines& lines) {
  const bool is_virtual = options.is_virtual || options.seed.has_value();
  sim::FunctionRunOptions result;
  result.ttl_ms = options.ttl_ms.value_or(kTtlMsDefault);
  result.seed = is_virtual ? options.seed.value_or(0) : random_number();
  if (!is_virtual) {
    result.start_ms = node::now_ms();
    result.particle_id = fmt::format("aqua-run-{:016x}", random_number());
  }
  result.drive = [is_virtual, is_shown = !options.json, ttl_ms = result.ttl_ms, &lines](
                     sim::EmbeddedNetwork& network, const report::Journey& journey) {
    const std::uint64_t deadline_ms = network.now_ms() + ttl_ms;
    node::drive(
        network,
        {.clock = is_virtual ? node::Clock::kVirtual : node::Clock::kReal,
         .on_service_line =
             [&](std::string_view peer, std::string_view service, std::string_view line) {
               lines.clear();
               print_service_line(peer, service, line);
             },
         .on_wait =
             [&](std::uint64_t now_ms) {
               if (is_shown && lines.are_possible())
                 lines.show(report::progress_lines(journey, now_ms, deadline_ms, lines.columns()));
             }});
    lines.clear();
  };
  return result;
}

// "--timeline=svg FILE.svg": the file stands among the scripts. False: told to the user.
bool take_picture_file(RunOptions& options, const Mistakes& mistakes) {
  if (options.timeline != kSvgTimeline) return true;
  std::vector<std::string>& paths = options.sources.paths;
  const auto file =
      std::ranges::find_if(paths, [](const std::string& path) { return path.ends_with(".svg"); });
  if (file == paths.end()) {
    mistakes.tell("say where the picture goes: --timeline=svg FILE.svg");
    return false;
  }
  options.timeline_file = *file;
  paths.erase(file);
  return true;
}

void print_air(const std::string& script, bool json) {
  if (!json) return print_out(script);
  json::Writer writer;
  writer.begin_object();
  writer.key("air").string(script);
  writer.end_object();
  print_out(writer.take() + '\n');
}

int run(RunOptions options) {
  const Mistakes mistakes(options.json ? Mistakes::Form::kJson : Mistakes::Form::kText);
  if (!take_picture_file(options, mistakes)) return kExitUsage;
  const auto inputs = find_inputs(options.sources.paths);
  if (!inputs) {
    mistakes.tell(inputs.error());
    return kExitUsage;
  }
  if (inputs->size() != 1) {
    mistakes.tell("name one file to run");
    return kExitUsage;
  }
  CallExpression call;
  if (!options.call.empty()) {
    auto parsed = parse_call(options.call);
    if (!parsed) {
      mistakes.tell(fmt::format("-f: {}\n  {}\n  {}^", parsed.error().message, options.call,
                                std::string(parsed.error().at, ' ')));
      return kExitUsage;
    }
    call = std::move(*parsed);
  }
  const bool is_remote = !options.relay.relays.empty();
  // On a real network only a file that was named counts: the one beside the script describes a network of its own.
  auto network = is_remote && options.network.empty()
                     ? OrEnded<std::optional<config::Network>>(config::Network{})
                     : read_network(options, (*inputs)[0], mistakes);
  if (!network) return network.error().exit_code;
  RelayNetwork relay;
  if (is_remote) {
    auto known = relay_network(std::move(**network), options.relay);
    if (!known) {
      mistakes.tell(known.error());
      return kExitUsage;
    }
    relay = std::move(*known);
    *network = relay.named;
  }

  compiler::Options compiler_settings = compiler_options(options.sources);
  // A relay is compiled in where there is one for the peer that starts.
  const config::PeerEntry* const start = *network ? (*network)->find((*network)->start) : nullptr;
  if (is_remote) {
    compiler_settings.relay = true;
    compiler_settings.empty_response = true;  // so that the end of every function is seen
  } else if (start == nullptr || start->via.empty()) {
    compiler_settings.relay = false;
  }
  const compiler::Compilation compiled = compiler::compile(*inputs, compiler_settings, disk());
  mistakes.tell_all(compiled.sources, compiled.diagnostics);
  if (std::ranges::any_of(compiled.diagnostics, diagnostics::is_error)) return kExitFailed;

  const auto function = choose_function(compiled.files[0], call.function, mistakes);
  if (!function) return function.error().exit_code;
  call.function = (*function)->name;
  if (options.print_air) print_air(compiler::readable((*function)->script.tree), options.json);
  const auto variables = read_variables(options, mistakes);
  if (!variables) return variables.error().exit_code;
  sim::Function to_run{.tree = (*function)->script.tree,
                       .parameters = sim::parameters_of((*function)->definition),
                       .arguments = {}};
  auto arguments = bind_arguments(**function, call, *variables, mistakes);
  if (!arguments) return arguments.error().exit_code;
  to_run.arguments = std::move(*arguments);

  std::vector<Argument> mentioning;
  for (const auto& [name, json] : to_run.arguments) mentioning.emplace_back(ValueArgument{json});
  if (!*network) *network = implicit_network(to_run.tree, mentioning);

  if (const auto peers_are_known = check_mentioned_peers(call, options.call, **network, mistakes);
      !peers_are_known)
    return peers_are_known.error().exit_code;
  const report::AquaScript script{.tree = to_run.tree,
                                  .source_map = (*function)->script.source_map,
                                  .on_frames = (*function)->script.on_frames,
                                  .sources = compiled.sources};
  if (const auto names_are_good = check_peer_names(**function, script, **network, mistakes);
      !names_are_good)
    return names_are_good.error().exit_code;
  const services::Declarations declarations = declarations_of(compiled);
  if (is_remote) {
    (*network)->services = relay.services;
    if (const auto values_are_good = check_canned_values(**network, declarations, mistakes);
        !values_are_good)
      return values_are_good.error().exit_code;
    options.relay.ttl_ms = options.ttl_ms;
    options.relay.json = options.json;
    return run_behind_relay(to_run, script, relay, declarations, options.relay, mistakes);
  }
  if (const auto values_are_good = check_canned_values(**network, declarations, mistakes);
      !values_are_good)
    return values_are_good.error().exit_code;
  LiveLines lines;
  sim::FunctionRunOptions settings = run_options(options, lines);
  settings.declarations = &declarations;
  const auto listen = [&](const sim::News& news) {
    lines.clear();
    options.json ? print_for_programs(news) : print_for_people(news);
  };
  const sim::FunctionRun result = sim::run_function(to_run, **network, settings, listen);
  return conclude(result, script, sim::has_result((*function)->definition), options, mistakes);
}

}  // namespace

void add_run(CLI::App& parent, Command& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* const command =
      parent.add_subcommand("run", "run a function over many peers, in one process");
  add_source_options(*command, options->sources);
  command->add_option("-f,--func", options->call,
                      "the function and its arguments: 'name(1, \"text\", @peer)'; without it "
                      "main, or the only function");
  command->add_option("--network", options->network,
                      "the network file; without it network.toml beside the script, else every "
                      "peer that the script names exists");
  command->add_option("-d,--data", options->data, "a JSON object with variables for the arguments");
  command->add_option("-p,--data-path", options->data_path, "the same in a file");
  command->add_flag("--virtual", options->is_virtual, "in virtual time: waiting costs nothing");
  command->add_option(
      "--seed", options->seed,
      "of keys, and of the order of what happens at the same moment; in virtual time");
  command->add_option("-t,--timeout", options->ttl_ms, "how long the script may live, in ms")
      ->check(CLI::Range(1u, kTtlMsMax));
  add_relay_options(*command, options->relay);
  command->add_flag("--json", options->json, "a line of JSON for everything that happens");
  command
      ->add_flag("--timeline{text}", options->timeline,
                 "show who did what when; --timeline=svg FILE.svg: as a picture")
      ->check(CLI::IsMember({std::string(kTextTimeline), std::string(kSvgTimeline)}));
  command->add_flag("--explain", options->explain,
                    "for every call, why it was made where it was made");
  command->add_flag("--print-air", options->print_air, "print the script too");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aqua::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/edit_distance.h"
#include "base/overloaded.h"
#include "cli/aqua_sources.h"
#include "cli/call_expression.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/run_relay.h"
#include "cli/terminal.h"
#include "compiler/compilation.h"
#include "config/diagnostic_kinds.h"
#include "config/network.h"
#include "json/canonical.h"
#include "json/text.h"
#include "json/writer.h"
#include "node/embedded_driver.h"
#include "report/explain.h"
#include "report/stall.h"
#include "report/timeline.h"
#include "sim/function_run.h"
#include "sim/peer_literals.h"

namespace aqua::cli {

namespace fs = std::filesystem;

namespace {

// Of the peer that starts, where there is no network file.
constexpr std::string_view kImplicitStart = "init";
constexpr std::string_view kNetworkFile = "network.toml";
constexpr std::string_view kTextTimeline = "text";
constexpr std::string_view kSvgTimeline = "svg";
constexpr std::uint32_t kTtlMsDefault = 300'000;
constexpr std::uint32_t kTtlMsMax = 600'000;

struct RunOptions {
  SourceOptions sources;
  std::string call;
  std::string network;
  std::string data;
  std::string data_path;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> ttl_ms;
  RelayOptions relay;
  bool is_virtual = false;
  bool json = false;
  bool explain = false;
  // "text", "svg"; empty: none.
  std::string timeline;
  std::string timeline_file;  // of the picture
  bool print_air = false;
};

// Something that ends the run before it begins; already told to the user.
struct Ended {
  int exit_code = kExitFailed;
};
template <class T>
using OrEnded = base::Result<T, Ended>;

std::unexpected<Ended> complain_and_end(int exit_code, std::string_view sentence) {
  complain(sentence);
  return std::unexpected(Ended{exit_code});
}

// Paths of a network file count from where it lies.
void run_processes_in(const fs::path& folder, services::Services& services) {
  for (auto& [id, service] : services) {
    if (auto* const process = std::get_if<services::ProcessService>(&service.body))
      process->folder = (folder / process->folder).string();
  }
}

// --- before the run ------------------------------------------------------------------------------

OrEnded<std::optional<config::Network>> read_network(const RunOptions& options,
                                                     const std::string& script_path) {
  std::string path = options.network;
  if (path.empty()) {
    std::error_code error;
    const fs::path beside = fs::path(script_path).parent_path() / kNetworkFile;
    if (!fs::exists(beside, error)) return std::nullopt;
    path = fs::proximate(beside, error).string();
  }
  auto text = read_input(path);
  if (!text) return complain_and_end(kExitUsage, text.error());
  const diagnostics::Source source(shown_name(path), std::move(*text));
  auto network = config::parse_network(source);
  if (!network) {
    print_error(render_all(source, network.error(), colour_for(stderr)));
    return std::unexpected(Ended{kExitUsage});
  }
  const fs::path folder = fs::absolute(fs::path(path)).parent_path();
  for (config::PeerEntry& peer : network->peers) run_processes_in(folder, peer.services);
  run_processes_in(folder, network->services);
  return std::move(*network);
}

// Every peer that the script or the arguments name exists, and all can reach each other.
config::Network implicit_network(const air::Tree& tree, const std::vector<Argument>& arguments) {
  config::Network network;
  network.start = kImplicitStart;
  const auto add = [&](std::string_view name) {
    if (network.find(name) == nullptr)
      network.peers.push_back({.name = std::string(name),
                               .via = {},
                               .latency_ms = {},
                               .is_down = false,
                               .services = {}});
  };
  add(kImplicitStart);
  for (const std::string& name : sim::mentioned_names(tree)) add(name);
  for (const Argument& argument : arguments) {
    const auto* const value = std::get_if<ValueArgument>(&argument);
    if (value == nullptr) continue;
    for (std::size_t at = value->json.find("\"@"); at != std::string::npos;
         at = value->json.find("\"@", at + 2)) {
      const std::string name = json::unquote(
          std::string_view(value->json).substr(at, json::skip_value(value->json, at) - at));
      add(name.substr(1));
    }
  }
  return network;
}

void report(const compiler::Compilation& result) {
  if (!result.diagnostics.empty())
    print_error(diagnostics::render_all(result.sources, result.diagnostics, colour_for(stderr)));
}

OrEnded<const compiler::CompiledFunction*> choose_function(const compiler::CompiledFile& file,
                                                           const std::string& wanted) {
  std::vector<std::string> names;
  for (const compiler::CompiledFunction& function : file.functions) names.push_back(function.name);
  const std::string name = !wanted.empty() ? wanted : names.size() == 1 ? names[0] : "main";
  const auto found = std::ranges::find(file.functions, name, &compiler::CompiledFunction::name);
  if (found != file.functions.end()) return &*found;
  if (names.empty())
    return complain_and_end(kExitUsage,
                            "the file exports no function; after a header \"aqua\", export it");
  std::string sentence =
      wanted.empty() ? fmt::format("say which function to call: -f 'name(arguments)'; there are {}",
                                   fmt::join(names, ", "))
                     : fmt::format("there is no function \"{}\"", wanted);
  if (!wanted.empty()) {
    const std::string hint = base::did_you_mean(wanted, names);
    sentence += hint.empty() ? fmt::format("; there are {}", fmt::join(names, ", ")) : ", " + hint;
  }
  return complain_and_end(kExitUsage, sentence);
}

using Variables = std::map<std::string, std::string, std::less<>>;  // canonical JSON by name

OrEnded<Variables> read_variables(const RunOptions& options) {
  Variables variables;
  std::vector<std::string> texts;
  if (!options.data_path.empty()) {
    auto text = read_input(options.data_path);
    if (!text) return complain_and_end(kExitUsage, text.error());
    texts.push_back(std::move(*text));
  }
  if (!options.data.empty()) texts.push_back(options.data);
  for (const std::string& text : texts) {
    const auto is_canonical = json::check(text);
    if (!is_canonical)
      return complain_and_end(kExitUsage,
                              fmt::format("the data is not JSON: {}", is_canonical.error().text));
    const std::string canonical = json::canonicalize(text);
    if (json::kind_of(canonical) != json::Kind::kObject)
      return complain_and_end(kExitUsage, "the data has to be a JSON object: names and values");
    for (const json::Member& member : json::object_members(canonical))
      variables[json::unquote(member.key)] = member.value;
  }
  return variables;
}

// Values for the parameters by position. Callbacks need no argument: they are printed.
OrEnded<Variables> bind_arguments(const std::vector<sim::Parameter>& parameters,
                                  const CallExpression& call, const Variables& variables) {
  std::vector<const sim::Parameter*> wanted;
  const auto value_count =
      static_cast<std::size_t>(std::ranges::count(parameters, false, &sim::Parameter::is_callback));
  const bool has_callbacks = call.arguments.size() == parameters.size();
  for (const sim::Parameter& parameter : parameters) {
    if (has_callbacks || !parameter.is_callback) wanted.push_back(&parameter);
  }
  Variables bound;
  // Without any argument those of --data go by their names.
  if (!call.has_arguments) {
    for (const sim::Parameter* const parameter : wanted) {
      const auto found = variables.find(parameter->name);
      if (parameter->is_callback) continue;
      if (found == variables.end()) {
        return complain_and_end(
            kExitUsage, fmt::format("\"{}\" needs {} argument{}: -f '{}(...)'; \"{}\" is missing",
                                    call.function, value_count, value_count == 1 ? "" : "s",
                                    call.function, parameter->name));
      }
      bound[parameter->name] = found->second;
    }
    return bound;
  }
  if (call.arguments.size() != wanted.size()) {
    std::string signature;
    for (const sim::Parameter& parameter : parameters)
      signature += (signature.empty() ? "" : ", ") + parameter.name;
    return complain_and_end(
        kExitUsage,
        fmt::format("\"{}\" takes {} argument{}, not {}: {}({})", call.function, value_count,
                    value_count == 1 ? "" : "s", call.arguments.size(), call.function, signature));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (const auto* const value = std::get_if<ValueArgument>(&call.arguments[i])) {
      if (wanted[i]->is_callback)
        return complain_and_end(
            kExitUsage, fmt::format("\"{}\" is a callback: leave it away, its calls are printed",
                                    wanted[i]->name));
      bound[wanted[i]->name] = value->json;
      continue;
    }
    if (wanted[i]->is_callback) continue;
    const std::string& name = std::get<NamedArgument>(call.arguments[i]).name;
    const auto found = variables.find(name);
    if (found == variables.end())
      return complain_and_end(kExitUsage, fmt::format("--data has no \"{}\"", name));
    bound[wanted[i]->name] = found->second;
  }
  return bound;
}

// Literals where peers stand have to be names or ids.
OrEnded<bool> check_peer_names(const compiler::CompiledFunction& function,
                               const report::AquaScript& script, const config::Network& network) {
  std::vector<std::string> names;
  for (const config::PeerEntry& peer : network.peers) names.push_back(peer.name);
  std::vector<diagnostics::Diagnostic> mistakes;
  std::set<std::string_view> told;
  for (const sim::PeerLiteral& literal : sim::find_peer_literals(function.script.tree)) {
    const std::string_view name = sim::name_in(literal.text);
    if (literal.slot != sim::Slot::kPeer || network.find(name) != nullptr ||
        sim::is_peer_id(name) || !told.insert(name).second)
      continue;
    diagnostics::Diagnostic& mistake = mistakes.emplace_back();
    mistake.code = config::code_of(config::DiagnosticKind::kUnknownName);
    mistake.message = fmt::format("the network has no peer \"{}\"", name);
    if (const auto place = script.place(literal.at)) diagnostics::add_label(mistake, *place, "");
    mistake.hint = base::did_you_mean(name, names);
    if (names.empty()) {
      mistake.hint = "behind a relay, peers are named by their peer ids";
    } else if (mistake.hint.empty())
      mistake.hint = fmt::format("its peers are {}", fmt::join(names, ", "));
  }
  if (mistakes.empty()) return true;
  print_error(diagnostics::render_all(script.sources, mistakes, colour_for(stderr)));
  return std::unexpected(Ended{kExitFailed});
}

// --- what the script says ----------------------------------------------------------------------------

std::string joined(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, ", "));
}

void print_for_people(const sim::News& news) {
  std::visit(
      base::Overloaded{
          [](const sim::CallbackCalled& n) {
            print_out(fmt::format("{}({})\n", n.name, joined(n.arguments)));
          },
          [](const sim::LinePrinted& n) { print_out(fmt::format("{}: {}\n", n.peer, n.text)); },
          [](const sim::Returned& n) { print_out(joined(n.values) + '\n'); },
          [](const sim::FailedWith&) {},  // told at the end, with its place
      },
      news.what);
}

void write_array(json::Writer& writer, const std::vector<std::string>& values) {
  writer.begin_array();
  for (const std::string& value : values) writer.text(value);
  writer.end_array();
}

// One line of JSON.
void print_for_programs(const sim::News& news) {
  json::Writer writer;
  writer.begin_object();
  writer.key("at_ms").number(news.at_ms);
  std::visit(base::Overloaded{
                 [&](const sim::CallbackCalled& n) {
                   writer.key("callback").string(n.name);
                   write_array(writer.key("arguments"), n.arguments);
                 },
                 [&](const sim::LinePrinted& n) {
                   writer.key("peer").string(n.peer);
                   writer.key("prints").string(n.text);
                 },
                 [&](const sim::Returned& n) { write_array(writer.key("result"), n.values); },
                 [&](const sim::FailedWith& n) { writer.key("error").text(n.error); },
             },
             news.what);
  writer.end_object();
  print_out(writer.take() + '\n');
}

int conclude(const sim::FunctionRun& run, const report::AquaScript& script, bool has_result,
             const RunOptions& options) {
  if (options.timeline == kTextTimeline)
    print_out(options.json ? report::timeline_json(run.journey, script)
                           : report::timeline_text(run.journey, script));
  if (options.timeline == kSvgTimeline) {
    const auto written =
        write_output(options.timeline_file, report::timeline_svg(run.journey, script));
    if (!written) {
      complain(written.error());
      return kExitUsage;
    }
  }
  if (options.explain)
    print_out(options.json ? report::explain_json(run.journey, script)
                           : report::explain_text(run.journey, script));
  std::fflush(stdout);  // what happened first stands first
  const auto tell = [&](const diagnostics::Diagnostic& diagnostic) {
    if (options.json) {
      print_out(diagnostics::to_json(script.sources, diagnostic) + '\n');
    } else {
      print_error(diagnostics::render(script.sources, diagnostic, colour_for(stderr)));
    }
  };
  if (run.error) {
    tell(report::describe_failure(run.journey, script, run.error->error));
    return kExitFailed;
  }
  const report::Explanation explanation = report::explain(run.journey, script.tree);
  const bool is_done =
      has_result ? run.result.has_value() : explanation.verdict == report::Verdict::kFinished;
  if (is_done) return kExitOk;
  tell(report::describe_stall(run.journey, script, explanation, run.is_over_time));
  return run.is_over_time ? kExitDeadline : kExitFailed;
}

std::uint64_t random_number() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

void print_service_line(std::string_view peer, std::string_view service, std::string_view line) {
  print_error(fmt::format("{} on {}: {}\n", service, peer, line));
}

// In virtual time everything comes from the seed, in real time nothing does.
sim::FunctionRunOptions run_options(const RunOptions& options) {
  const bool is_virtual = options.is_virtual || options.seed.has_value();
  sim::FunctionRunOptions result;
  result.ttl_ms = options.ttl_ms.value_or(kTtlMsDefault);
  result.seed = is_virtual ? options.seed.value_or(0) : random_number();
  if (!is_virtual) {
    result.start_ms = node::now_ms();
    result.particle_id = fmt::format("aqua-run-{:016x}", random_number());
  }
  result.drive = [is_virtual](sim::EmbeddedNetwork& network) {
    node::drive(network, {.clock = is_virtual ? node::Clock::kVirtual : node::Clock::kReal,
                          .on_service_line = print_service_line,
                          .on_wait = {}});
  };
  return result;
}

// "--timeline=svg FILE.svg": the file stands among the scripts. False: told to the user.
bool take_picture_file(RunOptions& options) {
  if (options.timeline != kSvgTimeline) return true;
  std::vector<std::string>& paths = options.sources.paths;
  const auto file =
      std::ranges::find_if(paths, [](const std::string& path) { return path.ends_with(".svg"); });
  if (file == paths.end()) {
    complain("say where the picture goes: --timeline=svg FILE.svg");
    return false;
  }
  options.timeline_file = *file;
  paths.erase(file);
  return true;
}

int run(RunOptions options) {
  if (!take_picture_file(options)) return kExitUsage;
  const auto inputs = find_inputs(options.sources.paths);
  if (!inputs) {
    complain(inputs.error());
    return kExitUsage;
  }
  if (inputs->size() != 1) {
    complain("name one file to run");
    return kExitUsage;
  }
  CallExpression call;
  if (!options.call.empty()) {
    auto parsed = parse_call(options.call);
    if (!parsed) {
      complain(fmt::format("-f: {}\n  {}\n  {}^", parsed.error().message, options.call,
                           std::string(parsed.error().at, ' ')));
      return kExitUsage;
    }
    call = std::move(*parsed);
  }
  const bool is_remote = !options.relay.relays.empty();
  auto network = is_remote ? OrEnded<std::optional<config::Network>>(config::Network{})
                           : read_network(options, (*inputs)[0]);
  if (!network) return network.error().exit_code;

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
  report(compiled);
  if (std::ranges::any_of(compiled.diagnostics, diagnostics::is_error)) return kExitFailed;

  const auto function = choose_function(compiled.files[0], call.function);
  if (!function) return function.error().exit_code;
  call.function = (*function)->name;
  if (options.print_air) print_out(compiler::readable((*function)->script.tree));
  const auto variables = read_variables(options);
  if (!variables) return variables.error().exit_code;
  sim::Function to_run{.tree = (*function)->script.tree,
                       .parameters = sim::parameters_of((*function)->definition),
                       .arguments = {}};
  auto arguments = bind_arguments(to_run.parameters, call, *variables);
  if (!arguments) return arguments.error().exit_code;
  to_run.arguments = std::move(*arguments);

  std::vector<Argument> mentioning;
  for (const auto& [name, json] : to_run.arguments) mentioning.emplace_back(ValueArgument{json});
  if (!*network) *network = implicit_network(to_run.tree, mentioning);

  const report::AquaScript script{.tree = to_run.tree,
                                  .source_map = (*function)->script.source_map,
                                  .on_frames = (*function)->script.on_frames,
                                  .sources = compiled.sources};
  if (const auto names_are_good = check_peer_names(**function, script, **network); !names_are_good)
    return names_are_good.error().exit_code;
  if (is_remote) {
    options.relay.ttl_ms = options.ttl_ms;
    options.relay.json = options.json;
    return run_behind_relay(to_run, script, options.relay);
  }
  const sim::FunctionRun result =
      sim::run_function(to_run, **network, run_options(options),
                        options.json ? print_for_programs : print_for_people);
  return conclude(result, script, sim::has_result((*function)->definition), options);
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
  command->add_option("--data", options->data, "a JSON object with variables for the arguments");
  command->add_option("--data-path", options->data_path, "the same in a file");
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

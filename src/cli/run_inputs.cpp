#include "cli/run_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <variant>

#include "base/edit_distance.h"
#include "cli/input_file.h"
#include "config/diagnostic_kinds.h"
#include "json/canonical.h"
#include "json/text.h"
#include "sim/peer_literals.h"

namespace aqua::cli {

namespace fs = std::filesystem;

namespace {

// Of the peer that starts, where there is no network file.
constexpr std::string_view kImplicitStart = "init";
constexpr std::string_view kNetworkFile = "network.toml";

std::unexpected<Ended> tell_and_end(const Mistakes& mistakes, std::string_view sentence) {
  mistakes.tell(sentence);
  return std::unexpected(Ended{kExitUsage});
}

// Paths of a network file count from where it lies.
void run_processes_in(const fs::path& folder, services::Services& services) {
  for (auto& [id, service] : services) {
    if (auto* const process = std::get_if<services::ProcessService>(&service.body))
      process->folder = (folder / process->folder).string();
  }
}

OrEnded<Variables> bind_by_position(const std::vector<sim::Parameter>& parameters,
                                    const CallExpression& call, const Variables& variables,
                                    const Mistakes& mistakes) {
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
        return tell_and_end(
            mistakes, fmt::format("\"{}\" needs {} argument{}: -f '{}(...)'; \"{}\" is missing",
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
    return tell_and_end(
        mistakes,
        fmt::format("\"{}\" takes {} argument{}, not {}: {}({})", call.function, value_count,
                    value_count == 1 ? "" : "s", call.arguments.size(), call.function, signature));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (const auto* const value = std::get_if<ValueArgument>(&call.arguments[i])) {
      if (wanted[i]->is_callback)
        return tell_and_end(
            mistakes, fmt::format("\"{}\" is a callback: leave it away, its calls are printed",
                                  wanted[i]->name));
      bound[wanted[i]->name] = value->json;
      continue;
    }
    if (wanted[i]->is_callback) continue;
    const std::string& name = std::get<NamedArgument>(call.arguments[i]).name;
    const auto found = variables.find(name);
    if (found == variables.end())
      return tell_and_end(mistakes, fmt::format("--data has no \"{}\"", name));
    bound[wanted[i]->name] = found->second;
  }
  return bound;
}

}  // namespace

OrEnded<std::optional<config::Network>> read_network(const RunOptions& options,
                                                     const std::string& script_path,
                                                     const Mistakes& mistakes) {
  std::string path = options.network;
  if (path.empty()) {
    std::error_code error;
    const fs::path beside = fs::path(script_path).parent_path() / kNetworkFile;
    if (!fs::exists(beside, error)) return std::nullopt;
    path = fs::proximate(beside, error).string();
  }
  auto text = read_input(path);
  if (!text) return tell_and_end(mistakes, text.error());
  const diagnostics::Source source(shown_name(path), std::move(*text));
  auto network = config::parse_network(source);
  if (!network) {
    mistakes.tell_all(std::span(&source, 1), network.error());
    return std::unexpected(Ended{kExitUsage});
  }
  const fs::path folder = fs::absolute(fs::path(path)).parent_path();
  for (config::PeerEntry& peer : network->peers) run_processes_in(folder, peer.services);
  run_processes_in(folder, network->services);
  return std::move(*network);
}

config::Network implicit_network(const air::Tree& tree, const std::vector<Argument>& arguments) {
  config::Network network;
  network.start = kImplicitStart;
  const auto add = [&](std::string_view name) {
    if (network.find(name) == nullptr)
      network.peers.push_back({.name = std::string(name),
                               .id = {},
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

OrEnded<const compiler::CompiledFunction*> choose_function(const compiler::CompiledFile& file,
                                                           const std::string& wanted,
                                                           const Mistakes& mistakes) {
  std::vector<std::string> names;
  for (const compiler::CompiledFunction& function : file.functions) names.push_back(function.name);
  const std::string name = !wanted.empty() ? wanted : names.size() == 1 ? names[0] : "main";
  const auto found = std::ranges::find(file.functions, name, &compiler::CompiledFunction::name);
  if (found != file.functions.end()) return &*found;
  if (names.empty())
    return tell_and_end(mistakes,
                        "the file exports no function; after a header \"aqua\", export it");
  std::string sentence =
      wanted.empty() ? fmt::format("say which function to call: -f 'name(arguments)'; there are {}",
                                   fmt::join(names, ", "))
                     : fmt::format("there is no function \"{}\"", wanted);
  if (!wanted.empty()) {
    const std::string hint = base::did_you_mean(wanted, names);
    sentence += hint.empty() ? fmt::format("; there are {}", fmt::join(names, ", ")) : ", " + hint;
  }
  return tell_and_end(mistakes, sentence);
}

OrEnded<Variables> read_variables(const RunOptions& options, const Mistakes& mistakes) {
  Variables variables;
  std::vector<std::string> texts;
  if (!options.data_path.empty()) {
    auto text = read_input(options.data_path);
    if (!text) return tell_and_end(mistakes, text.error());
    texts.push_back(std::move(*text));
  }
  if (!options.data.empty()) texts.push_back(options.data);
  for (const std::string& text : texts) {
    const auto is_canonical = json::check(text);
    if (!is_canonical)
      return tell_and_end(mistakes,
                          fmt::format("the data is not JSON: {}", is_canonical.error().text));
    const std::string canonical = json::canonicalize(text);
    if (json::kind_of(canonical) != json::Kind::kObject)
      return tell_and_end(mistakes, "the data has to be a JSON object: names and values");
    for (const json::Member& member : json::object_members(canonical))
      variables[json::unquote(member.key)] = member.value;
  }
  return variables;
}

OrEnded<Variables> bind_arguments(const compiler::CompiledFunction& function,
                                  const CallExpression& call, const Variables& variables,
                                  const Mistakes& mistakes) {
  auto bound = bind_by_position(sim::parameters_of(function.definition), call, variables, mistakes);
  if (!bound) return bound;
  const auto arrow = json::find_member(function.definition, "arrow");
  for (const services::NamedShape& parameter : services::read_arrow(*arrow).arguments) {
    const auto value = bound->find(parameter.name);
    if (value == bound->end()) continue;
    const auto mismatch = services::find_mismatch(*parameter.shape, value->second);
    if (!mismatch) continue;
    return tell_and_end(mistakes,
                        fmt::format("the argument \"{}\"{} has to be {}, and is {}", parameter.name,
                                    mismatch->path.empty() ? "" : " at " + mismatch->path,
                                    mismatch->expected, mismatch->given));
  }
  return bound;
}

namespace {

std::vector<std::string> names_of(const config::Network& network) {
  std::vector<std::string> names;
  for (const config::PeerEntry& peer : network.peers) names.push_back(peer.name);
  return names;
}

// For a name that no peer has.
std::string names_hint(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) return "peers without a name are named by their peer ids; --peer NAME=ID";
  const std::string hint = base::did_you_mean(name, known);
  return hint.empty() ? fmt::format("its peers are {}", fmt::join(known, ", ")) : hint;
}

}  // namespace

OrEnded<bool> check_mentioned_peers(const CallExpression& call, std::string_view text,
                                    const config::Network& network, const Mistakes& mistakes) {
  bool is_good = true;
  for (const PeerMention& peer : call.peers) {
    if (network.find(peer.name) != nullptr || sim::is_peer_id(peer.name)) continue;
    mistakes.tell(fmt::format("-f: the network has no peer \"{}\"; {}\n  {}\n  {}^", peer.name,
                              names_hint(peer.name, names_of(network)), text,
                              std::string(peer.at, ' ')));
    is_good = false;
  }
  if (!is_good) return std::unexpected(Ended{kExitUsage});
  return true;
}

namespace {

// The "on" that names the peer; else where the script needs it.
std::optional<diagnostics::Place> place_of_name(const report::AquaScript& script,
                                                std::string_view name, air::InstructionId at) {
  for (const air::OnFrames::Frame& frame : script.on_frames.frames) {
    if (script.text(frame.place).contains(fmt::format("\"{}\"", name))) return frame.place;
  }
  return script.place(at);
}

}  // namespace

OrEnded<bool> check_peer_names(const compiler::CompiledFunction& function,
                               const report::AquaScript& script, const config::Network& network,
                               const Mistakes& mistakes) {
  const std::vector<std::string> names = names_of(network);
  std::vector<diagnostics::Diagnostic> found;
  std::set<std::string_view> told;
  for (const sim::PeerLiteral& literal : sim::find_peer_literals(function.script.tree)) {
    const std::string_view name = sim::name_in(literal.text);
    if (literal.slot != sim::Slot::kPeer || network.find(name) != nullptr ||
        sim::is_peer_id(name) || !told.insert(name).second)
      continue;
    diagnostics::Diagnostic& mistake = found.emplace_back();
    mistake.code = config::code_of(config::DiagnosticKind::kUnknownName);
    mistake.message = fmt::format("the network has no peer \"{}\"", name);
    if (const auto place = place_of_name(script, name, literal.at))
      diagnostics::add_label(mistake, *place, "");
    mistake.hint = names_hint(name, names);
  }
  if (found.empty()) return true;
  mistakes.tell_all(script.sources, found);
  return std::unexpected(Ended{kExitFailed});
}

services::Declarations declarations_of(const compiler::Compilation& compilation) {
  services::Declarations declarations;
  for (const auto& [id, definition] : compilation.service_definitions)
    declarations.emplace(id, services::read_service(definition));
  return declarations;
}

namespace {

// Empty: it fits.
std::string wrong_reply(const services::FunctionShape& shape,
                        const services::CannedFunction& function) {
  if (shape.results.size() != 1) return {};
  for (const services::CannedReply& reply : function.replies) {
    const auto* const value = std::get_if<services::CannedValue>(&reply.answer);
    if (value == nullptr) continue;
    const auto mismatch = services::find_mismatch(*shape.results[0], value->json);
    if (mismatch) {
      return fmt::format("{}has to be {}, and is {}",
                         mismatch->path.empty() ? "" : "at " + mismatch->path + " ",
                         mismatch->expected, mismatch->given);
    }
  }
  return {};
}

// False: told to the user.
bool check_canned_values_of(std::string_view where, const services::Services& services,
                            const services::Declarations& declarations, const Mistakes& mistakes) {
  bool is_good = true;
  for (const auto& [id, service] : services) {
    const auto* const canned = std::get_if<services::CannedService>(&service.body);
    const auto declared = declarations.find(id);
    if (canned == nullptr || declared == declarations.end()) continue;
    for (const auto& [name, function] : canned->functions) {
      const auto shape = declared->second.find(name);
      if (shape == declared->second.end()) continue;
      const std::string why = wrong_reply(shape->second, function);
      if (why.empty()) continue;
      mistakes.tell(fmt::format("the network file: the reply of {}.{}{} {}", id, name, where, why));
      is_good = false;
    }
  }
  return is_good;
}

}  // namespace

OrEnded<bool> check_canned_values(const config::Network& network,
                                  const services::Declarations& declarations,
                                  const Mistakes& mistakes) {
  bool is_good = check_canned_values_of("", network.services, declarations, mistakes);
  for (const config::PeerEntry& peer : network.peers)
    is_good &= check_canned_values_of(" on " + peer.name, peer.services, declarations, mistakes);
  if (!is_good) return std::unexpected(Ended{kExitUsage});
  return true;
}

}  // namespace aqua::cli

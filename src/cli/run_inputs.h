#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/call_expression.h"
#include "cli/command.h"
#include "cli/mistakes.h"
#include "cli/run_options.h"
#include "compiler/compilation.h"
#include "config/network.h"
#include "report/aqua_script.h"
#include "services/shape.h"
#include "sim/function_run.h"

// What `aqua run` is given, made ready: network, function, arguments. Mistakes are told to the user here.

namespace aqua::cli {

// Something that ends the run before it begins; already told to the user.
struct Ended {
  int exit_code = kExitFailed;
};
template <class T>
using OrEnded = base::Result<T, Ended>;

// None: neither named nor beside the script.
OrEnded<std::optional<config::Network>> read_network(const RunOptions& options,
                                                     const std::string& script_path,
                                                     const Mistakes& mistakes);
// Every peer that the script or the arguments name exists, and all can reach each other.
config::Network implicit_network(const air::Tree& tree, const std::vector<Argument>& arguments);

OrEnded<const compiler::CompiledFunction*> choose_function(const compiler::CompiledFile& file,
                                                           const std::string& wanted,
                                                           const Mistakes& mistakes);

using Variables = std::map<std::string, std::string, std::less<>>;  // canonical JSON by name
OrEnded<Variables> read_variables(const RunOptions& options, const Mistakes& mistakes);
// Values for the parameters by position, of the types that the function declares. Callbacks need no argument:
// they are printed.
OrEnded<Variables> bind_arguments(const compiler::CompiledFunction& function,
                                  const CallExpression& call, const Variables& variables,
                                  const Mistakes& mistakes);

// What -f names as @name has to be a peer's name or its id. `text` is what was given.
OrEnded<bool> check_mentioned_peers(const CallExpression& call, std::string_view text,
                                    const config::Network& network, const Mistakes& mistakes);
// Literals where peers stand have to be names or ids.
OrEnded<bool> check_peer_names(const compiler::CompiledFunction& function,
                               const report::AquaScript& script, const config::Network& network,
                               const Mistakes& mistakes);

services::Declarations declarations_of(const compiler::Compilation& compilation);
// What services only pretend to answer has to be what they declare.
OrEnded<bool> check_canned_values(const config::Network& network,
                                  const services::Declarations& declarations,
                                  const Mistakes& mistakes);

}  // namespace aqua::cli

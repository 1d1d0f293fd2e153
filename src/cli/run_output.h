#pragma once

#include "cli/mistakes.h"
#include "cli/run_options.h"
#include "report/aqua_script.h"
#include "sim/function_run.h"

// What `aqua run` tells its user.

namespace aqua::cli {

// As it comes.
void print_for_people(const sim::News& news);
void print_for_programs(const sim::News& news);  // one line of JSON

// What it came to. The exit code.
int conclude(const sim::FunctionRun& run, const report::AquaScript& script, bool has_result,
             const RunOptions& options, const Mistakes& mistakes);

}  // namespace aqua::cli

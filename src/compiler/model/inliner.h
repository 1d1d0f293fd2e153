#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/ops.h"
#include "compiler/semantic/program.h"
#include "diagnostics/diagnostic.h"

namespace aqua::model {

enum class Relayed : std::uint8_t { kNo, kYes };

struct InlineOptions {
  Relayed relay = Relayed::kYes;  // the init peer is a client behind a relay
  bool error_handling = true;     // errors are carried back from "on" and reported at the end
  bool empty_response = false;    // a function without results answers too
  bool tracing = false;           // calls of functions are reported to the init peer
};

// All of an entry function's body, its arguments fetched before and its results sent after it.
struct Inlined {
  Ops ops;  // without a root where a limit was passed
  std::vector<diagnostics::Diagnostic> diagnostics;
};

// Functions that call functions that call ... grow exponentially: more operations than this are
// refused, and so are deeper chains of calls and blocks.
inline constexpr std::uint32_t kOpsMax = 1'000'000;
inline constexpr std::uint32_t kInliningDepthMax = 1'500;

// Where a run of a function keeps its variables. Made once for a program.
struct Slots {
  std::vector<std::uint32_t> of_variable;  // by variable: its number among those of its function
  std::vector<std::uint32_t> counts;       // by function
};
Slots number_variables(const semantic::Program& program);

Inlined inline_function(const semantic::Program& program, const Slots& slots,
                        const semantic::ExportedFunction& exported, const InlineOptions& options);

}  // namespace aqua::model

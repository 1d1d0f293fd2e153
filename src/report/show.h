#pragma once

#include <cstdint>
#include <string>

#include "air/tree.h"
#include "diagnostics/source.h"
#include "report/explain.h"
#include "report/journey.h"

namespace aqua::report {

// The script as the user knows it.
struct ScriptText {
  const air::Tree& tree;
  const diagnostics::Source& source;
};

enum class Detail : std::uint8_t {
  kCalls,  // the calls of each peer, and how it ended
  kSteps,  // also every step
};

// For people; ends with a newline.
std::string to_text(const Journey& journey, const Explanation& explanation,
                    const ScriptText& script, Detail detail);
// The same as one JSON document; its shape is in docs/air-run.md.
std::string to_json(const Journey& journey, const Explanation& explanation,
                    const ScriptText& script, Detail detail);

}  // namespace aqua::report

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "report/aqua_script.h"
#include "report/journey.h"

namespace aqua::report {

// --- what happened, in the order of time ----------------------------------------------------------------

struct TimelineCall {
  std::string service;
  std::string function;
  std::vector<std::string> arguments;  // JSON
  std::optional<Answer> answer;
  std::uint64_t took_ms = 0;
  std::optional<diagnostics::Place> place;
  air::InstructionId at;
  bool is_of_caller = false;  // a callback, or the result: `function` is its name, or "returns"
};
struct TimelineHop {
  PeerIndex to;                // none: nobody has this peer id
  std::string why_not;         // empty: it was sent
  std::size_t size_bytes = 0;  // of the data
};
struct TimelineRow {
  std::uint64_t at_ms = 0;  // since the start
  PeerIndex peer;
  std::variant<TimelineCall, TimelineHop> what;
};
struct Timeline {
  std::vector<TimelineRow> rows;
  std::vector<PeerIndex> lanes;  // peers that something happens on, in the order of the journey
};

Timeline collect_timeline(const Journey& journey, const AquaScript& script);

// --- how it is shown --------------------------------------------------------------------------------------

// Hops and calls, a lane for each peer; for people.
std::string timeline_text(const Journey& journey, const AquaScript& script);
// A line of JSON for each; docs/run.md.
std::string timeline_json(const Journey& journey, const AquaScript& script);
// A sequence diagram that stands alone.
std::string timeline_svg(const Journey& journey, const AquaScript& script);

// For each call which peer and why, and what the whole cost; for people.
std::string explain_text(const Journey& journey, const AquaScript& script);
// The same as a line of JSON for each call, and one for the whole.
std::string explain_json(const Journey& journey, const AquaScript& script);

// --- for those who show it ----------------------------------------------------------------------------------

// One line; values are shortened.
std::string call_text(const TimelineCall& call);
std::string shortened(std::string_view text);

}  // namespace aqua::report

#include "report/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace aqua::report {

namespace {

constexpr std::size_t kValueBytesMax = 60;

TimelineCall timeline_call(const Call& call, const AquaScript& script) {
  TimelineCall out;
  out.is_of_caller = call.service == "callbackSrv";
  out.service = call.service;
  out.function = out.is_of_caller && call.function == "response" ? "returns" : call.function;
  out.arguments = call.arguments;
  out.answer = call.answer;
  if (call.answer && call.answered_at_ms > call.asked_at_ms)
    out.took_ms = call.answered_at_ms - call.asked_at_ms;
  out.place = script.place(call.at);
  out.at = call.at;
  return out;
}

}  // namespace

Timeline collect_timeline(const Journey& journey, const AquaScript& script) {
  Timeline timeline;
  std::vector<TimelineRow>& rows = timeline.rows;
  for (const Step& step : journey.steps) {
    for (const CallIndex index : step.calls) {
      const Call& call = journey.calls[index.value];
      // What the script asks of its caller at the start is no event of the workflow.
      if (call.service != "getDataSrv")
        rows.push_back({call.asked_at_ms, call.peer, timeline_call(call, script)});
    }
    for (const PeerIndex to : step.sends_to)
      rows.push_back({step.at_ms, step.peer, TimelineHop{to, {}, step.sent_bytes}});
    for (const Undelivered& lost : step.undelivered)
      rows.push_back({step.at_ms, step.peer, TimelineHop{lost.to, lost.why, 0}});
    for (const std::string& nobody : step.unreachable)
      rows.push_back(
          {step.at_ms, step.peer, TimelineHop{{}, fmt::format("nobody is {}", nobody), 0}});
  }
  std::ranges::stable_sort(rows, {}, &TimelineRow::at_ms);
  if (rows.empty()) return timeline;
  std::uint64_t start_ms = rows.front().at_ms;
  for (const Step& step : journey.steps) start_ms = std::min(start_ms, step.at_ms);
  std::vector<bool> is_used(journey.peers.size());
  for (TimelineRow& row : rows) {
    row.at_ms -= start_ms;
    is_used[row.peer.value] = true;
    const auto* const hop = std::get_if<TimelineHop>(&row.what);
    if (hop != nullptr && hop->to.has_value()) is_used[hop->to.value] = true;
  }
  for (std::size_t i = 0; i < is_used.size(); ++i) {
    if (is_used[i]) timeline.lanes.emplace_back(i);
  }
  return timeline;
}

std::string shortened(std::string_view text) { return base::truncated(text, kValueBytesMax); }

std::string call_text(const TimelineCall& call) {
  std::string arguments;
  for (const std::string& argument : call.arguments)
    arguments += (arguments.empty() ? "" : ", ") + shortened(argument);
  std::string text = call.is_of_caller
                         ? fmt::format("{}({})", call.function, arguments)
                         : fmt::format("{}.{}({})", call.service, call.function, arguments);
  if (!call.answer) {
    text += " -> no answer";
  } else if (call.answer->ret_code != 0) {
    text += fmt::format(" -> error {}", shortened(call.answer->result));
  } else if (!call.is_of_caller) {
    text += fmt::format(" -> {}", shortened(call.answer->result));
  }
  if (call.took_ms > 0) text += fmt::format(" after {} ms", call.took_ms);
  return text;
}

}  // namespace aqua::report

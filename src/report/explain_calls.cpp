#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/overloaded.h"
#include "json/writer.h"
#include "report/timeline.h"

namespace aqua::report {

namespace {

struct Cost {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  std::size_t lost = 0;
};

// A call, and how the script came to its peer since the call before on the way there.
struct Explained {
  const TimelineRow* row = nullptr;
  const TimelineCall* call = nullptr;
  std::vector<std::string> ons;  // "hello.aqua:11  on "alice"", the outermost first
};

struct Explanations {
  Timeline timeline;
  std::vector<Explained> calls;
  Cost cost;
};

Explanations collect(const Journey& journey, const AquaScript& script) {
  Explanations all{collect_timeline(journey, script), {}, {}};
  for (const TimelineRow& row : all.timeline.rows) {
    std::visit(base::Overloaded{
                   [&](const TimelineCall& call) {
                     Explained& one = all.calls.emplace_back(Explained{&row, &call, {}});
                     for (const diagnostics::Place& on : script.ons(call.at))
                       one.ons.push_back(fmt::format("{}  {}", script.shown(on), script.text(on)));
                   },
                   [&](const TimelineHop& hop) {
                     all.cost.messages += hop.why_not.empty() ? 1 : 0;
                     all.cost.lost += hop.why_not.empty() ? 0 : 1;
                     all.cost.bytes += hop.size_bytes;
                   },
               },
               row.what);
  }
  return all;
}

std::string_view why_without_on(const TimelineCall& call) {
  return call.is_of_caller ? "because the caller is there" : "because no \"on\" leads elsewhere";
}

}  // namespace

std::string explain_text(const Journey& journey, const AquaScript& script) {
  const Explanations all = collect(journey, script);
  std::string out;
  for (const Explained& one : all.calls) {
    out += fmt::format("{}\n", call_text(*one.call));
    if (one.call->place) out += fmt::format("    at {}\n", script.shown(*one.call->place));
    out += fmt::format("    on {}", journey.peers[one.row->peer.value].name);
    if (one.ons.empty()) out += fmt::format(", {}", why_without_on(*one.call));
    out += '\n';
    for (const std::string& on : one.ons) out += fmt::format("      because of {}\n", on);
  }
  out += fmt::format("{} calls, {} messages of {} bytes of data in all", all.calls.size(),
                     all.cost.messages, all.cost.bytes);
  if (all.cost.lost > 0) out += fmt::format(", {} not sent", all.cost.lost);
  out += fmt::format(", {} signatures made and {} verified\n", journey.signatures_made,
                     journey.signatures_verified);
  return out;
}

std::string explain_json(const Journey& journey, const AquaScript& script) {
  const Explanations all = collect(journey, script);
  std::string out;
  for (const Explained& one : all.calls) {
    json::Writer writer;
    writer.begin_object();
    writer.key("explain").string(
        one.call->is_of_caller ? one.call->function : one.call->service + "." + one.call->function);
    writer.key("on").string(journey.peers[one.row->peer.value].name);
    if (one.call->place) writer.key("place").string(script.shown(*one.call->place));
    writer.key("because").begin_array();
    for (const std::string& on : one.ons) writer.string(on);
    writer.end_array();
    writer.end_object();
    out += writer.take() + '\n';
  }
  json::Writer writer;
  writer.begin_object();
  writer.key("calls").number(all.calls.size());
  writer.key("messages").number(all.cost.messages);
  writer.key("bytes").number(all.cost.bytes);
  writer.key("not_sent").number(all.cost.lost);
  writer.key("signatures_made").number(journey.signatures_made);
  writer.key("signatures_verified").number(journey.signatures_verified);
  writer.end_object();
  return out + writer.take() + '\n';
}

}  // namespace aqua::report

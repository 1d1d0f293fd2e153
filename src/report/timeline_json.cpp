#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "diagnostics/source.h"
#include "json/canonical.h"
#include "json/writer.h"
#include "report/timeline.h"

namespace aqua::report {

namespace {

class LineWriter {
 public:
  LineWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script) {}

  std::string run() {
    for (const Step& step : journey_.steps) start_ms_ = std::min(start_ms_, step.at_ms);
    for (const Step& step : journey_.steps) {
      for (const Wait& one : step.waits) wait(step, one);
      for (const CallIndex index : step.calls) call(journey_.calls[index.value]);
      for (const PeerIndex to : step.sends_to)
        line(step.at_ms, step.peer, [&] { json_.key("sends_to").string(name(to)); });
      for (const Undelivered& lost : step.undelivered) not_sent(step, name(lost.to), lost.why);
      for (const std::string& nobody : step.unreachable)
        not_sent(step, nobody, "there is no such peer");
    }
    std::ranges::stable_sort(lines_, {}, &Line::at_ms);
    std::string out;
    for (const Line& line : lines_) out += line.text + '\n';
    return out;
  }

 private:
  struct Line {
    std::uint64_t at_ms = 0;
    std::string text;
  };

  template <class WriteMembers>
  void line(std::uint64_t at_ms, PeerIndex peer, WriteMembers write_members) {
    json_.begin_object();
    json_.key("at_ms").number(at_ms - start_ms_);
    json_.key("peer").string(name(peer));
    write_members();
    json_.end_object();
    lines_.push_back({at_ms, std::exchange(json_, {}).take()});
  }

  void call(const Call& call) {
    if (call.service == "getDataSrv") return;
    line(call.asked_at_ms, call.peer, [&] {
      json_.key("service").string(call.service);
      json_.key("function").string(call.function);
      json_.key("arguments").texts(call.arguments);
      source_line(call.at);
      if (!call.answer) {
        json_.key("unanswered").boolean(true);
        return;
      }
      json_.key("answered_at_ms").number(call.answered_at_ms - start_ms_);
      // Of an error it is JSON where the service keeps to the rules.
      json_.key(call.answer->ret_code == 0 ? "answer" : "error");
      if (json::check(call.answer->result)) {
        json_.text(json::canonicalize(call.answer->result));  // on one line
      } else {
        json_.string(call.answer->result);
      }
    });
  }

  void not_sent(const Step& step, std::string_view to, std::string_view why) {
    line(step.at_ms, step.peer, [&] {
      json_.key("not_sent_to").string(to);
      json_.key("why").string(why);
    });
  }

  // For calls and other peers everyone waits; only what is missing on this peer is told.
  void wait(const Step& step, const Wait& wait) {
    const auto missing = [&](std::string_view key, std::string_view value) {
      line(step.at_ms, step.peer, [&] {
        json_.key(key).string(value);
        source_line(wait.at);
      });
    };
    std::visit(base::Overloaded{
                   [&](const ForVariable& w) { missing("waits_for", aqua_name(w.name)); },
                   [&](const ForStream& w) { missing("waits_for", aqua_name(w.name)); },
                   [](const ForMoreValues&) {},
                   [](const ForAnswer&) {},
                   [](const ForPeer&) {},
                   [](const Forever&) {},
                   [&](const Failed& w) { missing("gave_up", w.message); },
               },
               wait.what);
  }

  void source_line(air::InstructionId at) {
    const auto place = script_.place(at);
    if (!place) return;
    json_.key("line").number(
        diagnostics::source_of(script_.sources, place->source).locate(place->span.begin).line);
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  json::Writer json_;
  std::vector<Line> lines_;
  std::uint64_t start_ms_ = UINT64_MAX;
};

}  // namespace

std::string timeline_json(const Journey& journey, const AquaScript& script) {
  return LineWriter(journey, script).run();
}

}  // namespace aqua::report

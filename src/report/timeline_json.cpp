#include "base/overloaded.h"
#include "json/writer.h"
#include "report/timeline.h"

namespace aqua::report {

namespace {

class RowWriter {
 public:
  RowWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script) {}

  std::string line(const TimelineRow& row) {
    writer_ = {};
    writer_.begin_object();
    writer_.key("at_ms").number(row.at_ms);
    std::visit([&](const auto& what) { write(row.peer, what); }, row.what);
    writer_.end_object();
    return writer_.take() + '\n';
  }

 private:
  void write(PeerIndex peer, const TimelineCall& call) {
    writer_.key("call").string(call.is_of_caller ? call.function
                                                 : call.service + "." + call.function);
    writer_.key("on").string(name(peer));
    writer_.key("arguments").begin_array();
    for (const std::string& argument : call.arguments) writer_.text(argument);
    writer_.end_array();
    if (!call.answer) {
      writer_.key("result").null();
      writer_.key("answered").boolean(false);
    } else {
      writer_.key(call.answer->ret_code == 0 ? "result" : "error").text(call.answer->result);
      writer_.key("took_ms").number(call.took_ms);
    }
    if (call.place) writer_.key("place").string(script_.shown(*call.place));
  }

  void write(PeerIndex peer, const TimelineHop& hop) {
    writer_.key("hop").string(name(peer));
    writer_.key("to");
    if (hop.to.has_value()) {
      writer_.string(name(hop.to));
    } else {
      writer_.null();
    }
    if (hop.why_not.empty()) {
      writer_.key("bytes").number(hop.size_bytes);
    } else {
      writer_.key("not_sent").string(hop.why_not);
    }
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  json::Writer writer_;
};

}  // namespace

std::string timeline_json(const Journey& journey, const AquaScript& script) {
  RowWriter writer(journey, script);
  std::string out;
  for (const TimelineRow& row : collect_timeline(journey, script).rows) out += writer.line(row);
  return out;
}

}  // namespace aqua::report

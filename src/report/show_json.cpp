#include <cstddef>
#include <string>
#include <variant>

#include "air/printer.h"
#include "base/overloaded.h"
#include "json/writer.h"
#include "report/show.h"

namespace aqua::report {

namespace {

class JsonWriter {
 public:
  JsonWriter(const Journey& journey, const Explanation& explanation, const ScriptText& script)
      : journey_(journey), explanation_(explanation), script_(script) {}

  std::string run(Detail detail) {
    json_.begin_object();
    json_.key("script").string(script_.source.name());
    json_.key("verdict").string(word_of(explanation_.verdict));
    json_.key("ended_on");
    peer_or_null(explanation_.ended_on);
    json_.key("step_count").number(journey_.steps.size());
    json_.key("undelivered").number(journey_.undelivered);
    json_.key("peers").begin_array();
    for (std::size_t i = 0; i < journey_.peers.size(); ++i) peer(PeerIndex(i));
    json_.end_array();
    json_.key("causes").begin_array();
    for (const Cause& one : explanation_.causes) cause(one);
    json_.end_array();
    json_.key("notes").begin_array();
    for (const std::string& note : journey_.notes) json_.string(note);
    json_.end_array();
    if (detail == Detail::kSteps) {
      json_.key("steps").begin_array();
      for (std::size_t i = 0; i < journey_.steps.size(); ++i) step(StepIndex(i));
      json_.end_array();
    }
    json_.end_object();
    return json_.take();
  }

 private:
  void peer(PeerIndex index) {
    const Peer& peer = journey_.peers[index.value];
    const Step* last = nullptr;
    json_.begin_object();
    json_.key("name").string(peer.name);
    json_.key("calls").begin_array();
    for (const Step& step : journey_.steps) {
      if (step.peer != index) continue;
      last = &step;
      for (const CallIndex one : step.calls) call(one);
    }
    json_.end_array();
    json_.key("end");
    if (last == nullptr) {
      json_.null();
    } else {
      json_.begin_object();
      outcome(*last);
      json_.key("states").number(peer.state_count);
      json_.key("signatures").number(peer.signature_count);
      json_.key("data_bytes").number(peer.data_size_bytes);
      json_.end_object();
    }
    json_.end_object();
  }

  void step(StepIndex index) {
    const Step& step = journey_.steps[index.value];
    json_.begin_object();
    json_.key("step").number(index.value + 1);
    json_.key("peer").string(name(step.peer));
    json_.key("from");
    peer_or_null(step.from);
    json_.key("answers").begin_array();
    for (const CallIndex one : step.answers) call(one);
    json_.end_array();
    outcome(step);
    json_.key("calls").begin_array();
    for (const CallIndex one : step.calls) call(one);
    json_.end_array();
    json_.key("sends_to").begin_array();
    for (const PeerIndex to : step.sends_to) json_.string(name(to));
    json_.end_array();
    json_.key("unreachable").begin_array();
    for (const std::string& peer_id : step.unreachable) json_.string(peer_id);
    json_.end_array();
    json_.key("trace").begin_array();
    for (const std::string& line : step.trace) json_.string(line);
    json_.end_array();
    json_.end_object();
  }

  // Members of an object.
  void outcome(const Step& step) {
    json_.key("ret_code").number(step.code);
    json_.key("message").string(step.message);
    json_.key("failed_at");
    place(step.failed_at);
    json_.key("complete").boolean(step.complete);
    json_.key("waits").begin_array();
    for (const Wait& one : step.waits) wait(one);
    json_.end_array();
  }

  void call(CallIndex index) {
    const Call& call = journey_.calls[index.value];
    json_.begin_object();
    json_.key("step").number(call.step.value + 1);
    json_.key("service").string(call.service);
    json_.key("function").string(call.function);
    json_.key("arguments").texts(call.arguments);
    json_.key("at");
    place(call.at);
    json_.key("answer");
    if (call.answer) {
      json_.begin_object();
      json_.key("ret_code").number(call.answer->ret_code);
      json_.key("result").string(call.answer->result);
      json_.end_object();
    } else {
      json_.null();
    }
    json_.end_object();
  }

  void wait(const Wait& wait) {
    json_.begin_object();
    std::visit(base::Overloaded{
                   [&](const ForVariable& w) { json_.key("variable").string(w.name); },
                   [&](const ForAnswer& w) {
                     const Call& call = journey_.calls[w.call.value];
                     json_.key("answer").string(call.service + '.' + call.function);
                   },
                   [&](const ForPeer& w) {
                     json_.key("peer").string(w.name);
                     json_.key("known").boolean(w.peer.has_value());
                     json_.key("sender");
                     peer_or_null(w.sender);
                   },
                   [&](const ForStream& w) { json_.key("stream").string(w.name); },
                   [&](const ForMoreValues& w) { json_.key("more_values").string(w.name); },
                   [&](const Forever&) { json_.key("never").boolean(true); },
                   [&](const Failed& w) {
                     json_.key("ret_code").number(w.code);
                     json_.key("message").string(w.message);
                   },
               },
               wait.what);
    json_.key("in_background").boolean(wait.in_background);
    json_.key("at");
    place(wait.at);
    json_.end_object();
  }

  // Recursion ends where chains of reasons do.
  void cause(const Cause& cause) {
    json_.begin_object();
    json_.key("cause").string(word_of(cause.kind));
    json_.key("peer").string(name(cause.peer));
    json_.key("at");
    place(cause.at);
    if (!cause.subject.empty()) json_.key("subject").string(cause.subject);
    if (cause.other.has_value()) json_.key("other").string(name(cause.other));
    if (cause.kind == CauseKind::kFailed) {
      json_.key("ret_code").number(cause.code);
      json_.key("message").string(cause.message);
    }
    json_.key("count").number(cause.count);
    json_.key("because").begin_array();
    for (const Cause& reason : cause.because) this->cause(reason);
    json_.end_array();
    json_.end_object();
  }

  void place(air::InstructionId at) {
    if (at.is_none()) {
      json_.null();
      return;
    }
    const auto [line, column] = script_.source.locate(script_.tree.spans[at.value].begin);
    json_.begin_object();
    json_.key("line").number(line);
    json_.key("column").number(column);
    json_.key("instruction").string(air::print_instruction(script_.tree, at));
    json_.end_object();
  }

  void peer_or_null(PeerIndex peer) {
    if (peer.is_none()) {
      json_.null();
    } else {
      json_.string(name(peer));
    }
  }
  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const Explanation& explanation_;
  const ScriptText& script_;
  json::Writer json_;
};

}  // namespace

std::string to_json(const Journey& journey, const Explanation& explanation,
                    const ScriptText& script, Detail detail) {
  return JsonWriter(journey, explanation, script).run(detail);
}

}  // namespace aqua::report

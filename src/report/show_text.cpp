#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "air/printer.h"
#include "base/overloaded.h"
#include "base/utf8.h"
#include "report/show.h"

namespace aqua::report {

using air::InstructionId;

namespace {

constexpr std::size_t kValueBytesMax = 120;
constexpr std::size_t kInstructionBytesMax = 80;
constexpr std::size_t kCausesShownMax = 20;
constexpr std::size_t kNamesMax = 5;

// Long texts lose their end.
std::string shortened(std::string_view text, std::size_t bytes_max) {
  std::string line;
  if (text.size() > bytes_max) {
    line = fmt::format("{} ({} bytes)", base::truncated(text, bytes_max), text.size());
  } else {
    line = text;
  }
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return line;
}

class TextWriter {
 public:
  TextWriter(const Journey& journey, const Explanation& explanation, const ScriptText& script)
      : journey_(journey), explanation_(explanation), script_(script) {}

  std::string run(Detail detail) {
    if (detail == Detail::kSteps) {
      for (std::size_t i = 0; i < journey_.steps.size(); ++i) step(StepIndex(i));
    }
    for (std::size_t i = 0; i < journey_.peers.size(); ++i) peer(PeerIndex(i));
    verdict();
    for (const std::string& note : journey_.notes) line("note: {}", note);
    return std::move(out_);
  }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }

  // --- one peer --------------------------------------------------------------------

  void peer(PeerIndex index) {
    const Peer& peer = journey_.peers[index.value];
    line("{}{}", peer.name, index.value == 0 ? ", the init peer" : "");
    const Step* last = nullptr;
    std::string waited_for;
    for (std::size_t i = 0; i < journey_.steps.size(); ++i) {
      const Step& step = journey_.steps[i];
      if (step.peer != index) continue;
      last = &step;
      for (const CallIndex call : step.calls) line("{:6}  {}", i + 1, call_line(call));
      std::string waits_for = variables(step);
      if (!waits_for.empty() && waits_for != waited_for)
        line("{:6}  waits for {}", i + 1, waits_for);
      waited_for = std::move(waits_for);
    }
    if (last == nullptr) {
      line("        never got the script");
    } else {
      line("        ended with {}; {}, {}", end_of(*last), counted(peer.state_count, "state"),
           counted(peer.signature_count, "signature"));
    }
    out_ += '\n';
  }

  // What instructions read that the script does not go on without: "x, y at 3:5".
  std::string variables(const Step& step) const {
    std::set<std::string> names;
    InstructionId first;
    for (const Wait& wait : step.waits) {
      if (wait.in_background) continue;
      if (const auto* variable = std::get_if<ForVariable>(&wait.what)) {
        names.insert(variable->name);
      } else if (const auto* stream = std::get_if<ForStream>(&wait.what)) {
        names.insert(stream->name);
      } else {
        continue;
      }
      if (first.is_none()) first = wait.at;
    }
    if (names.empty()) return {};
    std::string text;
    std::size_t count = 0;
    for (const std::string& name : names) {
      if (++count > kNamesMax) {
        text += ", ...";
        break;
      }
      text += (text.empty() ? "" : ", ") + name;
    }
    const auto [row, column] = script_.source.locate(script_.tree.spans[first.value].begin);
    return fmt::format("{} at {}:{}", text, row, column);
  }

  std::string end_of(const Step& last) const {
    if (last.code != 0)
      return fmt::format("{}: {}", last.code, shortened(last.message, 4 * kValueBytesMax));
    if (last.complete) return "0, at the end of the script";
    const auto stands_at = [&](auto is_such) {
      return std::ranges::any_of(
          last.waits, [&](const Wait& wait) { return !wait.in_background && is_such(wait.what); });
    };
    if (stands_at([](const WaitingFor& what) { return std::holds_alternative<Failed>(what); }))
      return "0, a part of it failed";
    if (stands_at([](const WaitingFor& what) { return !std::holds_alternative<ForPeer>(what); }))
      return "0, waiting";
    return "0, its part done";
  }

  std::string call_line(CallIndex index) const {
    const Call& call = journey_.calls[index.value];
    std::string arguments;
    for (const std::string& argument : call.arguments) {
      if (!arguments.empty()) arguments += ", ";
      arguments += shortened(argument, kValueBytesMax);
    }
    return fmt::format("{}.{}({}) {}", call.service, call.function, arguments,
                       answer_text(call.answer));
  }

  static std::string answer_text(const std::optional<Answer>& answer) {
    if (!answer) return "has not answered";
    const std::string result = shortened(answer->result, kValueBytesMax);
    if (answer->ret_code != 0) return fmt::format("-> error {} {}", answer->ret_code, result);
    return fmt::format("-> {}", result);
  }

  // --- one step --------------------------------------------------------------------

  void step(StepIndex index) {
    const Step& step = journey_.steps[index.value];
    line("step {}: {} {}", index.value + 1, name(step.peer), came(step));
    for (const CallIndex call : step.calls) {
      const Call& c = journey_.calls[call.value];
      line("    calls {}.{}  {}", c.service, c.function, place(c.at));
    }
    if (!step.sends_to.empty()) {
      std::string peers;
      for (const PeerIndex to : step.sends_to) peers += (peers.empty() ? "" : ", ") + name(to);
      line("    sends to {}", peers);
    }
    for (const std::string& peer : step.unreachable) line("    can not send to {}", peer);
    for (const Wait& wait : step.waits) line("    {}  {}", wait_text(wait), place(wait.at));
    if (step.code != 0)
      line("    error {}: {}", step.code, shortened(step.message, 4 * kValueBytesMax));
    if (step.complete) line("    comes to the end of the script");
    for (std::size_t i = 0; i < step.trace.size(); ++i) {
      line("    {:4}: {}", i, shortened(step.trace[i], 2 * kValueBytesMax));
    }
    out_ += '\n';
  }

  std::string came(const Step& step) const {
    std::string text;
    if (step.from.has_value()) text = fmt::format("gets data of {}", name(step.from));
    for (const CallIndex index : step.answers) {
      const Call& call = journey_.calls[index.value];
      text += fmt::format("{}gets {}.{} {}", text.empty() ? "" : ", ", call.service, call.function,
                          answer_text(call.answer));
    }
    return text.empty() ? "starts the script" : text;
  }

  std::string wait_text(const Wait& wait) const {
    const std::string text = std::visit(
        base::Overloaded{
            [](const ForVariable& w) { return fmt::format("waits for {}", w.name); },
            [&](const ForAnswer& w) {
              const Call& call = journey_.calls[w.call.value];
              return fmt::format("waits for the answer of {}.{}", call.service, call.function);
            },
            [](const ForPeer& w) { return fmt::format("leaves it to {}", w.name); },
            [](const ForStream& w) { return fmt::format("waits for values in {}", w.name); },
            [](const ForMoreValues& w) {
              return fmt::format("waits for more values in {}", w.name);
            },
            [](const Forever&) { return std::string("waits for ever"); },
            [](const Failed& w) {
              return fmt::format("goes on without what failed: {} {}", w.code,
                                 shortened(w.message, kValueBytesMax));
            },
        },
        wait.what);
    return wait.in_background ? text + ", in the background" : text;
  }

  // --- the verdict -----------------------------------------------------------------

  void verdict() {
    const std::string steps = counted(journey_.steps.size(), "step");
    switch (explanation_.verdict) {
      case Verdict::kFinished:
        line("finished: {} came to the end of the script, {}", name(explanation_.ended_on), steps);
        if (!explanation_.causes.empty()) line("left behind:");
        break;
      case Verdict::kFailed: line("failed after {}:", steps); break;
      case Verdict::kUnfinished:
        line("not finished, nothing happens any more after {}:", steps);
        break;
      case Verdict::kStopped:
        line("stopped after {}, {} on the way:", steps,
             counted(journey_.undelivered, "message or answer", "messages and answers"));
        break;
    }
    const std::size_t shown = std::min(explanation_.causes.size(), kCausesShownMax);
    for (std::size_t i = 0; i < shown; ++i) cause(explanation_.causes[i], 1);
    if (shown < explanation_.causes.size())
      line("  ... and {} more", explanation_.causes.size() - shown);
  }

  void cause(const Cause& cause, std::size_t depth) {
    const std::string indent(2 * depth, ' ');
    line("{}{}{}{}", indent, depth > 1 ? "- " : "", sentence(cause),
         cause.count > 1 && cause.kind != CauseKind::kMoreValues
             ? fmt::format(" ({} times)", cause.count)
             : "");
    if (cause.at.has_value()) {
      line("{}    {}  {}", indent, place(cause.at),
           shortened(air::print_instruction(script_.tree, cause.at), kInstructionBytesMax));
    }
    for (const Cause& reason : cause.because) this->cause(reason, depth + 1);
  }

  std::string sentence(const Cause& cause) const {
    const std::string peer = name(cause.peer);
    switch (cause.kind) {
      case CauseKind::kVariable: return fmt::format("{} waits for {}", peer, cause.subject);
      case CauseKind::kStream:
        return fmt::format("{} waits for a value in {}", peer, cause.subject);
      case CauseKind::kMoreValues:
        return fmt::format("{} has seen all values of {}, and waits for more", peer, cause.subject);
      case CauseKind::kNever: return fmt::format("{} came to a never", peer);
      case CauseKind::kNoAnswer:
        return fmt::format("{} called {}, which has not answered", peer, cause.subject);
      case CauseKind::kNobody:
        return fmt::format("{} should send this to {}, but no peer has that id", peer,
                           shortened(cause.subject, kValueBytesMax));
      case CauseKind::kNotReceived: return fmt::format("{} has not received the script", peer);
      case CauseKind::kFailed:
        return fmt::format("{} failed with {}: {}", peer, cause.code,
                           shortened(cause.message, 4 * kValueBytesMax));
      case CauseKind::kNotTold:
        return fmt::format("{} did this, and nothing sends it to {}", peer, name(cause.other));
      case CauseKind::kNotReached: return fmt::format("{} has not come to this", peer);
      case CauseKind::kNotVisible:
        return fmt::format("{} did this, but its value can not be seen from there", peer);
    }
    return {};
  }

  // --- words ---------------------------------------------------------------------------

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  std::string place(InstructionId at) const {
    const auto [row, column] = script_.source.locate(script_.tree.spans[at.value].begin);
    return fmt::format("{}:{}:{}", script_.source.name(), row, column);
  }

  static std::string counted(std::size_t count, std::string_view one, std::string_view many = {}) {
    if (count == 1) return fmt::format("1 {}", one);
    return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
  }

  const Journey& journey_;
  const Explanation& explanation_;
  const ScriptText& script_;
  std::string out_;
};

}  // namespace

std::string to_text(const Journey& journey, const Explanation& explanation,
                    const ScriptText& script, Detail detail) {
  return TextWriter(journey, explanation, script).run(detail);
}

}  // namespace aqua::report

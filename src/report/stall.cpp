#include "report/stall.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "air/printer.h"
#include "json/canonical.h"
#include "json/text.h"
#include "report/diagnostic_kinds.h"

namespace aqua::report {

using diagnostics::Diagnostic;

namespace {

constexpr std::size_t kLabelsMax = 12;
constexpr std::size_t kDepthMax = 6;
constexpr std::size_t kFailedCallsMax = 4;

class StallWriter {
 public:
  StallWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script) {}

  Diagnostic run(const Explanation& explanation, bool is_over_time) {
    diagnostic_.code = code_of(is_over_time ? DiagnosticKind::kDeadline : DiagnosticKind::kStall);
    diagnostic_.message = is_over_time ? "the time of the script is over, and there is no result"
                                       : "the script can not go on: nothing is on its way any more";
    for (const Cause& cause : explanation.causes) add(cause, 0);
    add_failed_calls();
    add_undelivered();
    if (diagnostic_.labels.empty()) {
      diagnostic_.hint = "nothing is known of what it waits for";
    }
    return std::move(diagnostic_);
  }

 private:
  void add(const Cause& cause, std::size_t depth) {
    if (depth > kDepthMax || diagnostic_.labels.size() >= kLabelsMax) return;
    label(cause.at, sentence(cause));
    advise(cause);
    for (const Cause& reason : cause.because) add(reason, depth + 1);
  }

  void label(air::InstructionId at, std::string text) {
    const auto place = at.has_value() ? script_.place(at) : std::nullopt;
    if (!place) {
      notes_ += notes_.empty() ? text : "; " + text;
      return;
    }
    // Folds and hops repeat the same words at the same place.
    const bool is_known =
        std::ranges::any_of(diagnostic_.labels, [&](const diagnostics::Label& other) {
          return other.span == place->span && other.source == place->source && other.text == text;
        });
    if (!is_known) diagnostics::add_label(diagnostic_, *place, std::move(text));
  }

  // A message that could not pass is a reason that the script itself does not know.
  void add_undelivered() {
    for (const Step& step : journey_.steps) {
      for (const Undelivered& lost : step.undelivered) {
        const std::string text =
            fmt::format("{} could not send it to {}: {}", name(step.peer), name(lost.to), lost.why);
        if (notes_.find(text) == std::string::npos) notes_ += notes_.empty() ? text : "; " + text;
        if (advice_.empty())
          advice_ = fmt::format("lead the way through a peer that reaches {}, with \"via\"",
                                name(lost.to));
      }
    }
    diagnostic_.hint = notes_;
    if (!advice_.empty()) diagnostic_.hint += (notes_.empty() ? "" : "; ") + advice_;
  }

  std::string sentence(const Cause& cause) const {
    const std::string peer = name(cause.peer);
    switch (cause.kind) {
      case CauseKind::kVariable:
        return fmt::format("{} waits for {}", peer, aqua_name(cause.subject));
      case CauseKind::kStream: return fmt::format("{} waits for {}", peer, awaited(cause));
      case CauseKind::kMoreValues:
        return fmt::format("{} has seen all values of {}, and waits for {}", peer,
                           aqua_name(cause.subject), awaited(cause));
      case CauseKind::kNever: return fmt::format("{} waits here for ever", peer);
      case CauseKind::kNoAnswer:
        return fmt::format("{} called {}, which has not answered", peer, cause.subject);
      case CauseKind::kNobody:
        return fmt::format("this is to happen on {}, but there is no such peer", cause.subject);
      case CauseKind::kNotReceived: return fmt::format("{} has not received the script", peer);
      case CauseKind::kFailed: {
        const Call* const call = failed_call(cause.peer, cause.at);
        return call != nullptr ? failure_of(*call)
                               : fmt::format("{} failed: {}", peer, cause.message);
      }
      case CauseKind::kNotTold:
        return fmt::format("{} did this, and nothing takes the result to {}", peer,
                           name(cause.other));
      case CauseKind::kNotReached: return fmt::format("{} has not come to this", peer);
      case CauseKind::kNotVisible:
        return fmt::format("{} did this, but its value can not be seen from there", peer);
    }
    return {};
  }

  // Which value of a stream, where the place says it: "answers[2]".
  std::string awaited(const Cause& cause) const {
    const std::string stream = aqua_name(cause.subject);
    const auto place = cause.at.has_value() ? script_.place(cause.at) : std::nullopt;
    const std::string text = place ? script_.text(*place) : std::string();
    if (text.starts_with(stream + '[') && text.find(']') == text.size() - 1) return text;
    return cause.kind == CauseKind::kMoreValues ? "more" : fmt::format("a value in {}", stream);
  }

  // The last one that failed there; null: none.
  const Call* failed_call(PeerIndex peer, air::InstructionId at) const {
    const Call* found = nullptr;
    for (const Call& call : journey_.calls) {
      if (call.peer == peer && call.at == at && call.answer && call.answer->ret_code != 0)
        found = &call;
    }
    return found;
  }
  std::string failure_of(const Call& call) const {
    const std::string& result = call.answer->result;
    const bool is_text = json::check(result) && json::kind_of(result) == json::Kind::kString;
    return fmt::format("{}.{} on {} failed: {}", call.service, call.function, name(call.peer),
                       is_text ? json::unquote(result) : result);
  }

  // Where a "try" or a "co" took the error, nothing waits for the call itself any more, only for what was to come
  // after it.
  void add_failed_calls() {
    std::size_t count = 0;
    for (const Call& call : journey_.calls) {
      if (!call.answer || call.answer->ret_code == 0 || !call.at.has_value()) continue;
      if (++count > kFailedCallsMax || diagnostic_.labels.size() >= kLabelsMax) return;
      label(call.at, failure_of(call));
    }
  }

  void advise(const Cause& cause) {
    if (!advice_.empty()) return;
    switch (cause.kind) {
      case CauseKind::kNotTold:
        advice_ =
            fmt::format("use the value on {}, or do something there after it", name(cause.other));
        return;
      case CauseKind::kNoAnswer:
        advice_ = "put a timeout beside the call: par Peer.timeout(...)";
        return;
      case CauseKind::kFailed: advice_ = "catch the error where it happens: try ... catch"; return;
      case CauseKind::kMoreValues:
      case CauseKind::kStream:
        advice_ = "wait for fewer values, or put a timeout beside: par Peer.timeout(...)";
        return;
      case CauseKind::kNobody:
        advice_ = fmt::format("name a peer of the network: in arguments as @{}", cause.subject);
        return;
      case CauseKind::kVariable:
      case CauseKind::kNever:
      case CauseKind::kNotReceived:
      case CauseKind::kNotReached:
      case CauseKind::kNotVisible: return;
    }
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  Diagnostic diagnostic_;
  std::string notes_;
  std::string advice_;
};

std::string string_member(std::string_view object, std::string_view key) {
  if (json::kind_of(object) != json::Kind::kObject) return {};
  const auto found = json::find_member(object, key);
  if (!found) return {};
  return json::kind_of(*found) == json::Kind::kString ? json::unquote(*found) : std::string(*found);
}

// Names of peers with and without their sign.
std::string without_signs(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '@') ++i;
  }
  return out;
}

// The way of "on"s that led to where the script failed.
void label_ons(const AquaScript& script, air::InstructionId at, std::string_view peer,
               Diagnostic& diagnostic) {
  const std::vector<diagnostics::Place> ons = script.ons(at);
  for (std::size_t i = 0; i < ons.size(); ++i) {
    const bool is_last = i + 1 == ons.size();
    diagnostics::add_label(
        diagnostic, ons[i],
        is_last && !peer.empty() ? fmt::format("this led to {}", peer) : "on the way");
  }
}

}  // namespace

Diagnostic describe_stall(const Journey& journey, const AquaScript& script,
                          const Explanation& explanation, bool is_over_time) {
  return StallWriter(journey, script).run(explanation, is_over_time);
}

Diagnostic describe_failure(const Journey& journey, const AquaScript& script,
                            std::string_view error) {
  Diagnostic diagnostic;
  diagnostic.code = code_of(DiagnosticKind::kScriptFailed);
  const std::string instruction = without_signs(string_member(error, "instruction"));
  std::string peer = string_member(error, "peer_id");
  if (peer.starts_with('@')) peer.erase(0, 1);
  const auto prints_the_same = [&](air::InstructionId id) {
    return without_signs(air::print_instruction(script.tree, id)) == instruction;
  };
  // Of instructions that look the same, the one whose call failed last.
  air::InstructionId at;
  const Call* failed = nullptr;
  for (const Call& call : journey.calls) {
    if (!call.answer || call.answer->ret_code == 0 || journey.peers[call.peer.value].name != peer ||
        !prints_the_same(call.at))
      continue;
    failed = &call;
    at = call.at;
  }
  for (std::uint32_t i = 0; at.is_none() && i < script.tree.instructions.size(); ++i) {
    if (prints_the_same(air::InstructionId(i))) at = air::InstructionId(i);
  }
  const std::string where = peer.empty() ? "" : fmt::format(" on {}", peer);
  if (failed != nullptr) {
    const std::string& result = failed->answer->result;
    const bool is_text = result.starts_with('"') && result.ends_with('"') && result.size() > 1;
    diagnostic.message = fmt::format("{}.{}{} failed: {}", failed->service, failed->function, where,
                                     is_text ? json::unquote(result) : result);
  } else {
    std::string message = string_member(error, "message");
    diagnostic.message = fmt::format("the script failed{}: {}", where,
                                     message.empty() ? std::string(error) : message);
  }
  if (const auto place = at.has_value() ? script.place(at) : std::nullopt)
    diagnostics::add_label(diagnostic, *place, "");
  if (at.has_value()) label_ons(script, at, peer, diagnostic);
  return diagnostic;
}

}  // namespace aqua::report

#include "report/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/overloaded.h"

namespace aqua::report {

using air::InstructionId;
using base::Overloaded;

namespace {

// Beyond these an explanation is incomplete: links of a chain, ways to make one variable, all causes.
constexpr std::uint32_t kChainMax = 16;
constexpr std::size_t kProducersMax = 8;
constexpr std::size_t kCausesMax = 1'000;

// What an instruction gives a value to; none for most.
air::NameId written_by(const air::Instruction& instruction) {
  using air::NameId;
  return std::visit(Overloaded{
                        [](const air::Call& i) { return i.output; },
                        [](const air::Canon& i) { return i.target; },
                        [](const air::Ap& i) { return i.target; },
                        [](const air::ApMap& i) { return i.map; },
                        [](const air::Seq&) { return NameId(); },
                        [](const air::Par&) { return NameId(); },
                        [](const air::Xor&) { return NameId(); },
                        [](const air::Match&) { return NameId(); },
                        [](const air::Mismatch&) { return NameId(); },
                        [](const air::FoldValue&) { return NameId(); },
                        [](const air::FoldStream&) { return NameId(); },
                        [](const air::Next&) { return NameId(); },
                        [](const air::New&) { return NameId(); },
                        [](const air::FailLiteral&) { return NameId(); },
                        [](const air::FailValue&) { return NameId(); },
                        [](const air::Never&) { return NameId(); },
                        [](const air::Null&) { return NameId(); },
                    },
                    instruction);
}

Cause make_cause(CauseKind kind, PeerIndex peer, InstructionId at) {
  Cause cause;
  cause.kind = kind;
  cause.peer = peer;
  cause.at = at;
  return cause;
}

class Explainer {
 public:
  Explainer(const Journey& journey, const air::Tree& script)
      : journey_(journey), script_(script), last_steps_(journey.peers.size()) {
    for (std::size_t i = 0; i < journey.steps.size(); ++i) {
      last_steps_[journey.steps[i].peer.value] = StepIndex(i);
    }
    waits_.resize(journey.peers.size());
    for (std::size_t i = 0; i < journey.peers.size(); ++i) {
      const Step* const last = last_step(PeerIndex(i));
      if (last == nullptr) continue;
      for (std::size_t w = 0; w < last->waits.size(); ++w)
        waits_[i].push_back({last->waits[w].at, w});
      std::ranges::sort(waits_[i]);
    }
    for (std::size_t i = 0; i < journey.calls.size(); ++i) {
      calls_[{journey.calls[i].peer, journey.calls[i].at}].push_back(CallIndex(i));
    }
    parents_.resize(script.instructions.size());
    for (std::size_t i = 0; i < script.instructions.size(); ++i) {
      const air::Children children = air::children_of(script.instructions[i]);
      for (const InstructionId child : {children.first, children.second}) {
        if (child.has_value()) parents_[child.value] = InstructionId(i);
      }
      const air::NameId written = written_by(script.instructions[i]);
      if (written.has_value()) producers_[script[written].text].push_back(InstructionId(i));
    }
  }

  Explanation run() {
    Explanation explanation;
    explanation.verdict = verdict(explanation.ended_on);
    const bool finished = explanation.verdict == Verdict::kFinished;
    collect(explanation.causes, [&](const Wait& wait) {
      return (finished ? is_a_loss(wait) : !wait.in_background) && !is_told_elsewhere(wait);
    });
    // Nobody stands at anything of their own: then what they left to each other.
    if (!finished && explanation.causes.empty()) {
      collect(explanation.causes, [](const Wait&) { return true; });
    }
    return explanation;
  }

 private:
  static constexpr std::size_t kNoWait = static_cast<std::size_t>(-1);
  using WaitKey = std::pair<PeerIndex, std::size_t>;  // of the last step of the peer

  Verdict verdict(PeerIndex& ended_on) const {
    bool failed = false;
    for (std::size_t i = 0; i < journey_.peers.size(); ++i) {
      const Step* const last = last_step(PeerIndex(i));
      if (last == nullptr) continue;
      if (last->code != 0) failed = true;
      if (last->complete && last->code == 0 && ended_on.is_none()) ended_on = PeerIndex(i);
    }
    if (journey_.undelivered > 0) return Verdict::kStopped;
    if (failed) return Verdict::kFailed;
    return ended_on.has_value() ? Verdict::kFinished : Verdict::kUnfinished;
  }

  // --- which waits count -----------------------------------------------------------

  template <class Counts>
  void collect(std::vector<Cause>& causes, Counts&& counts) {
    std::vector<Cause> heads;
    std::vector<WaitKey> keys;
    for (std::size_t i = 0; i < journey_.peers.size(); ++i) {
      const PeerIndex peer(i);
      const Step* const last = last_step(peer);
      if (last == nullptr) continue;
      if (last->code != 0) {
        heads.push_back(failure(peer));
        keys.push_back({peer, kNoWait});
        continue;
      }
      for (std::size_t w = 0; w < last->waits.size(); ++w) {
        if (!counts(last->waits[w])) continue;
        for (Cause& cause : explain_wait(peer, w)) {
          heads.push_back(std::move(cause));
          keys.push_back({peer, w});
        }
      }
    }
    for (std::size_t i = 0; i < heads.size(); ++i) {
      if (!reasons_.contains(keys[i])) add(causes, std::move(heads[i]));
    }
    // Each of them is the reason of another one.
    if (causes.empty() && !heads.empty()) add(causes, std::move(heads[0]));
  }

  // In a script that finished: what is a loss all the same.
  static bool is_a_loss(const Wait& wait) {
    return std::holds_alternative<ForAnswer>(wait.what) ||
           std::holds_alternative<Failed>(wait.what) || std::holds_alternative<ForPeer>(wait.what);
  }
  // The other peer has run the script, so its own waits tell more.
  bool is_told_elsewhere(const Wait& wait) const {
    const auto* const other = std::get_if<ForPeer>(&wait.what);
    return other != nullptr && other->peer.has_value() && last_step(other->peer) != nullptr;
  }

  // --- reasons -----------------------------------------------------------------------

  std::vector<Cause> explain_wait(PeerIndex peer, std::size_t index) {
    const Wait& wait = last_step(peer)->waits[index];
    Cause cause = make_cause(CauseKind::kNever, peer, wait.at);
    if (open_.size() >= kChainMax || cause_count_ >= kCausesMax) return {};
    if (!open_.insert({peer, index}).second) return {};
    ++cause_count_;
    std::vector<Cause> causes = std::visit(
        Overloaded{
            [&](const ForVariable& w) {
              cause.kind = CauseKind::kVariable;
              cause.subject = w.name;
              cause.because = explain_producers(peer, w.name);
              return single(std::move(cause));
            },
            [&](const ForAnswer& w) {
              cause.kind = CauseKind::kNoAnswer;
              cause.subject = function_of(journey_.calls[w.call.value]);
              return single(std::move(cause));
            },
            [&](const ForPeer& w) { return explain_elsewhere(peer, wait.at, w); },
            [&](const ForStream& w) {
              cause.kind = CauseKind::kStream;
              cause.subject = w.name;
              cause.because = explain_producers(peer, w.name);
              return single(std::move(cause));
            },
            [&](const ForMoreValues& w) { return explain_more_values(std::move(cause), w.name); },
            [&](const Forever&) {
              const InstructionId parent = parents_[wait.at.value];
              const auto* const fold =
                  parent.is_none() ? nullptr : std::get_if<air::FoldStream>(&script_[parent]);
              // At the end of a fold over a stream, never is how a script says that it wants more.
              if (fold != nullptr && fold->last == wait.at) {
                return explain_more_values(std::move(cause),
                                           std::string(script_[fold->stream].text));
              }
              return single(std::move(cause));
            },
            [&](const Failed& w) {
              cause.kind = CauseKind::kFailed;
              cause.code = w.code;
              cause.message = w.message;
              return single(std::move(cause));
            },
        },
        wait.what);
    open_.erase({peer, index});
    return causes;
  }

  // As a reason of something else, it needs no line of its own.
  std::vector<Cause> reason(PeerIndex peer, std::size_t index) {
    reasons_.insert({peer, index});
    return explain_wait(peer, index);
  }

  std::vector<Cause> explain_producers(PeerIndex peer, const std::string& name) {
    const auto found = producers_.find(name);
    if (found == producers_.end()) return {};
    std::vector<Cause> causes;
    std::vector<Cause> not_reached;
    for (std::size_t i = 0; i < std::min(found->second.size(), kProducersMax); ++i) {
      for (Cause& cause : explain_instruction(peer, found->second[i])) {
        const bool is_bare = cause.kind == CauseKind::kNotReached && cause.because.empty();
        add(is_bare ? not_reached : causes, std::move(cause));
      }
    }
    return causes.empty() ? not_reached : causes;
  }

  std::vector<Cause> explain_more_values(Cause cause, const std::string& stream) {
    cause.kind = CauseKind::kMoreValues;
    cause.subject = stream;
    const auto found = producers_.find(stream);
    if (found == producers_.end()) return single(std::move(cause));
    for (std::size_t i = 0; i < std::min(found->second.size(), kProducersMax); ++i) {
      add_all(cause.because, explain_waits_at(cause.peer, found->second[i]));
    }
    return single(std::move(cause));
  }

  // Why `peer` knows nothing of the value that `at` makes.
  std::vector<Cause> explain_instruction(PeerIndex peer, InstructionId at) {
    std::vector<Cause> causes = explain_waits_at(peer, at);
    if (!causes.empty()) return causes;
    Cause cause = make_cause(CauseKind::kNotReached, peer, at);
    if (has_answered(peer, at)) {
      cause.kind = CauseKind::kNotVisible;
    } else {
      cause.because = explain_blockers(peer, at);
    }
    return single(std::move(cause));
  }

  std::vector<Cause> explain_waits_at(PeerIndex peer, InstructionId at) {
    return explain_all(peer, waits_at(peer, at));
  }
  std::vector<Cause> explain_all(PeerIndex peer, const std::vector<std::size_t>& waits) {
    std::vector<Cause> causes;
    for (const std::size_t wait : waits) add_all(causes, reason(peer, wait));
    return causes;
  }

  std::vector<std::size_t> waits_at(PeerIndex peer, InstructionId at) const {
    return waits_between(peer, at, InstructionId(at.value + 1));
  }
  // Those at the instructions [first, end).
  std::vector<std::size_t> waits_between(PeerIndex peer, InstructionId first,
                                         InstructionId end) const {
    std::vector<std::size_t> found;
    const auto& waits = waits_[peer.value];
    for (auto wait = std::ranges::lower_bound(waits, WaitAt{first, 0});
         wait != waits.end() && wait->first < end; ++wait) {
      found.push_back(wait->second);
    }
    return found;
  }

  // What keeps `peer` from coming to `at`: a wait in the first part of a seq with `at` in its second.
  std::vector<Cause> explain_blockers(PeerIndex peer, InstructionId at) {
    for (InstructionId child = at; parents_[child.value].has_value();
         child = parents_[child.value]) {
      const auto* const seq = std::get_if<air::Seq>(&script_[parents_[child.value]]);
      if (seq == nullptr || seq->right != child) continue;
      std::vector<Cause> causes = explain_all(peer, waits_between(peer, seq->left, seq->right));
      if (!causes.empty()) return causes;
    }
    return {};
  }

  std::vector<Cause> explain_elsewhere(PeerIndex peer, InstructionId at, const ForPeer& wait) {
    Cause cause = make_cause(CauseKind::kNobody, peer, at);
    if (wait.peer.is_none()) {
      cause.subject = wait.name;
      return single(std::move(cause));
    }
    cause.peer = wait.peer;
    const Step* const last = last_step(wait.peer);
    if (last == nullptr) {
      cause.kind = CauseKind::kNotReceived;
      cause.other = wait.sender;
      return single(std::move(cause));
    }
    // What that peer leaves to others there are further rounds of a fold.
    std::vector<Cause> causes;
    for (const std::size_t own : waits_at(wait.peer, at)) {
      if (!std::holds_alternative<ForPeer>(last->waits[own].what))
        add_all(causes, reason(wait.peer, own));
    }
    if (!causes.empty()) return causes;
    if (last->code != 0) {
      reasons_.insert({wait.peer, kNoWait});
      return single(failure(wait.peer));
    }
    const Answer* const refused = refusal(wait.peer, at);
    if (refused != nullptr) {
      cause.kind = CauseKind::kFailed;
      cause.code = refused->ret_code;
      cause.message = refused->result;
    } else if (has_answered(wait.peer, at) || std::holds_alternative<air::Canon>(script_[at])) {
      cause.kind = CauseKind::kNotTold;
      cause.other = peer;
    } else {
      cause.kind = CauseKind::kNotReached;
      cause.because = explain_blockers(wait.peer, at);
    }
    return single(std::move(cause));
  }

  Cause failure(PeerIndex peer) const {
    const Step& last = *last_step(peer);
    Cause cause = make_cause(CauseKind::kFailed, peer, last.failed_at);
    cause.code = last.code;
    cause.message = last.message;
    return cause;
  }

  // --- the journey ---------------------------------------------------------------------

  const Step* last_step(PeerIndex peer) const {
    const StepIndex step = last_steps_[peer.value];
    return step.is_none() ? nullptr : &journey_.steps[step.value];
  }

  bool has_answered(PeerIndex peer, InstructionId at) const {
    const auto found = calls_.find({peer, at});
    return found != calls_.end() && std::ranges::any_of(found->second, [&](CallIndex call) {
             return journey_.calls[call.value].answer.has_value();
           });
  }

  const Answer* refusal(PeerIndex peer, InstructionId at) const {
    const auto found = calls_.find({peer, at});
    if (found == calls_.end()) return nullptr;
    for (const CallIndex call : found->second) {
      const auto& answer = journey_.calls[call.value].answer;
      if (answer && answer->ret_code != 0) return &*answer;
    }
    return nullptr;
  }

  static std::string function_of(const Call& call) { return call.service + '.' + call.function; }

  static std::vector<Cause> single(Cause cause) {
    std::vector<Cause> causes;
    causes.push_back(std::move(cause));
    return causes;
  }

  // Folds repeat the same wait for many items.
  static void add(std::vector<Cause>& causes, Cause cause) {
    const auto key = [](const Cause& c) {
      return std::tie(c.kind, c.peer, c.at, c.subject, c.code, c.message);
    };
    const auto same =
        std::ranges::find_if(causes, [&](const Cause& other) { return key(other) == key(cause); });
    if (same == causes.end()) {
      causes.push_back(std::move(cause));
    } else {
      same->count += cause.count;
    }
  }
  static void add_all(std::vector<Cause>& causes, std::vector<Cause> more) {
    for (Cause& cause : more) add(causes, std::move(cause));
  }

  const Journey& journey_;
  const air::Tree& script_;
  std::vector<StepIndex> last_steps_;                                 // by peer; none: never ran
  std::vector<InstructionId> parents_;                                // by instruction
  std::map<std::string_view, std::vector<InstructionId>> producers_;  // by name
  std::map<std::pair<PeerIndex, InstructionId>, std::vector<CallIndex>> calls_;

  using WaitAt = std::pair<InstructionId, std::size_t>;
  std::vector<std::vector<WaitAt>> waits_;  // by peer: of its last step, in the order of the script

  std::size_t cause_count_ = 0;
  std::set<WaitKey> open_;     // being explained
  std::set<WaitKey> reasons_;  // that something else waits for
};

}  // namespace

std::string_view word_of(CauseKind kind) {
  static constexpr std::string_view kWords[] = {
#define X(name, word) word,
      AQUA_REPORT_CAUSES(X)
#undef X
  };
  return kWords[static_cast<std::size_t>(kind)];
}

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFinished: return "finished";
    case Verdict::kFailed: return "failed";
    case Verdict::kUnfinished: return "unfinished";
    case Verdict::kStopped: return "stopped";
  }
  return {};
}

Explanation explain(const Journey& journey, const air::Tree& script) {
  return Explainer(journey, script).run();
}

}  // namespace aqua::report

#include "vm/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::vm {

using base::Overloaded;

Executor::Executor(const Script& script, ParticleState& state, const Data& current,
                   std::span<const CallResult> results, const RunParameters& parameters)
    : script_(script),
      state_(state),
      stores_(state.stores),
      parameters_(parameters),
      trace_(state.data.trace, current.trace),
      init_peer_(stores_.texts.intern(parameters.init_peer_id)),
      current_peer_(stores_.texts.intern(parameters.current_peer_id)),
      empty_text_(stores_.texts.intern("")),
      scalars_(script.tree().names.size(), levels_),
      canons_(script.tree().names.size(), levels_),
      iterators_(script.tree().names.size(), kNoStreamFold),
      streams_(script.stream_slot_count()),
      results_(results),
      result_taken_(results.size()),
      last_call_request_id_(state.data.last_call_request_id) {
  for (std::size_t i = 0; i < results.size(); ++i) result_index_[results[i].call_id] = i;
}

Code Executor::run() {
  Flow flow = enter(air::InstructionId(0u));
  while (flow == Flow::kEnter || !frames_.empty()) {
    if (flow == Flow::kEnter) {
      flow = enter(next_);
    } else if (flow == Flow::kFailed && !is_catchable(code_of(error_.kind))) {
      return code_of(error_.kind);
    } else {
      flow = resume(flow);
    }
  }
  return flow == Flow::kDone ? Code::kSuccess : code_of(error_.kind);
}

Executor::Flow Executor::enter(air::InstructionId at) {
  return std::visit(Overloaded{
                        [&](const air::Call& i) { return call(at, i); },
                        [&](const air::Canon& i) { return canon(at, i); },
                        [&](const air::Ap& i) { return ap(at, i); },
                        [&](const air::ApMap& i) { return ap_map(at, i); },
                        [&](const air::Seq& i) {
                          complete_ = true;
                          frames_.push_back(SeqFrame{i.right});
                          return enter_next(i.left);
                        },
                        [&](const air::Par& i) { return enter_par(at, i); },
                        [&](const air::Xor& i) {
                          complete_ = true;
                          frames_.push_back(XorFrame{i.right, false, waiting_size()});
                          return enter_next(i.left);
                        },
                        [&](const air::Match& i) {
                          return compare(at, tree()[i.left], tree()[i.right], true, i.body);
                        },
                        [&](const air::Mismatch& i) {
                          return compare(at, tree()[i.left], tree()[i.right], false, i.body);
                        },
                        [&](const air::FoldValue& i) { return fold_value(at, i); },
                        [&](const air::FoldStream& i) { return fold_stream(at, i); },
                        [&](const air::Next& i) { return next(at, i); },
                        [&](const air::New& i) { return enter_new(at, i); },
                        [&](const air::FailLiteral& i) { return fail_literal(at, i); },
                        [&](const air::FailValue& i) { return fail_value(at, i); },
                        [&](const air::Never&) {
                          note(at, WaitsForever{});
                          complete_ = false;
                          return Flow::kDone;
                        },
                        [](const air::Null&) { return Flow::kDone; },
                    },
                    tree()[at]);
}

// The child of the frame on top has ended.
Executor::Flow Executor::resume(Flow child) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  return std::visit(Overloaded{
                        [&](const SeqFrame& f) {
                          if (child == Flow::kFailed || !complete_) return child;
                          return enter_next(f.right);
                        },
                        [&](const XorFrame& f) { return resume_xor(f, child); },
                        [&](const ParFrame& f) { return resume_par(f, child); },
                        [&](const NewFrame& f) { return resume_new(f.at, child); },
                        [&](const FoldFrame&) {
                          end_value_fold();
                          return child;
                        },
                        [&](const NextFrame& f) { return resume_next(f, child); },
                        [&](const StreamFoldFrame& f) { return resume_stream_fold(f.fold, child); },
                    },
                    frame);
}

Executor::Flow Executor::resume_xor(XorFrame frame, Flow child) {
  if (!frame.in_right) {
    if (child == Flow::kDone) return child;
    complete_ = true;
    last_error_.can_set = true;
    error_slot_.can_set = true;
    original_error_ = error_;
    has_original_error_ = true;
    set_background(frame.waiting_from, waiting_size());
    frames_.push_back(XorFrame{frame.right, true, waiting_size()});
    return enter_next(frame.right);
  }
  if (error_slot_.can_set) error_slot_ = Slot{};
  if (child == Flow::kDone) error_slot_.can_set = true;
  return child;
}

Executor::Flow Executor::enter_par(air::InstructionId at, const air::Par& par) {
  if (auto started = trace_.par_start(); !started)
    return fail_trace(at, std::move(started.error()));
  complete_ = !is_next(par.left);
  frames_.push_back(ParFrame{at, false, false, false, waiting_size(), 0});
  return enter_next(par.left);
}

Executor::Flow Executor::resume_par(ParFrame frame, Flow child) {
  if (child == Flow::kFailed) {
    complete_ = false;
    note_swallowed_error();
  }
  const air::Par& par = std::get<air::Par>(tree()[frame.at]);
  if (!frame.in_right) {
    trace_.par_left_end();
    frames_.push_back(ParFrame{frame.at, true, child == Flow::kDone, complete_, frame.waiting_from,
                               waiting_size()});
    complete_ = !is_next(par.right);
    return enter_next(par.right);
  }
  trace_.par_right_end();
  if (frame.left_complete && !complete_) set_background(frame.waiting_right, waiting_size());
  if (!frame.left_complete && complete_) set_background(frame.waiting_from, frame.waiting_right);
  complete_ = frame.left_complete || complete_;
  if (!frame.left_ok && child == Flow::kFailed) return Flow::kFailed;
  last_error_.can_set = true;
  return Flow::kDone;
}

Executor::Flow Executor::compare(air::InstructionId at, const air::Operand& left,
                                 const air::Operand& right, bool want_equal,
                                 air::InstructionId body) {
  Resolved l;
  Resolved r;
  for (const auto& [operand, resolved] : {std::pair(&left, &l), std::pair(&right, &r)}) {
    switch (resolve(*operand, Origins::kSkip, *resolved)) {
      case Read::kOk: break;
      case Read::kJoin: return wait_for_variable(at);
      case Read::kFailed: return failed_read(at);
    }
  }
  const bool equal = l.ref.value == r.ref.value ||
                     json::equal(stores_.text(l.ref.value), stores_.text(r.ref.value));
  if (equal == want_equal) return enter_next(body);
  return failed(at, {.kind = want_equal ? FaultKind::kMatchUnequal : FaultKind::kMismatchEqual});
}

Executor::Flow Executor::enter_new(air::InstructionId at, const air::New& scope) {
  switch (tree()[scope.name].kind) {
    case air::NameKind::kScalar: scalars_.enter_new(scope.name); break;
    case air::NameKind::kCanon:
    case air::NameKind::kCanonMap: canons_.enter_new(scope.name); break;
    case air::NameKind::kStream:
    case air::NameKind::kStreamMap:
      streams_[script_.stream_slot(at).value].push_back(std::make_unique<Stream>());
      break;
  }
  frames_.push_back(NewFrame{at});
  return enter_next(scope.body);
}

Executor::Flow Executor::resume_new(air::InstructionId at, Flow child) {
  const air::New& scope = std::get<air::New>(tree()[at]);
  Fault fault{.kind = FaultKind::kScopesCorrupt, .name = tree()[scope.name].text};
  bool good = true;
  switch (tree()[scope.name].kind) {
    case air::NameKind::kScalar: good = scalars_.leave_new(scope.name); break;
    case air::NameKind::kCanon:
    case air::NameKind::kCanonMap: good = canons_.leave_new(scope.name); break;
    case air::NameKind::kStream:
    case air::NameKind::kStreamMap: {
      auto& instances = streams_[script_.stream_slot(at).value];
      good = instances.back()->compact(trace_.result());
      fault.kind = FaultKind::kCompaction;
      instances.pop_back();
      break;
    }
  }
  if (child == Flow::kFailed || good) return child;
  return failed(at, std::move(fault));
}

// --- what the run waits for ----------------------------------------------------------

void Executor::note_swallowed_error() {
  if (parameters_.explain_waiting) note(failed_at_, Failed{code_of(error_.kind), error_message()});
}

air::NameId Executor::stream_of_fold(std::uint32_t stream_fold_id) const {
  for (const StreamFold& fold : stream_folds_)
    if (fold.id == stream_fold_id) return std::get<air::FoldStream>(tree()[fold.at]).stream;
  return {};
}

// --- streams ----------------------------------------------------------------------

Stream* Executor::find_stream(air::InstructionId at) {
  const auto& instances = streams_[script_.stream_slot(at).value];
  return instances.empty() ? nullptr : instances.back().get();
}

Stream& Executor::stream_for_write(air::InstructionId at) {
  auto& instances = streams_[script_.stream_slot(at).value];
  if (instances.empty()) instances.push_back(std::make_unique<Stream>());
  return *instances.back();
}

bool Executor::compact_streams() {
  bool good = true;
  for (const auto& instances : streams_)
    for (const auto& stream : instances) good = stream->compact(trace_.result()) && good;
  return good;
}

// --- what the host hears of ---------------------------------------------------------

void Executor::add_next_peer(TextId peer) {
  if (is_next_peer_.size() <= peer.value)
    is_next_peer_.resize(std::max<std::size_t>(stores_.texts.size(), peer.value + 1));
  if (is_next_peer_[peer.value]) return;
  is_next_peer_[peer.value] = true;
  next_peers_.push_back(peer);
}

void Executor::register_cid(TextId peer, CidId cid) {
  if (peer == current_peer_) own_cids_.push_back(cid);
}

void Executor::register_new_cid(TextId peer, CidId cid) {
  if (peer != current_peer_) made_own_only_ = false;
  register_cid(peer, cid);
}

const CallResult* Executor::take_call_result(std::uint32_t call_id) {
  if (result_index_.empty()) return nullptr;
  const std::string key = fmt::format("{}", call_id);
  const auto found = result_index_.find(key);
  if (found == result_index_.end() || result_taken_[found->second]) return nullptr;
  result_taken_[found->second] = true;
  return &results_[found->second];
}

std::vector<const CallResult*> Executor::unprocessed_results() const {
  std::vector<const CallResult*> left;
  for (const auto& [call_id, index] : result_index_)
    if (!result_taken_[index]) left.push_back(&results_[index]);
  std::sort(left.begin(), left.end(),
            [](const CallResult* a, const CallResult* b) { return a->call_id < b->call_id; });
  return left;
}

// --- setting variables ----------------------------------------------------------------

Executor::Flow Executor::set_scalar(air::InstructionId at, air::NameId name,
                                    const ValueRef& value) {
  if (!scalars_.can_set(name))
    return failed(at, {.kind = FaultKind::kSetTwice, .name = tree()[name].text});
  scalars_.set(name, value);
  return Flow::kDone;
}

Executor::Flow Executor::add_to_stream(air::InstructionId at, const ValueRef& value,
                                       GenerationSource source, std::uint32_t generation,
                                       std::uint32_t trace_pos) {
  if (generation >= kGenerationLimit)
    return failed(at, {.kind = FaultKind::kGenerationTooLarge, .number = generation});
  if (stream_for_write(at).add({value, trace_pos}, source, generation)) return Flow::kDone;
  return failed(at, {.kind = FaultKind::kStreamFull});
}

}  // namespace aqua::vm

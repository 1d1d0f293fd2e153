#include "vm/executor.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
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
      now_(script.tree().names.size(), script.stream_slot_count()),
      looks_for_frontier_(current.trace.states.empty()),
      results_(results),
      result_taken_(results.size()),
      last_call_request_id_(state.data.last_call_request_id) {
  for (std::size_t i = 0; i < results.size(); ++i) result_index_[results[i].call_id] = i;
  results_left_ = result_index_.size();
}

Code Executor::run(std::unique_ptr<Checkpoint> from) {
  if (from != nullptr && !resume_from(*from)) trace_.restart();
  Flow flow = Flow::kEnter;
  while (flow == Flow::kEnter || !now_.frames.empty()) {
    if (flow == Flow::kEnter) {
      flow = enter(now_.next);
    } else if (flow == Flow::kFailed && !is_catchable(code_of(now_.error.kind))) {
      return code_of(now_.error.kind);
    } else {
      flow = resume(flow);
    }
  }
  return flow == Flow::kDone ? Code::kSuccess : code_of(now_.error.kind);
}

// --- going on where the last run got stuck ---------------------------------------------

bool Executor::resume_from(Checkpoint& checkpoint) {
  if (checkpoint.script != state_.script_cache.script || checkpoint.init_peer != init_peer_ ||
      checkpoint.current_peer != current_peer_ ||
      checkpoint.timestamp_ms != parameters_.timestamp_ms ||
      checkpoint.ttl_ms != parameters_.ttl_ms ||
      checkpoint.explain_waiting != parameters_.explain_waiting)
    return false;
  if (!trace_.resume(std::move(checkpoint.trace))) return false;
  now_ = std::move(checkpoint.progress);
  return true;
}

// Before each instruction that reads the traces: keeps the place of the first one that finds nothing settled.
// Only on the peer of a call can the call go on without data from elsewhere.
void Executor::note_frontier(air::InstructionId at, bool is_own) {
  if (!looks_for_frontier_ || trace_.has_settled_state(is_own)) return;
  looks_for_frontier_ = false;
  // The numbers of generations change when the run ends, and the next run reads the new ones.
  for (const std::vector<Stream>& instances : now_.streams)
    for (const Stream& stream : instances)
      if (!stream.has_dense_generations()) return;
  auto mark = trace_.mark();
  if (!mark) return;
  now_.next = at;
  checkpoint_ = std::make_unique<Checkpoint>(Checkpoint{
      .script = state_.script_cache.script,
      .init_peer = init_peer_,
      .current_peer = current_peer_,
      .timestamp_ms = parameters_.timestamp_ms,
      .ttl_ms = parameters_.ttl_ms,
      .explain_waiting = parameters_.explain_waiting,
      .progress = now_,
      .trace = std::move(*mark),
  });
}

// --- the machine -------------------------------------------------------------------------

Executor::Flow Executor::enter(air::InstructionId at) {
  return std::visit(Overloaded{
                        [&](const air::Call& i) { return call(at, i); },
                        [&](const air::Canon& i) {
                          note_frontier(at);
                          return canon(at, i);
                        },
                        [&](const air::Ap& i) {
                          note_frontier(at);
                          return ap(at, i);
                        },
                        [&](const air::ApMap& i) {
                          note_frontier(at);
                          return ap_map(at, i);
                        },
                        [&](const air::Seq& i) {
                          now_.complete = true;
                          now_.frames.push_back(SeqFrame{i.right});
                          return enter_next(i.left);
                        },
                        [&](const air::Par& i) {
                          note_frontier(at);
                          return enter_par(at, i);
                        },
                        [&](const air::Xor& i) {
                          now_.complete = true;
                          now_.frames.push_back(XorFrame{i.right, false, waiting_size()});
                          return enter_next(i.left);
                        },
                        [&](const air::Match& i) {
                          return compare(at, tree()[i.left], tree()[i.right], true, i.body);
                        },
                        [&](const air::Mismatch& i) {
                          return compare(at, tree()[i.left], tree()[i.right], false, i.body);
                        },
                        [&](const air::FoldValue& i) { return fold_value(at, i); },
                        [&](const air::FoldStream& i) {
                          note_frontier(at);
                          return fold_stream(at, i);
                        },
                        [&](const air::Next& i) { return next(at, i); },
                        [&](const air::New& i) { return enter_new(at, i); },
                        [&](const air::FailLiteral& i) { return fail_literal(at, i); },
                        [&](const air::FailValue& i) { return fail_value(at, i); },
                        [&](const air::Never&) {
                          note(at, WaitsForever{});
                          now_.complete = false;
                          return Flow::kDone;
                        },
                        [](const air::Null&) { return Flow::kDone; },
                    },
                    tree()[at]);
}

// The child of the frame on top has ended.
Executor::Flow Executor::resume(Flow child) {
  const Progress::Frame frame = now_.frames.back();
  now_.frames.pop_back();
  return std::visit(Overloaded{
                        [&](const SeqFrame& f) {
                          if (child == Flow::kFailed || !now_.complete) return child;
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
    now_.complete = true;
    now_.last_error.can_set = true;
    now_.error_slot.can_set = true;
    now_.original_error = now_.error;
    now_.has_original_error = true;
    set_background(frame.waiting_from, waiting_size());
    now_.frames.push_back(XorFrame{frame.right, true, waiting_size()});
    return enter_next(frame.right);
  }
  if (now_.error_slot.can_set) now_.error_slot = Slot{};
  if (child == Flow::kDone) now_.error_slot.can_set = true;
  return child;
}

Executor::Flow Executor::enter_par(air::InstructionId at, const air::Par& par) {
  if (auto started = trace_.par_start(); !started)
    return fail_trace(at, std::move(started.error()));
  now_.complete = !is_next(par.left);
  now_.frames.push_back(ParFrame{at, false, false, false, waiting_size(), 0});
  return enter_next(par.left);
}

Executor::Flow Executor::resume_par(ParFrame frame, Flow child) {
  if (child == Flow::kFailed) {
    now_.complete = false;
    note_swallowed_error();
  }
  const air::Par& par = std::get<air::Par>(tree()[frame.at]);
  if (!frame.in_right) {
    trace_.par_left_end();
    now_.frames.push_back(ParFrame{frame.at, true, child == Flow::kDone, now_.complete,
                                   frame.waiting_from, waiting_size()});
    now_.complete = !is_next(par.right);
    return enter_next(par.right);
  }
  trace_.par_right_end();
  if (frame.left_complete && !now_.complete) set_background(frame.waiting_right, waiting_size());
  if (!frame.left_complete && now_.complete)
    set_background(frame.waiting_from, frame.waiting_right);
  now_.complete = frame.left_complete || now_.complete;
  if (!frame.left_ok && child == Flow::kFailed) return Flow::kFailed;
  now_.last_error.can_set = true;
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
    case air::NameKind::kScalar: now_.scalars.enter_new(scope.name, now_.levels); break;
    case air::NameKind::kCanon:
    case air::NameKind::kCanonMap: now_.canons.enter_new(scope.name, now_.levels); break;
    case air::NameKind::kStream:
    case air::NameKind::kStreamMap:
      now_.streams[script_.stream_slot(at).value].emplace_back();
      break;
  }
  now_.frames.push_back(NewFrame{at});
  return enter_next(scope.body);
}

Executor::Flow Executor::resume_new(air::InstructionId at, Flow child) {
  const air::New& scope = std::get<air::New>(tree()[at]);
  Fault fault{.kind = FaultKind::kScopesCorrupt, .name = tree()[scope.name].text};
  bool good = true;
  switch (tree()[scope.name].kind) {
    case air::NameKind::kScalar: good = now_.scalars.leave_new(scope.name, now_.levels); break;
    case air::NameKind::kCanon:
    case air::NameKind::kCanonMap: good = now_.canons.leave_new(scope.name, now_.levels); break;
    case air::NameKind::kStream:
    case air::NameKind::kStreamMap: {
      auto& instances = now_.streams[script_.stream_slot(at).value];
      if (!instances.back().has_dense_generations()) looks_for_frontier_ = false;
      good = instances.back().compact(trace_.result());
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
  if (parameters_.explain_waiting)
    note(now_.failed_at, Failed{code_of(now_.error.kind), error_message()});
}

air::NameId Executor::stream_of_fold(std::uint32_t stream_fold_id) const {
  for (const StreamFold& fold : now_.stream_folds)
    if (fold.id == stream_fold_id) return std::get<air::FoldStream>(tree()[fold.at]).stream;
  return {};
}

std::size_t Progress::size_bytes() const {
  const auto bytes = [](const auto& list) { return list.size() * sizeof(list[0]); };
  std::size_t size = sizeof *this + bytes(frames) + scalars.size_bytes() + canons.size_bytes() +
                     bytes(iterators) + bytes(own_cids) + bytes(waiting);
  for (const ValueFold& fold : value_folds) size += sizeof fold + bytes(fold.items);
  for (const StreamFold& fold : stream_folds) {
    size += sizeof fold;
    for (const std::vector<StreamValue>& row : fold.rows) size += bytes(row);
  }
  for (const std::vector<Stream>& instances : streams)
    for (const Stream& stream : instances) size += stream.size_bytes();
  return size;
}

// --- streams ----------------------------------------------------------------------

Stream* Executor::find_stream(air::InstructionId at) {
  auto& instances = now_.streams[script_.stream_slot(at).value];
  return instances.empty() ? nullptr : &instances.back();
}

Stream& Executor::stream_for_write(air::InstructionId at) {
  auto& instances = now_.streams[script_.stream_slot(at).value];
  if (instances.empty()) instances.emplace_back();
  return instances.back();
}

bool Executor::compact_streams() {
  bool good = true;
  for (const auto& instances : now_.streams)
    for (const Stream& stream : instances) good = stream.compact(trace_.result()) && good;
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
  if (peer == current_peer_) now_.own_cids.push_back(cid);
}

void Executor::register_new_cid(TextId peer, CidId cid) {
  if (peer != current_peer_) made_own_only_ = false;
  register_cid(peer, cid);
}

const CallResult* Executor::take_call_result(std::uint32_t call_id) {
  if (results_left_ == 0) return nullptr;
  char digits[std::numeric_limits<std::uint32_t>::digits10 + 1];
  const char* const end = std::to_chars(std::begin(digits), std::end(digits), call_id).ptr;
  const auto found = result_index_.find(std::string_view(digits, end));
  if (found == result_index_.end() || result_taken_[found->second]) return nullptr;
  result_taken_[found->second] = true;
  --results_left_;
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
  if (!now_.scalars.can_set(name, now_.levels))
    return failed(at, {.kind = FaultKind::kSetTwice, .name = tree()[name].text});
  now_.scalars.set(name, now_.levels, value);
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

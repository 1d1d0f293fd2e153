#pragma once

#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "vm/fault.h"
#include "vm/particle_state.h"
#include "vm/progress.h"
#include "vm/run.h"
#include "vm/scopes.h"
#include "vm/stream.h"
#include "vm/trace_handler.h"

namespace aqua::vm {

// Replays a script over what is known. Instructions that contain others keep their progress in frames, never
// on the native stack.
class Executor {
 public:
  Executor(const Script& script, ParticleState& state, const Data& current,
           std::span<const CallResult> results, const RunParameters& parameters);

  // Success, or the code of the error that reached the top. `from`, if given, is used up.
  Code run(std::unique_ptr<Checkpoint> from);
  // Numbers the generations of the streams that live to the end. False: the trace does not fit them.
  bool compact_streams();

  // Of the error that reached the top.
  std::string error_message() const { return message_of(now_.error, stores_); }

  // Where a run on the data that this one leaves can begin; none: at the start.
  std::unique_ptr<Checkpoint> checkpoint() { return std::move(checkpoint_); }

  Trace& trace() { return trace_.result(); }
  std::vector<CidId>& own_cids() { return now_.own_cids; }
  // Every entry that this run made is of the current peer, which signs it. Not so where the data had a call
  // of another peer wait for a result of this one.
  bool made_own_only() const { return made_own_only_; }
  std::vector<TextId>& next_peers() { return next_peers_; }
  std::vector<CallRequest>& requests() { return requests_; }
  std::uint32_t last_call_request_id() const { return last_call_request_id_; }
  std::vector<const CallResult*> unprocessed_results() const;
  bool is_complete() const { return now_.complete; }
  air::InstructionId failed_at() const { return now_.failed_at; }
  std::vector<Waiting>& waiting() { return now_.waiting; }

 private:
  // What became of an instruction. kEnter: instruction `next` comes first; the rest waits in a frame.
  enum class Flow : std::uint8_t { kDone, kFailed, kEnter };
  // What became of looking at a value. kJoin: it is not there yet, which is no error (the error says what
  // is missing, for those who treat it as one).
  enum class Read : std::uint8_t { kOk, kJoin, kFailed };

  // --- the machine (executor.cpp) ---------------------------------------------------
  using SeqFrame = Progress::SeqFrame;
  using XorFrame = Progress::XorFrame;
  using ParFrame = Progress::ParFrame;
  using NewFrame = Progress::NewFrame;
  using FoldFrame = Progress::FoldFrame;
  using NextFrame = Progress::NextFrame;
  using StreamFoldFrame = Progress::StreamFoldFrame;

  bool resume_from(Checkpoint& checkpoint);
  void note_frontier(air::InstructionId at, bool is_own = true);
  Flow enter(air::InstructionId at);
  Flow resume(Flow child);
  Flow enter_next(air::InstructionId next) {
    now_.next = next;
    return Flow::kEnter;
  }
  Flow enter_par(air::InstructionId at, const air::Par& par);
  Flow resume_par(ParFrame frame, Flow child);
  Flow resume_xor(XorFrame frame, Flow child);
  Flow compare(air::InstructionId at, const air::Operand& left, const air::Operand& right,
               bool want_equal, air::InstructionId body);
  Flow enter_new(air::InstructionId at, const air::New& scope);
  Flow resume_new(air::InstructionId at, Flow child);
  bool is_next(air::InstructionId at) const {
    return std::holds_alternative<air::Next>(script_.tree()[at]);
  }

  // --- values (executor_values.cpp) ---------------------------------------------------
  struct Resolved {
    ValueRef ref;
    const CanonBinding* whole = nullptr;  // a whole canon: one tetraplet for each element
  };
  // With origins: also the tetraplet and provenance.
  enum class Origins : std::uint8_t { kSkip, kWant };
  Read resolve(const air::Operand& operand, Origins origins, Resolved& out);
  Read resolve_variable(const air::Operand& operand, const air::Variable& variable, Origins origins,
                        Resolved& out);
  Read resolve_canon_stream(const air::Operand& operand, const air::Variable& variable,
                            Origins origins, Resolved& out);
  Read resolve_canon_map(const air::Operand& operand, const air::Variable& variable,
                         Origins origins, Resolved& out);
  Read find_scalar(air::NameId name, ValueRef& out);
  Read find_canon(air::NameId name, CanonBinding*& out);
  Read apply_path(std::span<const air::Accessor> path, ValueId& value);
  Read apply_index(std::uint32_t index, ValueId& value);
  Read apply_field(std::string_view field, ValueId& value);
  Read accessor_value(const air::ByScalar& accessor, ValueId& out);
  Read stream_index(const air::Accessor& accessor, std::uint32_t& out);
  Read map_key(const air::Accessor& accessor, std::string& out);
  Read length_of(ValueId value, ValueId& out);
  ValueId literal_value(const air::Operand& operand);
  ValueId whole_canon_stream(CanonBinding& binding);
  ValueId whole_canon_map(CanonBinding& binding);
  ValueId array_of(std::span<const ValueRef> values);
  TextId lens_text(const air::Operand& operand, const air::Lens& lens);
  TetrapletId tetraplet_with_lens(const ValueRef& ref, const air::Operand& operand,
                                  const air::Lens& lens);
  TetrapletId literal_tetraplet();
  TetrapletId peer_tetraplet(TextId peer, std::string_view service, std::string_view lens);
  Read resolve_text(const air::Operand& operand, TextId& out);
  ValueRef copied(const Resolved& value);
  Read undefined(air::NameId name);
  Read read_failed(FaultKind kind, ValueId value, std::int64_t number = 0,
                   std::string_view name = {}, std::string_view text = {}, std::int64_t other = 0);

  // --- errors (executor_errors.cpp) ---------------------------------------------------
  using Slot = Progress::Slot;
  // Sets the error and both slots for an error of `at`.
  Flow failed(air::InstructionId at, Fault fault);
  // For an error that a read left behind.
  Flow failed_read(air::InstructionId at);
  // Calls before their triplet is known and canons: both objects name the current peer.
  Flow failed_with_peer(air::InstructionId at);
  Flow failed_with_triplet(air::InstructionId at, TetrapletId triplet);
  void set_slots(air::InstructionId at, TextId peer_of_error, TetrapletId tetraplet);
  Flow fail_trace(air::InstructionId at, TraceFault fault);
  Flow fail_literal(air::InstructionId at, const air::FailLiteral& fail);
  Flow fail_value(air::InstructionId at, const air::FailValue& fail);
  bool check_error_object(ValueId value);
  ValueId slot_value(Slot& slot);
  ValueId error_object(const Fault& fault, air::InstructionId at, TextId peer);
  Read resolve_slot(Slot& slot, const air::Operand& operand, const air::Lens& lens, Origins origins,
                    Resolved& out);

  // --- call, ap, canon (executor_call.cpp, executor_ap.cpp, executor_canon.cpp) --------
  Flow call(air::InstructionId at, const air::Call& call);
  Read resolve_triplet(air::InstructionId at, const air::Call& call, TetrapletId& out);
  Flow meet_result(air::InstructionId at, const air::Call& call, TetrapletId triplet,
                   bool arguments_known, CidId argument_hash, const Met<CallState>& met);
  Flow result_before_arguments(air::InstructionId at);
  Flow meet_failure(air::InstructionId at, TetrapletId triplet, CidId argument_hash,
                    const Met<CallState>& met, const CallFailed& state);
  Flow take_result(air::InstructionId at, const air::Call& call, TetrapletId triplet,
                   CidId argument_hash, const CallResult& result);
  Flow record_failure(air::InstructionId at, TetrapletId triplet, CidId argument_hash,
                      std::int32_t ret_code, std::string message);
  Flow send_or_request(air::InstructionId at, const air::Call& call, TetrapletId triplet,
                       const std::optional<Met<CallState>>& met, bool arguments_known);
  void note_missing_arguments(air::InstructionId at, const air::Call& call);
  const ServiceResult* find_service_result(CidId cid, TetrapletId triplet, CidId argument_hash);
  bool load_value(CidId cid, ValueId& out);
  const CallResult* take_call_result(std::uint32_t call_id);
  void register_cid(TextId peer, CidId cid);
  void register_new_cid(TextId peer, CidId cid);
  void add_next_peer(TextId peer);
  Flow set_scalar(air::InstructionId at, air::NameId name, const ValueRef& value);
  Flow add_to_stream(air::InstructionId at, const ValueRef& value, GenerationSource source,
                     std::uint32_t generation, std::uint32_t trace_pos);
  Flow ap(air::InstructionId at, const air::Ap& ap);
  Flow ap_map(air::InstructionId at, const air::ApMap& ap);
  Flow canon(air::InstructionId at, const air::Canon& canon);
  Flow canonicalise(air::InstructionId at, const air::Canon& canon, TextId peer);
  Flow bind_canon(air::InstructionId at, const air::Canon& canon, CidId result);
  CanonBinding* load_canon(CidId result);
  bool index_canon_map(CanonBinding& binding);

  // --- folds (executor_fold.cpp) --------------------------------------------------------
  using ValueFold = Progress::ValueFold;
  using StreamFold = Progress::StreamFold;
  static constexpr std::uint32_t kNoStreamFold = Progress::kNoFold;
  Flow fold_value(air::InstructionId at, const air::FoldValue& fold);
  Flow fold_stream(air::InstructionId at, const air::FoldStream& fold);
  Flow start_value_fold(air::InstructionId at, ValueFold fold);
  void end_value_fold();
  Flow next(air::InstructionId at, const air::Next& next);
  Flow resume_next(NextFrame frame, Flow child);
  Flow run_row(std::uint32_t fold);
  Flow resume_stream_fold(std::uint32_t fold, Flow child);
  ValueRef current_item(const ValueFold& fold) const;

  // --- what the run waits for -------------------------------------------------------------
  void note(air::InstructionId at, WaitingFor what) {
    if (parameters_.explain_waiting) now_.waiting.push_back({at, std::move(what)});
  }
  // For a variable that resolve() did not find.
  Flow wait_for_variable(air::InstructionId at) {
    note(at, WaitsForVariable{now_.missing_name});
    now_.complete = false;
    return Flow::kDone;
  }
  void note_swallowed_error();
  std::uint32_t waiting_size() const { return static_cast<std::uint32_t>(now_.waiting.size()); }
  void set_background(std::uint32_t from, std::uint32_t to) {
    for (; from < to; ++from) now_.waiting[from].in_background = true;
  }
  air::NameId stream_of_fold(std::uint32_t stream_fold_id) const;

  // --- streams ----------------------------------------------------------------------------
  Stream* find_stream(air::InstructionId at);
  Stream& stream_of(const StreamFold& fold) { return now_.streams[fold.slot.value][fold.instance]; }
  Stream& stream_for_write(air::InstructionId at);

  const air::Tree& tree() const { return script_.tree(); }

  const Script& script_;
  ParticleState& state_;
  ParticleStores& stores_;
  const RunParameters& parameters_;
  TraceHandler trace_;
  TextId init_peer_;
  TextId current_peer_;
  TextId empty_text_;

  Progress now_;
  std::unique_ptr<Checkpoint> checkpoint_;
  bool looks_for_frontier_;

  std::span<const CallResult> results_;
  std::unordered_map<std::string_view, std::size_t> result_index_;
  std::vector<char> result_taken_;
  std::size_t results_left_ = 0;
  std::vector<CallRequest> requests_;
  std::vector<TextId> next_peers_;
  std::vector<char> is_next_peer_;  // by TextId
  bool made_own_only_ = true;
  std::uint32_t last_call_request_id_ = 0;
  std::vector<ValueId> arguments_;  // scratch of call()
};

}  // namespace aqua::vm

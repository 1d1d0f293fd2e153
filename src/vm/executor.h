#pragma once

#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "vm/fault.h"
#include "vm/particle_state.h"
#include "vm/run.h"
#include "vm/scopes.h"
#include "vm/stream.h"
#include "vm/trace_handler.h"

namespace aqua::vm {

// Replays a script over what is known. Instructions that contain others keep their progress in frames_,
// never on the native stack.
class Executor {
 public:
  Executor(const Script& script, ParticleState& state, const Data& current,
           std::span<const CallResult> results, const RunParameters& parameters);

  // Success, or the code of the error that reached the top.
  Code run();
  // Numbers the generations of the streams that live to the end. False: the trace does not fit them.
  bool compact_streams();

  // Of the error that reached the top.
  std::string error_message() const { return message_of(error_, stores_); }

  Trace& trace() { return trace_.result(); }
  std::vector<CidId>& own_cids() { return own_cids_; }
  // Every entry that this run made is of the current peer, which signs it. Not so where the data had a call
  // of another peer wait for a result of this one.
  bool made_own_only() const { return made_own_only_; }
  std::vector<TextId>& next_peers() { return next_peers_; }
  std::vector<CallRequest>& requests() { return requests_; }
  std::uint32_t last_call_request_id() const { return last_call_request_id_; }
  std::vector<const CallResult*> unprocessed_results() const;
  bool is_complete() const { return complete_; }
  air::InstructionId failed_at() const { return failed_at_; }
  std::vector<Waiting>& waiting() { return waiting_; }

 private:
  // What became of an instruction. kEnter: instruction next_ comes first; the rest waits in a frame.
  enum class Flow : std::uint8_t { kDone, kFailed, kEnter };
  // What became of looking at a value. kJoin: it is not there yet, which is no error (error_ says what
  // is missing, for those who treat it as one).
  enum class Read : std::uint8_t { kOk, kJoin, kFailed };

  // --- the machine (executor.cpp) ---------------------------------------------------
  struct SeqFrame {
    air::InstructionId right;
  };
  struct XorFrame {
    air::InstructionId right;
    bool in_right;
    std::uint32_t waiting_from;
  };
  struct ParFrame {
    air::InstructionId at;
    bool in_right;
    bool left_ok;
    bool left_complete;
    std::uint32_t waiting_from;   // where in waiting_ the left branch begins
    std::uint32_t waiting_right;  // and the right one
  };
  struct NewFrame {
    air::InstructionId at;
  };
  struct FoldFrame {
    std::uint32_t fold;
  };  // in value_folds_
  struct NextFrame {
    air::InstructionId at;
    std::uint32_t fold;  // in value_folds_
  };
  struct StreamFoldFrame {
    std::uint32_t fold;
  };  // in stream_folds_
  using Frame =
      std::variant<SeqFrame, XorFrame, ParFrame, NewFrame, FoldFrame, NextFrame, StreamFoldFrame>;

  Flow enter(air::InstructionId at);
  Flow resume(Flow child);
  Flow enter_next(air::InstructionId next) {
    next_ = next;
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
  struct Slot {
    enum class Content : std::uint8_t { kNoError, kFault, kValue };
    Content content = Content::kNoError;
    Fault fault = {};
    air::InstructionId at = {};
    TextId peer = {};            // none: the object has no peer_id
    ValueId value = {};          // kValue; or the rendered fault, once asked for
    TetrapletId tetraplet = {};  // none: that of a literal
    Provenance provenance = {};
    bool can_set = true;
  };
  // Sets error_ and both slots for an error of `at`.
  Flow failed(air::InstructionId at, Fault fault);
  // For an error_ that a read left behind.
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
  // One walk over items: an array, a canon, or one row of a stream.
  struct ValueFold {
    air::NameId iterator;
    air::InstructionId body;
    air::InstructionId last;         // none: no last instruction
    ValueRef array;                  // items are parts of it, unless
    std::vector<StreamValue> items;  // they are listed here
    ParticleStores::Items parts{};
    std::uint32_t count = 0;
    std::uint32_t at = 0;
    std::uint32_t stream_fold_id = kNoStreamFold;
    bool going_back = false;
  };
  static constexpr std::uint32_t kNoStreamFold = 0xFFFFFFFF;
  struct StreamFold {
    air::InstructionId at;
    std::uint32_t id;  // in the trace handler
    Stream* stream;
    Stream::Cursor cursor;
    std::vector<std::vector<StreamValue>> rows;
    std::size_t row = 0;
    bool any_complete = false;
    std::uint32_t waiting_from = 0;
  };
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
    if (parameters_.explain_waiting) waiting_.push_back({at, std::move(what)});
  }
  // For a variable that resolve() did not find.
  Flow wait_for_variable(air::InstructionId at) {
    note(at, WaitsForVariable{missing_name_});
    complete_ = false;
    return Flow::kDone;
  }
  void note_swallowed_error();
  std::uint32_t waiting_size() const { return static_cast<std::uint32_t>(waiting_.size()); }
  void set_background(std::uint32_t from, std::uint32_t to) {
    for (; from < to; ++from) waiting_[from].in_background = true;
  }
  air::NameId stream_of_fold(std::uint32_t stream_fold_id) const;

  // --- streams ----------------------------------------------------------------------------
  Stream* find_stream(air::InstructionId at);
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

  std::vector<Frame> frames_;
  air::InstructionId next_;
  bool complete_ = true;
  Fault error_;

  ScopeLevels levels_;
  ScopedTable<ValueRef> scalars_;
  ScopedTable<CanonBinding*> canons_;     // streams and maps: their names differ
  std::vector<std::uint32_t> iterators_;  // by name: index in value_folds_
  std::vector<ValueFold> value_folds_;    // a stack
  std::vector<StreamFold> stream_folds_;  // a stack
  std::uint32_t stream_fold_count_ = 0;
  std::vector<std::vector<std::unique_ptr<Stream>>> streams_;  // by slot: innermost instance last

  Slot last_error_;
  Slot error_slot_;
  Fault original_error_;  // of the closest xor, for `fail :error:`
  bool has_original_error_ = false;

  std::span<const CallResult> results_;
  std::unordered_map<std::string_view, std::size_t> result_index_;
  std::vector<char> result_taken_;
  std::vector<CallRequest> requests_;
  std::vector<TextId> next_peers_;
  std::vector<char> is_next_peer_;  // by TextId
  std::vector<CidId> own_cids_;
  bool made_own_only_ = true;
  std::uint32_t last_call_request_id_ = 0;
  std::vector<ValueId> arguments_;  // scratch of call()

  air::NameId missing_name_;      // of the last join
  air::InstructionId failed_at_;  // where error_ arose
  std::vector<Waiting> waiting_;
};

}  // namespace aqua::vm

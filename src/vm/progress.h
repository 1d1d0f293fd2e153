#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "vm/fault.h"
#include "vm/scopes.h"
#include "vm/script.h"
#include "vm/stream.h"
#include "vm/trace_handler.h"
#include "vm/value_ref.h"
#include "vm/waiting.h"

namespace aqua::vm {

struct CanonBinding;

// How far the execution of a script has come: all that an executor changes while it replays what is known.
// A copy of it is a place from which to go on.
struct Progress {
  static constexpr std::uint32_t kNoFold = 0xFFFFFFFF;

  // --- instructions that wait for one inside of them ---------------------------------
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
    std::uint32_t waiting_from;   // where in `waiting` the left branch begins
    std::uint32_t waiting_right;  // and the right one
  };
  struct NewFrame {
    air::InstructionId at;
  };
  struct FoldFrame {
    std::uint32_t fold;
  };  // in value_folds
  struct NextFrame {
    air::InstructionId at;
    std::uint32_t fold;
  };  // in value_folds
  struct StreamFoldFrame {
    std::uint32_t fold;
  };  // in stream_folds
  using Frame =
      std::variant<SeqFrame, XorFrame, ParFrame, NewFrame, FoldFrame, NextFrame, StreamFoldFrame>;

  // --- folds ---------------------------------------------------------------------------
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
    std::uint32_t stream_fold_id = kNoFold;
    bool going_back = false;
  };
  struct StreamFold {
    air::InstructionId at;
    std::uint32_t id;  // in the trace handler
    StreamSlot slot;
    std::size_t instance;  // of the stream, in its slot
    Stream::Cursor cursor;
    std::vector<std::vector<StreamValue>> rows;
    std::size_t row = 0;
    bool any_complete = false;
    std::uint32_t waiting_from = 0;
  };

  // --- errors --------------------------------------------------------------------------
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

  Progress(std::size_t name_count, std::size_t stream_slot_count)
      : scalars(name_count),
        canons(name_count),
        iterators(name_count, kNoFold),
        streams(stream_slot_count) {}

  // Memory held, about.
  std::size_t size_bytes() const;

  std::vector<Frame> frames;
  air::InstructionId next{0u};
  bool complete = true;
  Fault error;

  ScopeLevels levels;
  ScopedTable<ValueRef> scalars;
  ScopedTable<CanonBinding*> canons;     // streams and maps: their names differ
  std::vector<std::uint32_t> iterators;  // by name: index in value_folds
  std::vector<ValueFold> value_folds;    // a stack
  std::vector<StreamFold> stream_folds;  // a stack
  std::uint32_t stream_fold_count = 0;
  std::vector<std::vector<Stream>> streams;  // by slot: innermost instance last

  Slot last_error;
  Slot error_slot;
  Fault original_error;  // of the closest xor, for `fail :error:`
  bool has_original_error = false;

  std::vector<CidId> own_cids;
  air::NameId missing_name;      // of the last join
  air::InstructionId failed_at;  // where `error` arose
  std::vector<Waiting> waiting;
};

// Where a run first met something that is not settled: a state that is missing, or that waits for a result.
// Up to there it only read what the previous data had, and wrote the same again. So a run on the data
// that it left, with the same arguments and without data from elsewhere, comes to the same place and can begin there.
// What arrives in between can change the rest only.
struct Checkpoint {
  std::shared_ptr<const Script> script;
  TextId init_peer;
  TextId current_peer;
  std::uint64_t timestamp_ms;
  std::uint32_t ttl_ms;
  bool explain_waiting;
  Progress progress;
  TraceHandler::Mark trace;

  std::size_t size_bytes() const { return progress.size_bytes() + trace.size_bytes(); }
};

}  // namespace aqua::vm

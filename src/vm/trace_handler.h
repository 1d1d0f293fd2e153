#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vm/stream.h"
#include "vm/trace.h"

namespace aqua::vm {

// What the data says in contradiction to the script or to itself; ends the run with Code::kTrace.
struct TraceFault {
  std::string text;
};
template <class T>
using TraceResult = base::Result<T, TraceFault>;

// A state that the data had for an instruction.
template <class T>
struct Met {
  T state;
  GenerationSource source = GenerationSource::kPrevious;  // which data its generation is from
  std::uint32_t previous_pos = kNoPosition;
  std::uint32_t current_pos = kNoPosition;
};

using CallState = std::variant<CallSentBy, CallScalar, CallStream, CallUnused, CallFailed>;
using CanonState = std::variant<CanonSentBy, CanonExecuted>;

// Walks the previous and the current trace side by side while the script is replayed, merges the states
// they have for each instruction, and builds the trace of this run.
class TraceHandler {
 public:
  TraceHandler(const Trace& previous, const Trace& current);

  // The next state of both traces, merged; none: neither has one.
  TraceResult<std::optional<Met<CallState>>> meet_call();
  TraceResult<std::optional<Met<ApState>>> meet_ap();
  TraceResult<std::optional<Met<CanonState>>> meet_canon();

  // Append a state to the trace of this run; gives its position.
  std::uint32_t push(const State& state) { return push_met(state, kNoPosition, kNoPosition); }
  std::uint32_t push_met(const State& state, std::uint32_t previous_pos,
                         std::uint32_t current_pos) {
    const std::uint32_t at = result_.size();
    result_.states.push_back(state);
    origins_.push_back({previous_pos, current_pos});
    if (previous_pos != kNoPosition) become_only_user(previous_users_, previous_pos, at);
    if (current_pos != kNoPosition) become_only_user(current_users_, current_pos, at);
    return at;
  }

  TraceResult<void> par_start();
  void par_left_end();
  void par_right_end();

  TraceResult<void> fold_start(std::uint32_t fold_id);
  TraceResult<void> iteration_start(std::uint32_t fold_id, std::uint32_t value_pos);
  void iteration_end(std::uint32_t fold_id);
  TraceResult<void> back_iterator(std::uint32_t fold_id);
  void generation_end(std::uint32_t fold_id);
  void fold_end(std::uint32_t fold_id);

  Trace& result() { return result_; }

  // --- going on where the last run got stuck (Checkpoint) ----------------------------
  // Whether there is a state for the next instruction that only data from elsewhere can change. A call that was sent
  // is not settled if it is the current peer's own, or waits for a result.
  bool has_settled_state(bool is_own) const;
  struct Mark;
  // Replaying fewer states costs less than keeping a mark.
  static constexpr std::uint32_t kMarkStatesMin = 4;
  // None, if this run did not read the previous data as the next one will read what it leaves: state by
  // state, each at the place where it stands in the result.
  std::optional<Mark> mark() const;
  // For a handler that is new, and whose previous trace is the result of the one that gave the mark. False: they do
  // not fit; then restart().
  bool resume(Mark mark);
  void restart() { *this = TraceHandler(*previous_.trace, *current_.trace); }

 private:
  struct Window {
    std::uint32_t position = 0;
    std::uint32_t remaining = 0;
  };
  // What one trace has recorded of a par.
  struct ParWindows {
    std::uint32_t left = 0;  // size of the branches
    std::uint32_t right = 0;
    std::uint32_t after_left = 0;  // position
    Window after;
  };
  // A window of a trace that the running branch may read.
  struct Slider {
    const Trace* trace;
    std::uint32_t position = 0;
    std::uint32_t remaining = 0;

    const State* next() {
      if (remaining == 0 || position >= trace->size()) return nullptr;
      --remaining;
      return &trace->states[position++];
    }
    void leave_left(const ParWindows& windows);
    TraceResult<void> enter(const SubTrace& part);  // what a lore says is not trusted
    void move_to(std::uint32_t to, std::uint32_t len) {
      position = to;
      remaining = len;
    }
  };
  struct Pair {
    const State* previous;
    const State* current;
    bool none() const { return previous == nullptr && current == nullptr; }
  };
  Pair next_pair() {
    is_straight_ = is_straight_ && previous_.position == result_.size();
    return {previous_.next(), current_.next()};
  }

  struct ParMachine {
    std::uint32_t place;  // of its state in the result
    std::uint32_t left_size = 0;
    bool in_right = false;
    ParWindows previous;
    ParWindows current;
  };
  static TraceResult<ParWindows> par_windows(Slider& slider, const ParState& par);

  struct ResolvedLore {
    std::uint32_t value_pos;
    SubTrace before;
    SubTrace after;
    bool taken = false;
  };
  // The lore of one received fold, in order of value_pos.
  struct LoreBook {
    std::vector<ResolvedLore> entries;
    std::size_t expected = 0;  // items are mostly asked for in order
    Window after;
    const ResolvedLore* take(std::uint32_t value_pos);
  };
  struct LoreBuilder {
    std::uint32_t value_pos;
    SubTrace before;
    SubTrace after;
    bool before_open = true;
    bool after_started = false;
    SubTrace previous_after;  // where to read after `next` returned
    SubTrace current_after;
  };
  struct FoldMachine {
    bool is_open = false;
    std::uint32_t place = 0;
    LoreBook previous;
    LoreBook current;
    std::vector<LoreBuilder> row;  // of the generation that runs
    std::uint32_t row_at = 0;      // the item whose states are being written
    bool going_back = false;
    std::vector<LoreBuilder> finished;
  };
  static TraceResult<LoreBook> read_lore(Slider& slider, const FoldState& fold);
  static TraceResult<void> resolve_lengths(const Trace& trace, LoreBook& book,
                                           std::uint32_t& state_count);

  Slider previous_;
  Slider current_;
  Trace result_;
  struct Origin {
    std::uint32_t previous;
    std::uint32_t current;
  };
  // By position in the result, behind the resumed part: where the state came from.
  std::vector<Origin> origins_;
  std::uint32_t resumed_ = 0;  // as many states were taken over from the previous data as they are
  Origin origin(std::uint32_t at) const {
    return at < resumed_ ? Origin{at, kNoPosition} : origins_[at - resumed_];
  }
  bool is_straight_ = true;  // each state was read at the place that it has in the result
  // By position in a received trace: the last state that came from there. A lore can lead to one state
  // twice; the published VM then forgets where the first of the two came from.
  using Users = std::vector<std::uint32_t>;
  Users previous_users_;
  Users current_users_;
  void become_only_user(Users& users, std::uint32_t of, std::uint32_t user) {
    std::uint32_t& last = users[of];
    // What was resumed was read once, and straight.
    if (last != kNoPosition && last >= resumed_) {
      Origin& origin = origins_[last - resumed_];
      (&users == &previous_users_ ? origin.previous : origin.current) = kNoPosition;
    }
    last = user;
  }
  std::vector<ParMachine> pars_;
  std::vector<FoldMachine> folds_;  // by fold id
};

// Where a handler stood, without what the next one finds in the trace.
struct TraceHandler::Mark {
  std::uint32_t state_count;
  std::uint32_t lore_count;
  std::uint32_t part_count;
  std::vector<ParMachine> pars;
  std::vector<FoldMachine> folds;  // by fold id

  std::size_t size_bytes() const;
};

}  // namespace aqua::vm

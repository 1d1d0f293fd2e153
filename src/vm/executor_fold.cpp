#include <cstdint>
#include <utility>
#include <variant>

#include "air/printer.h"
#include "vm/executor.h"

namespace aqua::vm {

// --- folds over values -----------------------------------------------------------------

ValueRef Executor::current_item(const ValueFold& fold) const {
  if (!fold.items.empty()) return fold.items[fold.at].ref;
  ValueRef item = fold.array;
  item.value = ValueId(fold.parts.first.value + fold.at);
  item.item = fold.at;
  return item;
}

Executor::Flow Executor::fold_value(air::InstructionId at, const air::FoldValue& fold) {
  const air::Operand& operand = tree()[fold.iterable];
  Resolved iterable;
  switch (resolve(operand, Origins::kWant, iterable)) {
    case Read::kOk: break;
    case Read::kJoin: {
      // A key that is not there yet finds nothing in a map, other than everywhere else: peers agree on it.
      const auto* variable = std::get_if<air::Variable>(&operand);
      if (variable != nullptr && tree()[variable->name].kind == air::NameKind::kCanonMap &&
          now_.missing_name != variable->name)
        return Flow::kDone;
      return wait_for_variable(at);
    }
    case Read::kFailed: return failed_read(at);
  }
  ValueFold run{.iterator = fold.iterator,
                .body = fold.body,
                .last = fold.last,
                .array = iterable.ref,
                .items = {}};
  run.array.tetraplet = tetraplet_of(stores_, iterable.ref);
  if (iterable.whole != nullptr) {
    for (const ValueRef& element : iterable.whole->elements) run.items.push_back({element, 0});
    run.count = static_cast<std::uint32_t>(run.items.size());
  } else {
    if (stores_.text(iterable.ref.value)[0] != '[') {
      Fault fault{.kind = FaultKind::kFoldOverNonArray, .value = iterable.ref.value};
      if (const auto* variable = std::get_if<air::Variable>(&operand)) {
        fault.name = tree()[variable->name].text;
        if (variable->lens.kind != air::LensKind::kNone)
          fault.text = air::print_lens(tree(), variable->lens);
      }
      return failed(at, std::move(fault));
    }
    run.parts = stores_.items(iterable.ref.value);
    run.count = run.parts.count;
  }
  if (run.count == 0) return Flow::kDone;
  return start_value_fold(at, std::move(run));
}

Executor::Flow Executor::start_value_fold(air::InstructionId at, ValueFold fold) {
  if (now_.iterators[fold.iterator.value] != kNoStreamFold)
    return failed(at, {.kind = FaultKind::kIteratorTwice, .name = tree()[fold.iterator].text});
  now_.levels.enter_fold();
  const auto index = static_cast<std::uint32_t>(now_.value_folds.size());
  now_.iterators[fold.iterator.value] = index;
  const air::InstructionId body = fold.body;
  now_.value_folds.push_back(std::move(fold));
  now_.frames.push_back(FoldFrame{index});
  return enter_next(body);
}

void Executor::end_value_fold() {
  now_.iterators[now_.value_folds.back().iterator.value] = kNoStreamFold;
  now_.value_folds.pop_back();
  now_.levels.leave_fold();
  now_.scalars.drop_left_levels(now_.levels);
  now_.canons.drop_left_levels(now_.levels);
}

// --- next ----------------------------------------------------------------------------------

Executor::Flow Executor::next(air::InstructionId at, const air::Next& next) {
  const std::uint32_t index = now_.iterators[next.iterator.value];
  if (index == kNoStreamFold)
    return failed(at, {.kind = FaultKind::kNextOutsideFold, .name = tree()[next.iterator].text});
  ValueFold& fold = now_.value_folds[index];
  const bool over_stream = fold.stream_fold_id != kNoStreamFold;
  if (over_stream) trace_.iteration_end(fold.stream_fold_id);
  if (fold.at + 1 >= fold.count) {
    if (over_stream) {
      if (auto entered = trace_.back_iterator(fold.stream_fold_id); !entered)
        return fail_trace(at, std::move(entered.error()));
    }
    if (fold.last.has_value()) {
      now_.complete = true;
      return enter_next(fold.last);
    }
    if (over_stream && !fold.going_back) {
      if (parameters_.explain_waiting)
        note(at, WaitsForMoreValues{stream_of_fold(fold.stream_fold_id)});
      fold.going_back = true;
      now_.complete = false;
    }
    return Flow::kDone;
  }
  ++fold.at;
  if (over_stream) {
    if (auto started = trace_.iteration_start(fold.stream_fold_id, fold.items[fold.at].trace_pos);
        !started)
      return fail_trace(at, std::move(started.error()));
  }
  now_.levels.enter_iteration();
  now_.frames.push_back(NextFrame{at, index});
  return enter_next(fold.body);
}

Executor::Flow Executor::resume_next(NextFrame frame, Flow child) {
  now_.levels.leave_iteration();
  now_.scalars.drop_left_levels(now_.levels);
  now_.canons.drop_left_levels(now_.levels);
  // After an error the fold stays at the item that failed.
  if (child == Flow::kFailed) return child;
  ValueFold& fold = now_.value_folds[frame.fold];
  --fold.at;
  if (fold.stream_fold_id != kNoStreamFold) {
    if (auto entered = trace_.back_iterator(fold.stream_fold_id); !entered)
      return fail_trace(frame.at, std::move(entered.error()));
  }
  return child;
}

// --- folds over streams ----------------------------------------------------------------------

Executor::Flow Executor::fold_stream(air::InstructionId at, const air::FoldStream& instruction) {
  Stream* stream = find_stream(at);
  if (stream == nullptr) {
    note(at, WaitsForStream{instruction.stream});
    now_.complete = false;
    return Flow::kDone;
  }
  const std::uint32_t id = now_.stream_fold_count++;
  if (auto started = trace_.fold_start(id); !started)
    return fail_trace(at, std::move(started.error()));
  StreamFold fold{.at = at,
                  .id = id,
                  .slot = script_.stream_slot(at),
                  .instance = now_.streams[script_.stream_slot(at).value].size() - 1,
                  .cursor = {},
                  .rows = stream->rows_since({})};
  fold.waiting_from = waiting_size();
  fold.cursor = stream->cursor();
  if (fold.rows.empty())
    note(at, WaitsForStream{instruction.stream});
  else
    stream->start_new_generation();
  const auto index = static_cast<std::uint32_t>(now_.stream_folds.size());
  now_.stream_folds.push_back(std::move(fold));
  return run_row(index);
}

// Runs the next row of the batch; after the last one looks for values that came since.
Executor::Flow Executor::run_row(std::uint32_t index) {
  StreamFold& fold = now_.stream_folds[index];
  if (fold.row == fold.rows.size() && !fold.rows.empty()) {
    Stream& stream = stream_of(fold);
    fold.rows = stream.rows_since(fold.cursor);
    fold.row = 0;
    stream.drop_empty_generation();
    fold.cursor = stream.cursor();
    stream.start_new_generation();
  }
  if (fold.rows.empty()) {
    now_.complete = fold.any_complete;
    if (now_.complete) set_background(fold.waiting_from, waiting_size());
    trace_.fold_end(fold.id);
    now_.stream_folds.pop_back();
    return Flow::kDone;
  }
  std::vector<StreamValue>& row = fold.rows[fold.row++];
  if (auto started = trace_.iteration_start(fold.id, row.front().trace_pos); !started)
    return fail_trace(fold.at, std::move(started.error()));
  const air::FoldStream& instruction = std::get<air::FoldStream>(tree()[fold.at]);
  const auto count = static_cast<std::uint32_t>(row.size());
  now_.frames.push_back(StreamFoldFrame{index});
  return start_value_fold(fold.at, {.iterator = instruction.iterator,
                                    .body = instruction.body,
                                    .last = instruction.last,
                                    .array = {},
                                    .items = std::move(row),
                                    .count = count,
                                    .stream_fold_id = fold.id});
}

// A row that fails does not keep the others from running.
Executor::Flow Executor::resume_stream_fold(std::uint32_t index, Flow child) {
  if (child == Flow::kFailed) note_swallowed_error();
  StreamFold& fold = now_.stream_folds[index];
  trace_.generation_end(fold.id);
  fold.any_complete = fold.any_complete || now_.complete;
  return run_row(index);
}

}  // namespace aqua::vm

#include "vm/trace_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace aqua::vm {

using base::Overloaded;

namespace {

std::string_view kind_name(const State& state) {
  return std::visit(Overloaded{
                        [](const ParState&) { return "par"; },
                        [](const CallSentBy&) { return "call (sent)"; },
                        [](const CallScalar&) { return "call (executed, scalar)"; },
                        [](const CallStream&) { return "call (executed, stream)"; },
                        [](const CallUnused&) { return "call (executed, unused)"; },
                        [](const CallFailed&) { return "call (failed)"; },
                        [](const FoldState&) { return "fold"; },
                        [](const ApState&) { return "ap"; },
                        [](const ApMalformed&) { return "ap (malformed)"; },
                        [](const CanonSentBy&) { return "canon (sent)"; },
                        [](const CanonExecuted&) { return "canon (executed)"; },
                    },
                    state);
}

std::unexpected<TraceFault> fault(std::string text) {
  return std::unexpected(TraceFault{std::move(text)});
}

std::unexpected<TraceFault> unexpected_kinds(const State* previous, const State* current,
                                             std::string_view expected) {
  if (previous != nullptr && current != nullptr)
    return fault(fmt::format("previous and current data have incompatible states: '{}' '{}'",
                             kind_name(*previous), kind_name(*current)));
  return fault(fmt::format("state from {} `{}` is incompatible with expected {}",
                           previous != nullptr ? "previous" : "current",
                           kind_name(previous != nullptr ? *previous : *current), expected));
}

std::optional<CallState> as_call(const State& state) {
  return std::visit(Overloaded{
                        [](const CallSentBy& s) { return std::optional<CallState>(s); },
                        [](const CallScalar& s) { return std::optional<CallState>(s); },
                        [](const CallStream& s) { return std::optional<CallState>(s); },
                        [](const CallUnused& s) { return std::optional<CallState>(s); },
                        [](const CallFailed& s) { return std::optional<CallState>(s); },
                        [](const ParState&) { return std::optional<CallState>(); },
                        [](const FoldState&) { return std::optional<CallState>(); },
                        [](const ApState&) { return std::optional<CallState>(); },
                        [](const ApMalformed&) { return std::optional<CallState>(); },
                        [](const CanonSentBy&) { return std::optional<CallState>(); },
                        [](const CanonExecuted&) { return std::optional<CallState>(); },
                    },
                    state);
}

// Two finished results of one call must be the same, but for the generation.
bool same_result(const CallState& a, const CallState& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      Overloaded{
          [&](const CallSentBy&) { return true; },
          [&](const CallScalar& s) {
            return s.service_result == std::get<CallScalar>(b).service_result;
          },
          [&](const CallStream& s) {
            return s.service_result == std::get<CallStream>(b).service_result;
          },
          [&](const CallUnused& s) { return s.value == std::get<CallUnused>(b).value; },
          [&](const CallFailed& s) {
            return s.service_result == std::get<CallFailed>(b).service_result;
          },
      },
      a);
}

}  // namespace

TraceHandler::TraceHandler(const Trace& previous, const Trace& current)
    : previous_{&previous, 0, previous.size()},
      current_{&current, 0, current.size()},
      previous_users_(previous.size(), kNoPosition),
      current_users_(current.size(), kNoPosition) {
  const std::size_t expected = std::max(previous.states.size(), current.states.size()) + 16;
  result_.states.reserve(expected);
  origins_.reserve(expected);
}

// --- single states ------------------------------------------------------------------

TraceResult<std::optional<Met<CallState>>> TraceHandler::meet_call() {
  const Pair pair = next_pair();
  if (pair.none()) return std::nullopt;
  const auto previous = pair.previous ? as_call(*pair.previous) : std::nullopt;
  const auto current = pair.current ? as_call(*pair.current) : std::nullopt;
  if ((pair.previous && !previous) || (pair.current && !current))
    return unexpected_kinds(pair.previous, pair.current, "call");

  const std::uint32_t previous_pos = previous_.position - 1;
  const std::uint32_t current_pos = current_.position - 1;
  const auto from_previous = [&] {
    return Met<CallState>{*previous, GenerationSource::kPrevious, previous_pos, kNoPosition};
  };
  const auto from_current = [&] {
    return Met<CallState>{*current, GenerationSource::kCurrent, kNoPosition, current_pos};
  };
  if (!current) return from_previous();
  if (!previous) return from_current();
  if (std::holds_alternative<CallSentBy>(*current)) return from_previous();
  if (std::holds_alternative<CallSentBy>(*previous)) return from_current();
  if (!same_result(*previous, *current))
    return fault(fmt::format("values in call results are not equal: {} != {}",
                             kind_name(*pair.previous), kind_name(*pair.current)));
  return Met<CallState>{*previous, GenerationSource::kPrevious, previous_pos, current_pos};
}

TraceResult<std::optional<Met<ApState>>> TraceHandler::meet_ap() {
  const Pair pair = next_pair();
  if (pair.none()) return std::nullopt;
  for (const State* state : {pair.previous, pair.current})
    if (state != nullptr && !std::holds_alternative<ApState>(*state) &&
        !std::holds_alternative<ApMalformed>(*state))
      return unexpected_kinds(pair.previous, pair.current, "ap");
  // Of two states only the previous one's generation counts.
  if (std::holds_alternative<ApMalformed>(pair.previous != nullptr ? *pair.previous
                                                                   : *pair.current))
    return fault("ap result contains inappropriate generation count in destination");
  Met<ApState> met;
  met.source = pair.previous != nullptr ? GenerationSource::kPrevious : GenerationSource::kCurrent;
  met.state = std::get<ApState>(pair.previous != nullptr ? *pair.previous : *pair.current);
  if (pair.previous != nullptr) met.previous_pos = previous_.position - 1;
  if (pair.current != nullptr) met.current_pos = current_.position - 1;
  return met;
}

TraceResult<std::optional<Met<CanonState>>> TraceHandler::meet_canon() {
  const Pair pair = next_pair();
  if (pair.none()) return std::nullopt;
  const auto as_canon = [](const State* state) -> std::optional<CanonState> {
    if (state == nullptr) return std::nullopt;
    if (const auto* sent = std::get_if<CanonSentBy>(state)) return *sent;
    if (const auto* executed = std::get_if<CanonExecuted>(state)) return *executed;
    return std::nullopt;
  };
  const auto previous = as_canon(pair.previous);
  const auto current = as_canon(pair.current);
  if ((pair.previous && !previous) || (pair.current && !current))
    return unexpected_kinds(pair.previous, pair.current, "canon");
  if (previous && current) {
    const auto* p = std::get_if<CanonExecuted>(&*previous);
    const auto* c = std::get_if<CanonExecuted>(&*current);
    if (p != nullptr && c != nullptr && p->canon_result != c->canon_result)
      return fault("canon results point to incompatible execution states");
    if (p == nullptr && c != nullptr) return Met<CanonState>{*current};
  }
  return Met<CanonState>{previous ? *previous : *current};
}

// --- par ------------------------------------------------------------------------------

TraceResult<TraceHandler::ParWindows> TraceHandler::par_windows(Slider& slider,
                                                                const ParState& par) {
  const std::uint64_t size = std::uint64_t{par.left} + par.right;
  if (slider.position + size > std::numeric_limits<std::uint32_t>::max())
    return fault(fmt::format(
        "overflow is occurred while calculating the new position of a slider for resolved par "
        "({}, {}) and current position {}",
        par.left, par.right, slider.position));
  if (size > slider.remaining)
    return fault(fmt::format(
        "underflow is occurred while calculating the new position of a slider for resolved par "
        "({}, {}) and current subtrace len {}",
        par.left, par.right, slider.remaining));
  ParWindows windows;
  windows.left = par.left;
  windows.right = par.right;
  windows.after_left = slider.position + par.left;
  windows.after = {slider.position + static_cast<std::uint32_t>(size),
                   slider.remaining - static_cast<std::uint32_t>(size)};
  slider.remaining = par.left;
  return windows;
}

// A left branch can stop short of its recorded size. The right one then starts behind that size, but for one
// case that the published VM has: where as many states again would lead out of the trace, it starts
// where the left one stopped. Peers must agree on it.
void TraceHandler::Slider::leave_left(const ParWindows& windows) {
  if (std::uint64_t{windows.after_left} + windows.left <= trace->size())
    position = windows.after_left;
  remaining = windows.right;
}

TraceResult<void> TraceHandler::par_start() {
  const Pair pair = next_pair();
  for (const State* state : {pair.previous, pair.current})
    if (state != nullptr && !std::holds_alternative<ParState>(*state))
      return unexpected_kinds(pair.previous, pair.current, "par");
  ParMachine machine{.place = push(ParState{}), .previous = {}, .current = {}};
  const auto size_of = [](const State* state) {
    return state ? std::get<ParState>(*state) : ParState{};
  };
  auto previous = par_windows(previous_, size_of(pair.previous));
  if (!previous) return std::unexpected(std::move(previous.error()));
  auto current = par_windows(current_, size_of(pair.current));
  if (!current) return std::unexpected(std::move(current.error()));
  machine.previous = *previous;
  machine.current = *current;
  pars_.push_back(machine);
  return {};
}

void TraceHandler::par_left_end() {
  ParMachine& machine = pars_.back();
  machine.left_size = result_.size() - machine.place - 1;
  machine.in_right = true;
  previous_.leave_left(machine.previous);
  current_.leave_left(machine.current);
}

void TraceHandler::par_right_end() {
  const ParMachine machine = pars_.back();
  pars_.pop_back();
  const std::uint32_t right_size = result_.size() - machine.place - 1 - machine.left_size;
  result_.states[machine.place] = ParState{machine.left_size, right_size};
  previous_.move_to(machine.previous.after.position, machine.previous.after.remaining);
  current_.move_to(machine.current.after.position, machine.current.after.remaining);
}

// --- folds over streams ------------------------------------------------------------------

TraceResult<void> TraceHandler::Slider::enter(const SubTrace& part) {
  if (part.len != 0 && std::uint64_t{part.begin} + part.len > trace->size())
    return fault(fmt::format(
        "executed trace has {} elements, but tried to set {} subtrace_len and {} position",
        trace->size(), part.len, part.begin));
  move_to(part.begin, part.len);
  return {};
}

const TraceHandler::ResolvedLore* TraceHandler::LoreBook::take(std::uint32_t value_pos) {
  auto at = entries.begin() + static_cast<std::ptrdiff_t>(std::min(expected, entries.size()));
  if (at == entries.end() || at->value_pos != value_pos)
    at = std::lower_bound(
        entries.begin(), entries.end(), value_pos,
        [](const ResolvedLore& e, std::uint32_t pos) { return e.value_pos < pos; });
  if (at == entries.end() || at->value_pos != value_pos || at->taken) return nullptr;
  at->taken = true;
  expected = static_cast<std::size_t>(at - entries.begin()) + 1;
  return &*at;
}

// The archive holds the lengths of each item's own parts. While replaying, the window of a `before` part
// must also hold all that the item's `next` runs inside of it: the later items' parts and every `after`
// of the generation; the window of an `after` part holds those of the items before it, which follow.
TraceResult<void> TraceHandler::resolve_lengths(const Trace& trace, LoreBook& book,
                                                std::uint32_t& state_count) {
  std::vector<ResolvedLore>& entries = book.entries;
  const auto generation_of = [&](std::uint32_t pos) -> TraceResult<std::uint32_t> {
    if (pos >= trace.size())
      return fault(fmt::format(
          "requested an element at position '{}', but executed trace contains only '{}' elements",
          pos, trace.size()));
    if (const auto* ap = std::get_if<ApState>(&trace.states[pos])) return ap->generation;
    if (const auto* call = std::get_if<CallStream>(&trace.states[pos])) return call->generation;
    // Too many generations are noticed by the ap itself, if it is that one's state that counts.
    if (const auto* ap = std::get_if<ApMalformed>(&trace.states[pos]);
        ap != nullptr && ap->count != 0)
      return trace.generations[ap->first];
    return fault(
        fmt::format("expected a state of CallResult(Value::Stream) or Ap types but '{}' obtained",
                    kind_name(trace.states[pos])));
  };
  std::uint64_t total = 0;
  std::size_t begin = 0;
  while (begin < entries.size()) {
    const auto generation = generation_of(entries[begin].value_pos);
    if (!generation) return std::unexpected(generation.error());
    std::size_t end = begin;
    std::uint64_t after_sum = 0;
    std::uint64_t before_sum = 0;
    for (; end < entries.size(); ++end) {
      const auto other = generation_of(entries[end].value_pos);
      if (!other) return std::unexpected(other.error());
      if (*other != *generation) break;
      before_sum += entries[end].before.len;
      after_sum += entries[end].after.len;
    }
    total += before_sum + after_sum;
    if (total > std::numeric_limits<std::uint32_t>::max())
      return fault("the subtrace descriptors lens of a fold overflow");
    std::uint32_t deeper = static_cast<std::uint32_t>(before_sum + after_sum);
    std::uint32_t outer = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t own_before = entries[i].before.len;
      entries[i].before.len = deeper;
      deeper -= own_before;
      outer += entries[i].after.len;
      entries[i].after.len = outer;
    }
    begin = end;
  }
  state_count = static_cast<std::uint32_t>(total);
  return {};
}

TraceResult<TraceHandler::LoreBook> TraceHandler::read_lore(Slider& slider, const FoldState& fold) {
  const Trace& trace = *slider.trace;
  LoreBook book;
  book.entries.reserve(fold.count);
  for (const Lore& lore : std::span(trace.lores).subspan(fold.first, fold.count)) {
    if (lore.part_count != 2)
      return fault(
          fmt::format("fold contains {} sublore descriptors, but 2 is expected", lore.part_count));
    book.entries.push_back(
        {lore.value_pos, trace.parts[lore.first_part], trace.parts[lore.first_part + 1]});
  }
  std::uint32_t state_count = 0;
  if (auto resolved = resolve_lengths(trace, book, state_count); !resolved)
    return std::unexpected(std::move(resolved.error()));

  const auto by_value_pos = [](const ResolvedLore& a, const ResolvedLore& b) {
    return a.value_pos < b.value_pos;
  };
  if (!std::is_sorted(book.entries.begin(), book.entries.end(), by_value_pos))
    std::sort(book.entries.begin(), book.entries.end(), by_value_pos);
  for (std::size_t i = 1; i < book.entries.size(); ++i)
    if (book.entries[i].value_pos == book.entries[i - 1].value_pos)
      return fault(fmt::format("a fold contains several subtraces with the same value_pos {}",
                               book.entries[i].value_pos));

  if (std::uint64_t{slider.position} + state_count > std::numeric_limits<std::uint32_t>::max())
    return fault(
        "overflow is occurred while calculating the new position of a slider for resolved fold");
  if (state_count > slider.remaining)
    return fault(fmt::format(
        "underflow is occurred while calculating the new position of a slider for resolved "
        "fold of {} states and current subtrace len {}",
        state_count, slider.remaining));
  book.after = {slider.position + state_count, slider.remaining - state_count};
  return book;
}

TraceResult<void> TraceHandler::fold_start(std::uint32_t fold_id) {
  const Pair pair = next_pair();
  for (const State* state : {pair.previous, pair.current})
    if (state != nullptr && !std::holds_alternative<FoldState>(*state))
      return unexpected_kinds(pair.previous, pair.current, "fold");
  const auto fold_of = [](const State* state) {
    return state ? std::get<FoldState>(*state) : FoldState{};
  };
  auto previous = read_lore(previous_, fold_of(pair.previous));
  if (!previous) return std::unexpected(std::move(previous.error()));
  auto current = read_lore(current_, fold_of(pair.current));
  if (!current) return std::unexpected(std::move(current.error()));
  if (folds_.size() <= fold_id) folds_.resize(fold_id + 1);
  FoldMachine& machine = folds_[fold_id];
  machine.is_open = true;
  machine.place = push(FoldState{});
  machine.previous = std::move(*previous);
  machine.current = std::move(*current);
  return {};
}

TraceResult<void> TraceHandler::iteration_start(std::uint32_t fold_id, std::uint32_t value_pos) {
  FoldMachine& machine = folds_[fold_id];
  LoreBuilder builder{.value_pos = value_pos,
                      .before = {result_.size(), 0},
                      .after = {},
                      .previous_after = {},
                      .current_after = {}};
  const auto enter = [&](Slider& slider, LoreBook& book, std::uint32_t source_pos,
                         SubTrace& after) -> TraceResult<void> {
    const ResolvedLore* lore = source_pos == kNoPosition ? nullptr : book.take(source_pos);
    if (lore == nullptr) {
      slider.remaining = 0;
      return {};
    }
    after = lore->after;
    return slider.enter(lore->before);
  };
  if (auto entered =
          enter(previous_, machine.previous, origin(value_pos).previous, builder.previous_after);
      !entered)
    return entered;
  if (auto entered =
          enter(current_, machine.current, origin(value_pos).current, builder.current_after);
      !entered)
    return entered;
  machine.row_at = static_cast<std::uint32_t>(machine.row.size());
  machine.row.push_back(builder);
  return {};
}

void TraceHandler::iteration_end(std::uint32_t fold_id) {
  FoldMachine& machine = folds_[fold_id];
  LoreBuilder& builder = machine.row[machine.row_at];
  builder.before.len = result_.size() - builder.before.begin;
  builder.before_open = false;
}

TraceResult<void> TraceHandler::back_iterator(std::uint32_t fold_id) {
  FoldMachine& machine = folds_[fold_id];
  const auto enter_after = [&](LoreBuilder& builder) {
    builder.after = {result_.size(), 0};
    builder.after_started = true;
    auto entered = previous_.enter(builder.previous_after);
    return entered ? current_.enter(builder.current_after) : entered;
  };
  LoreBuilder& builder = machine.row[machine.row_at];
  if (!machine.going_back) {
    machine.going_back = true;
    if (builder.before_open) {
      builder.before.len = result_.size() - builder.before.begin;
      builder.before_open = false;
    }
    return enter_after(builder);
  }
  builder.after.len = result_.size() - builder.after.begin;
  if (machine.row_at != 0) --machine.row_at;
  return enter_after(machine.row[machine.row_at]);
}

void TraceHandler::generation_end(std::uint32_t fold_id) {
  FoldMachine& machine = folds_[fold_id];
  for (std::size_t i = 0; i < machine.row.size(); ++i) {
    LoreBuilder& builder = machine.row[i];
    if (builder.before_open) builder.before.len = result_.size() - builder.before.begin;
    if (!builder.after_started)
      builder.after = {result_.size(), 0};
    else if (i == machine.row_at)
      builder.after.len = result_.size() - builder.after.begin;
    machine.finished.push_back(builder);
  }
  machine.row.clear();
  machine.row_at = 0;
  machine.going_back = false;
}

void TraceHandler::fold_end(std::uint32_t fold_id) {
  FoldMachine& machine = folds_[fold_id];
  FoldState state{static_cast<std::uint32_t>(result_.lores.size()),
                  static_cast<std::uint32_t>(machine.finished.size())};
  for (const LoreBuilder& builder : machine.finished) {
    result_.lores.push_back(
        {builder.value_pos, static_cast<std::uint32_t>(result_.parts.size()), 2});
    result_.parts.push_back(builder.before);
    result_.parts.push_back(builder.after);
  }
  result_.states[machine.place] = state;
  const Window previous_after = machine.previous.after;
  const Window current_after = machine.current.after;
  previous_.move_to(previous_after.position, previous_after.remaining);
  current_.move_to(current_after.position, current_after.remaining);
  machine = FoldMachine{};
}

// --- going on where the last run got stuck -----------------------------------------------

bool TraceHandler::has_settled_state(bool is_own) const {
  if (previous_.remaining == 0 || previous_.position >= previous_.trace->size()) return false;
  const State& state = previous_.trace->states[previous_.position];
  if (const auto* sent = std::get_if<CallSentBy>(&state)) return !is_own && !sent->has_call_id;
  return !std::holds_alternative<CanonSentBy>(state);
}

std::optional<TraceHandler::Mark> TraceHandler::mark() const {
  if (result_.size() < kMarkStatesMin || !is_straight_ || previous_.position != result_.size())
    return std::nullopt;
  Mark mark{.state_count = result_.size(),
            .lore_count = static_cast<std::uint32_t>(result_.lores.size()),
            .part_count = static_cast<std::uint32_t>(result_.parts.size()),
            .pars = pars_,
            .folds = {}};
  for (std::size_t id = 0; id < folds_.size(); ++id) {
    const FoldMachine& fold = folds_[id];
    if (!fold.is_open) continue;
    mark.folds.resize(id + 1);
    mark.folds[id] = {.is_open = true,
                      .place = fold.place,
                      .previous = {},
                      .current = {},
                      .row = fold.row,
                      .row_at = fold.row_at,
                      .going_back = fold.going_back,
                      .finished = fold.finished};
  }
  return mark;
}

bool TraceHandler::resume(Mark mark) {
  const Trace& trace = *previous_.trace;
  if (mark.state_count > trace.states.size() || mark.lore_count > trace.lores.size() ||
      mark.part_count > trace.parts.size())
    return false;
  result_.states.assign(trace.states.begin(), trace.states.begin() + mark.state_count);
  result_.lores.assign(trace.lores.begin(), trace.lores.begin() + mark.lore_count);
  result_.parts.assign(trace.parts.begin(), trace.parts.begin() + mark.part_count);
  resumed_ = mark.state_count;
  pars_ = std::move(mark.pars);
  folds_ = std::move(mark.folds);

  // What is open is entered again from the outside inwards, to find the windows that the trace has for it.
  std::uint32_t window_end = trace.size();
  const auto enter = [&](std::uint32_t place) -> const State* {
    if (place >= window_end) return nullptr;
    previous_.move_to(place, window_end - place);
    return previous_.next();
  };
  std::size_t par = 0;
  const auto enter_pars_before = [&](std::uint32_t place) {
    for (; par < pars_.size() && pars_[par].place < place; ++par) {
      ParMachine& machine = pars_[par];
      const State* const state = enter(machine.place);
      if (state == nullptr || !std::holds_alternative<ParState>(*state)) return false;
      const auto windows = par_windows(previous_, std::get<ParState>(*state));
      if (!windows) return false;
      machine.previous = *windows;
      window_end = windows->after_left + (machine.in_right ? windows->right : 0);
      result_.states[machine.place] = ParState{};
    }
    return true;
  };
  for (FoldMachine& machine : folds_) {
    if (!machine.is_open) continue;
    if (!enter_pars_before(machine.place)) return false;
    const State* const state = enter(machine.place);
    if (state == nullptr || !std::holds_alternative<FoldState>(*state)) return false;
    auto book = read_lore(previous_, std::get<FoldState>(*state));
    if (!book) return false;
    machine.previous = std::move(*book);
    for (std::vector<LoreBuilder>* builders : {&machine.finished, &machine.row})
      for (LoreBuilder& builder : *builders) {
        const ResolvedLore* const lore = machine.previous.take(builder.value_pos);
        if (lore == nullptr) return false;
        builder.previous_after = lore->after;
        window_end = lore->before.begin + lore->before.len;
      }
    if (machine.row.empty()) return false;
    if (machine.going_back) {
      const SubTrace& after = machine.row[machine.row_at].previous_after;
      window_end = after.begin + after.len;
    }
    result_.states[machine.place] = FoldState{};
  }
  if (!enter_pars_before(kNoPosition) || window_end < resumed_) return false;
  previous_.move_to(resumed_, window_end - resumed_);
  return true;
}

std::size_t TraceHandler::Mark::size_bytes() const {
  std::size_t size = sizeof *this + pars.size() * sizeof(ParMachine);
  for (const FoldMachine& fold : folds)
    size += sizeof fold + (fold.row.size() + fold.finished.size()) * sizeof(LoreBuilder);
  return size;
}

}  // namespace aqua::vm

#include "vm/stream.h"

#include <algorithm>
#include <variant>

namespace aqua::vm {

void GenerationRows::add(std::uint32_t generation, const StreamValue& value) {
  row_count_ = std::max<std::uint64_t>(row_count_, std::uint64_t{generation} + 1);
  if (!rows_.empty() && rows_.back().generation == generation) {
    rows_.back().values.push_back(value);
    return;
  }
  auto at = std::lower_bound(rows_.begin(), rows_.end(), generation,
                             [](const Row& row, std::uint32_t g) { return row.generation < g; });
  if (at == rows_.end() || at->generation != generation) at = rows_.insert(at, {generation, {}});
  at->values.push_back(value);
}

void GenerationRows::add_to_last(const StreamValue& value) {
  add(row_count_ == 0 ? 0 : static_cast<std::uint32_t>(row_count_ - 1), value);
}

void GenerationRows::drop_last_row_if_empty() {
  if (row_count_ == 0) return;
  if (!rows_.empty() && rows_.back().generation + std::uint64_t{1} == row_count_) return;
  --row_count_;
}

bool Stream::add(const StreamValue& value, GenerationSource source, std::uint32_t generation) {
  switch (source) {
    case GenerationSource::kPrevious: previous_.add(generation, value); break;
    case GenerationSource::kCurrent: current_.add(generation, value); break;
    case GenerationSource::kNew: new_.add_to_last(value); break;
  }
  return ++size_ < kStreamSizeLimit;
}

namespace {

// The reference counts all rows but skips only among those that hold something. Generations that
// peers agree on depend on it.
void append_rows(std::vector<std::vector<StreamValue>>& out, const GenerationRows& part,
                 std::uint64_t skip) {
  const auto& rows = part.rows();
  for (std::uint64_t i = skip; i < rows.size(); ++i) out.push_back(rows[i].values);
}

}  // namespace

std::vector<std::vector<StreamValue>> Stream::rows_since(const Cursor& cursor) const {
  std::vector<std::vector<StreamValue>> rows;
  append_rows(rows, previous_, cursor.previous);
  append_rows(rows, current_, cursor.current);
  append_rows(rows, new_, cursor.fresh);
  return rows;
}

bool Stream::compact(Trace& trace) const {
  std::uint32_t generation = 0;
  bool good = true;
  for_each_row([&](const GenerationRows::Row& row) {
    for (const StreamValue& value : row.values) {
      State& state = trace.states[value.trace_pos];
      if (auto* ap = std::get_if<ApState>(&state))
        ap->generation = generation;
      else if (auto* call = std::get_if<CallStream>(&state))
        call->generation = generation;
      else
        good = false;
    }
    ++generation;
  });
  return good;
}

}  // namespace aqua::vm

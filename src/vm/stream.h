#pragma once

#include <cstdint>
#include <vector>

#include "vm/trace.h"
#include "vm/value_ref.h"

namespace aqua::vm {

// A stream never holds this many values.
inline constexpr std::size_t kStreamSizeLimit = 1024;
// Generations are numbered without gaps whenever a run ends, so honest data stays far below this.
inline constexpr std::uint32_t kGenerationLimit = 1u << 20;

struct StreamValue {
  ValueRef ref;
  std::uint32_t trace_pos = 0;  // of the state that put it here, in the trace of this run
};

// Where the generation of a value was read: in the previous data, in the current data, or nowhere.
enum class GenerationSource : std::uint8_t { kPrevious, kCurrent, kNew };

// Rows of values by generation. Generations from outside can be any number, so only rows that hold
// something exist; `row_count` counts the missing ones too.
class GenerationRows {
 public:
  struct Row {
    std::uint32_t generation;
    std::vector<StreamValue> values;
  };

  void add(std::uint32_t generation, const StreamValue& value);
  void add_to_last(const StreamValue& value);
  void append_empty_row() { ++row_count_; }
  void drop_last_row_if_empty();

  std::uint64_t row_count() const { return row_count_; }
  // No row is empty.
  bool is_dense() const {
    return rows_.empty() || rows_.back().generation + std::size_t{1} == rows_.size();
  }
  const std::vector<Row>& rows() const { return rows_; }  // not empty, in order of generation

 private:
  std::vector<Row> rows_;
  std::uint64_t row_count_ = 0;
};

class Stream {
 public:
  // False: the stream is full.
  bool add(const StreamValue& value, GenerationSource source, std::uint32_t generation);

  // In the order of the stream: previous, current, new.
  template <class Each>
  void for_each_row(Each&& each) const {
    for (const GenerationRows* part : {&previous_, &current_, &new_})
      for (const GenerationRows::Row& row : part->rows()) each(row);
  }

  struct Cursor {
    std::uint64_t previous = 0;
    std::uint64_t current = 0;
    std::uint64_t fresh = 0;
  };
  // Rows that came since `cursor` was taken. Copies: a fold's body may add to the stream.
  std::vector<std::vector<StreamValue>> rows_since(const Cursor& cursor) const;
  Cursor cursor() const { return {previous_.row_count(), current_.row_count(), new_.row_count()}; }

  // What a fold's body adds forms a generation of its own.
  void start_new_generation() { new_.append_empty_row(); }
  void drop_empty_generation() { new_.drop_last_row_if_empty(); }

  // Numbers the rows that hold something and writes the numbers into the states of `trace`.
  // False: a value has no stream state there.
  bool compact(Trace& trace) const;
  // compact() leaves the generations of values from the previous data as they are.
  bool has_dense_generations() const { return previous_.is_dense(); }

  std::size_t size_bytes() const { return sizeof *this + size_ * sizeof(StreamValue); }

 private:
  GenerationRows previous_;
  GenerationRows current_;
  GenerationRows new_;
  std::size_t size_ = 0;
};

}  // namespace aqua::vm

#include "vm/stream.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "vm/trace.h"
#include "vm/value_ref.h"

namespace aqua::vm {
namespace {

constexpr std::uint32_t kMax = std::numeric_limits<std::uint32_t>::max();

StreamValue at(std::uint32_t trace_pos) {
  return {.ref = {.value = ValueId(trace_pos), .tetraplet = {}, .provenance = {}},
          .trace_pos = trace_pos};
}

using Rows = std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>>;

Rows positions(const GenerationRows& rows) {
  Rows out;
  for (const GenerationRows::Row& row : rows.rows()) {
    out.push_back({row.generation, {}});
    for (const StreamValue& value : row.values) out.back().second.push_back(value.trace_pos);
  }
  return out;
}

std::vector<std::vector<std::uint32_t>> positions(
    const std::vector<std::vector<StreamValue>>& rows) {
  std::vector<std::vector<std::uint32_t>> out;
  for (const auto& row : rows) {
    out.emplace_back();
    for (const StreamValue& value : row) out.back().push_back(value.trace_pos);
  }
  return out;
}

TEST(GenerationRows, HoldOnlyWhatIsThereWhateverTheNumbers) {
  GenerationRows rows;
  rows.add(kMax, at(1));
  rows.add(7, at(2));
  rows.add(0, at(3));
  rows.add(7, at(4));
  EXPECT_EQ(positions(rows), (Rows{{0, {3}}, {7, {2, 4}}, {kMax, {1}}}));
  EXPECT_EQ(rows.row_count(), std::uint64_t{kMax} + 1);
}

TEST(GenerationRows, AppendToTheLastRowAlsoIfItIsEmpty) {
  GenerationRows rows;
  rows.add_to_last(at(1));
  rows.append_empty_row();
  rows.append_empty_row();
  rows.add_to_last(at(2));
  EXPECT_EQ(positions(rows), (Rows{{0, {1}}, {2, {2}}}));
}

TEST(GenerationRows, DropOnlyAnEmptyLastRow) {
  GenerationRows rows;
  rows.drop_last_row_if_empty();
  EXPECT_EQ(rows.row_count(), 0u);
  rows.add_to_last(at(1));
  rows.drop_last_row_if_empty();
  EXPECT_EQ(rows.row_count(), 1u);
  rows.append_empty_row();
  rows.drop_last_row_if_empty();
  EXPECT_EQ(rows.row_count(), 1u);
}

TEST(Stream, OrdersPreviousBeforeCurrentBeforeNew) {
  Stream stream;
  stream.add(at(1), GenerationSource::kNew, 0);
  stream.add(at(2), GenerationSource::kCurrent, 9);
  stream.add(at(3), GenerationSource::kPrevious, 1'000'000);
  stream.add(at(4), GenerationSource::kPrevious, 3);
  EXPECT_EQ(positions(stream.rows_since({})),
            (std::vector<std::vector<std::uint32_t>>{{4}, {3}, {2}, {1}}));
}

TEST(Stream, RowsSinceACursorAreThoseBehindItsRowCount) {
  Stream stream;
  stream.add(at(1), GenerationSource::kNew, 0);
  const Stream::Cursor cursor = stream.cursor();
  EXPECT_TRUE(stream.rows_since(cursor).empty());
  stream.start_new_generation();
  stream.add(at(2), GenerationSource::kNew, 0);
  EXPECT_EQ(positions(stream.rows_since(cursor)), (std::vector<std::vector<std::uint32_t>>{{2}}));
  stream.start_new_generation();
  stream.drop_empty_generation();
  EXPECT_EQ(stream.cursor().fresh, 2u);
}

// The count takes in missing rows, the skipping does not: with a gap, later rows are passed over.
TEST(Stream, RowsBehindAGapAreSkipped) {
  Stream stream;
  stream.add(at(1), GenerationSource::kPrevious, 5);
  const Stream::Cursor cursor = stream.cursor();
  stream.add(at(2), GenerationSource::kPrevious, 6);
  EXPECT_TRUE(stream.rows_since(cursor).empty());
}

TEST(Stream, IsFullAt1024) {
  Stream stream;
  for (std::size_t i = 1; i < kStreamSizeLimit; ++i)
    ASSERT_TRUE(stream.add(at(0), GenerationSource::kNew, 0)) << i;
  EXPECT_FALSE(stream.add(at(0), GenerationSource::kNew, 0));
}

TEST(Stream, CompactionNumbersTheRowsThatHoldSomething) {
  Stream stream;
  Trace trace;
  trace.states = {ApState{kMax}, CallStream{CidId(0u), 9}, ApState{7}, ApState{7}};
  stream.add(at(0), GenerationSource::kPrevious, kMax);
  stream.add(at(1), GenerationSource::kPrevious, 9);
  stream.add(at(2), GenerationSource::kNew, 0);
  stream.start_new_generation();
  stream.start_new_generation();
  stream.add(at(3), GenerationSource::kNew, 0);
  EXPECT_TRUE(stream.compact(trace));
  EXPECT_EQ(std::get<CallStream>(trace.states[1]).generation, 0u);
  EXPECT_EQ(std::get<ApState>(trace.states[0]).generation, 1u);
  EXPECT_EQ(std::get<ApState>(trace.states[2]).generation, 2u);
  EXPECT_EQ(std::get<ApState>(trace.states[3]).generation, 3u);
}

TEST(Stream, CompactionSaysWhenAValueHasNoStreamState) {
  Stream stream;
  Trace trace;
  trace.states = {ParState{}};
  stream.add(at(0), GenerationSource::kNew, 0);
  EXPECT_FALSE(stream.compact(trace));
}

}  // namespace
}  // namespace aqua::vm

#pragma once

#include <cstdint>
#include <vector>

#include "air/tree.h"

namespace aqua::vm {

// How deep in folds the execution is, and which of the levels it can see: iterations on the way to the
// current one are hidden, folds around it are visible.
class ScopeLevels {
 public:
  std::uint32_t depth() const { return depth_; }
  bool is_visible(std::uint32_t depth) const { return depth < visible_.size() && visible_[depth]; }

  void enter_fold() { enter(); }
  void enter_iteration() {
    visible_[depth_] = false;
    enter();
  }
  void leave_iteration() {
    leave_fold();
    visible_[depth_] = true;
  }
  void leave_fold() {
    visible_[depth_] = false;
    --depth_;
  }

 private:
  void enter() {
    ++depth_;
    if (visible_.size() <= depth_) visible_.resize(depth_ + 1);
    visible_[depth_] = true;
  }

  std::uint32_t depth_ = 0;
  std::vector<char> visible_ = {true};
};

enum class Lookup : std::uint8_t { kFound, kMissing, kCleared };

// Variables of one kind: a stack of cells for each name. A cell belongs to the fold level that set it;
// `new` pushes a cell without a value.
template <class T>
class ScopedTable {
 public:
  explicit ScopedTable(std::size_t name_count) : rows_(name_count, kNoCell) {}

  Lookup find(air::NameId name, const ScopeLevels& levels, const T*& out) const {
    const std::uint32_t top = rows_[name.value];
    if (top == kNoCell || !levels.is_visible(cells_[top].depth)) return Lookup::kMissing;
    if (!cells_[top].has_value) return Lookup::kCleared;
    out = &cells_[top].value;
    return Lookup::kFound;
  }

  bool can_set(air::NameId name, const ScopeLevels& levels) const {
    const std::uint32_t top = rows_[name.value];
    return levels.depth() != 0 || top == kNoCell || !cells_[top].has_value;
  }

  // Only after can_set().
  void set(air::NameId name, const ScopeLevels& levels, const T& value) {
    const std::uint32_t top = rows_[name.value];
    if (top != kNoCell && cells_[top].depth == levels.depth()) {
      cells_[top].value = value;
      cells_[top].has_value = true;
      return;
    }
    push(name, {levels.depth(), top, true, value});
    if (levels.depth() != 0) set_in_folds_.push_back({name, levels.depth()});
  }

  void enter_new(air::NameId name, const ScopeLevels& levels) {
    push(name, {levels.depth(), rows_[name.value], false, T{}});
  }
  // False: the cell on top is not the one that enter_new() pushed.
  bool leave_new(air::NameId name, const ScopeLevels& levels) {
    const std::uint32_t top = rows_[name.value];
    if (top == kNoCell || cells_[top].depth != levels.depth()) return false;
    pop(name);
    return true;
  }

  // After a fold level ended: what it set is gone.
  void drop_left_levels(const ScopeLevels& levels) {
    for (; !set_in_folds_.empty() && set_in_folds_.back().depth > levels.depth();
         set_in_folds_.pop_back()) {
      const air::NameId name = set_in_folds_.back().name;
      const std::uint32_t top = rows_[name.value];
      if (top != kNoCell && cells_[top].depth > levels.depth()) pop(name);
    }
  }

  std::size_t size_bytes() const {
    return rows_.size() * sizeof(std::uint32_t) + cells_.size() * sizeof(Cell) +
           set_in_folds_.size() * sizeof(Set);
  }

 private:
  static constexpr std::uint32_t kNoCell = 0xFFFFFFFF;

  struct Cell {
    std::uint32_t depth;
    std::uint32_t below;
    bool has_value;
    T value;
  };
  struct Set {
    air::NameId name;
    std::uint32_t depth;
  };

  void push(air::NameId name, Cell cell) {
    rows_[name.value] = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back(cell);
  }
  void pop(air::NameId name) {
    const std::uint32_t top = rows_[name.value];
    rows_[name.value] = cells_[top].below;
    if (top + 1 == cells_.size()) cells_.pop_back();
  }

  std::vector<std::uint32_t> rows_;  // by name: the cell on top
  std::vector<Cell> cells_;
  std::vector<Set> set_in_folds_;
};

}  // namespace aqua::vm

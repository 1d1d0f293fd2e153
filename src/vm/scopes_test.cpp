#include "vm/scopes.h"

#include <gtest/gtest.h>

#include <string>

#include "air/tree.h"

namespace aqua::vm {
namespace {

constexpr air::NameId kX{0u};
constexpr air::NameId kY{1u};

class Scopes : public testing::Test {
 protected:
  // The value; or why there is none.
  std::string find(air::NameId name) const {
    const int* value = nullptr;
    switch (table.find(name, levels, value)) {
      case Lookup::kFound: return std::to_string(*value);
      case Lookup::kMissing: return "missing";
      case Lookup::kCleared: return "cleared";
    }
    return {};
  }
  void leave_iteration() {
    levels.leave_iteration();
    table.drop_left_levels(levels);
  }
  void leave_fold() {
    levels.leave_fold();
    table.drop_left_levels(levels);
  }

  ScopeLevels levels;
  ScopedTable<int> table{2};
};

TEST_F(Scopes, OutsideOfFoldsANameIsSetOnce) {
  EXPECT_EQ(find(kX), "missing");
  EXPECT_TRUE(table.can_set(kX, levels));
  table.set(kX, levels, 1);
  EXPECT_EQ(find(kX), "1");
  EXPECT_FALSE(table.can_set(kX, levels));
  EXPECT_EQ(find(kY), "missing");
}

TEST_F(Scopes, InAFoldANameHidesTheOuterOneAndIsGoneAfterIt) {
  table.set(kX, levels, 1);
  levels.enter_fold();
  EXPECT_EQ(find(kX), "1");
  EXPECT_TRUE(table.can_set(kX, levels));
  table.set(kX, levels, 2);
  table.set(kX, levels, 3);
  EXPECT_EQ(find(kX), "3");
  leave_fold();
  EXPECT_EQ(find(kX), "1");
  EXPECT_FALSE(table.can_set(kX, levels));
}

TEST_F(Scopes, AnIterationDoesNotSeeTheOneBeforeButComesBackToIt) {
  levels.enter_fold();
  table.set(kX, levels, 1);
  levels.enter_iteration();
  EXPECT_EQ(find(kX), "missing");
  table.set(kX, levels, 2);
  levels.enter_iteration();
  EXPECT_EQ(find(kX), "missing");
  leave_iteration();
  EXPECT_EQ(find(kX), "2");
  leave_iteration();
  EXPECT_EQ(find(kX), "1");
  leave_fold();
  EXPECT_EQ(find(kX), "missing");
}

TEST_F(Scopes, ANestedFoldSeesTheIterationAroundIt) {
  levels.enter_fold();
  table.set(kX, levels, 1);
  levels.enter_iteration();
  table.set(kY, levels, 2);
  levels.enter_fold();
  EXPECT_EQ(find(kX), "missing");
  EXPECT_EQ(find(kY), "2");
}

TEST_F(Scopes, NewClearsANameAndGivesItBack) {
  table.set(kX, levels, 1);
  table.enter_new(kX, levels);
  EXPECT_EQ(find(kX), "cleared");
  EXPECT_TRUE(table.can_set(kX, levels));
  table.set(kX, levels, 2);
  EXPECT_EQ(find(kX), "2");
  EXPECT_FALSE(table.can_set(kX, levels));
  EXPECT_TRUE(table.leave_new(kX, levels));
  EXPECT_EQ(find(kX), "1");
}

TEST_F(Scopes, LeavingANewThatWasNotEnteredHereIsNoticed) {
  EXPECT_FALSE(table.leave_new(kX, levels));
  table.enter_new(kX, levels);
  levels.enter_fold();
  EXPECT_FALSE(table.leave_new(kX, levels));
  leave_fold();
  EXPECT_TRUE(table.leave_new(kX, levels));
}

TEST_F(Scopes, WhatAFoldSetUnderANewLeavesTheNewAsItWas) {
  table.enter_new(kX, levels);
  levels.enter_fold();
  table.set(kX, levels, 1);
  leave_fold();
  EXPECT_EQ(find(kX), "cleared");
}

}  // namespace
}  // namespace aqua::vm

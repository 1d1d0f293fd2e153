#include "compiler/topology/transfers.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/builder.h"

namespace aqua::topology {
namespace {

using model::Operand;
using model::OpId;
using model::PathId;

// A par at the init peer behind a relay; its branches call peers and are told their ways by hand.
class TransfersTest : public testing::Test {
 protected:
  TransfersTest() {
    model::Ops& ops = build_.ops();
    ops.root_path = build_.path(PathId::none(), Operand{model::InitPeerId{}, {}},
                                {model::Relay{model::string("relay")}});
  }

  OpId call(const char* peer) {
    const PathId path = build_.path(build_.ops().root_path, model::string(peer), {});
    return build_.add(model::Call{model::string("s"), model::string("f"), {}, {}}, path, {});
  }
  OpId sequence(std::vector<OpId> ops) {
    return build_.add(model::Seq{std::move(ops)}, build_.ops().root_path, {});
  }
  void hop_before(OpId id, std::vector<const char*> peers) {
    hops_.emplace_back(id, std::move(peers));
  }

  bool can_lead(std::vector<OpId> branches, const char* from, const char* to) {
    model::Ops& ops = build_.ops();
    const OpId par = build_.add(model::Par{std::move(branches)}, ops.root_path, {});
    Way way;
    way.before.resize(ops.ops.size());
    way.after.resize(ops.ops.size());
    way.on_error.resize(ops.ops.size());
    for (const auto& [id, peers] : hops_) {
      way.before[id.value] = {static_cast<std::uint32_t>(way.hops.size()),
                              static_cast<std::uint32_t>(peers.size())};
      for (const char* const peer : peers) way.hops.push_back(Hop{model::string(peer)});
    }
    return Transfers(ops, way, par).can_lead(model::string(from), model::string(to));
  }

 private:
  model::Builder build_;
  std::vector<std::pair<OpId, std::vector<const char*>>> hops_;
};

TEST_F(TransfersTest, NothingLeadsFromOneBranchToAnother) {
  const OpId a = call("a");
  const OpId b = call("b");
  hop_before(a, {"relay"});
  hop_before(b, {"relay"});
  EXPECT_FALSE(can_lead({a, b}, "a", "b"));
}

TEST_F(TransfersTest, ABranchThatWaitsOnThePeerTakesItAlong) {
  const OpId a = call("a");
  const OpId other = sequence({call("a"), call("b")});
  EXPECT_TRUE(can_lead({a, other}, "a", "b"));
}

TEST_F(TransfersTest, ABranchThatLeavesThePeerAtOnceDoesNot) {
  const OpId a = call("a");
  const OpId b = call("b");
  hop_before(a, {"relay"});
  hop_before(b, {"relay", "a"});
  EXPECT_FALSE(can_lead({a, b}, "a", "b"));
}

TEST_F(TransfersTest, ABranchThatComesByADetourMay) {
  const OpId a = call("a");
  const OpId b = call("b");
  hop_before(a, {"relay"});
  hop_before(b, {"relay", "c", "a"});
  EXPECT_TRUE(can_lead({a, b}, "a", "b"));
}

TEST_F(TransfersTest, OverSeveralBranches) {
  const OpId first = sequence({call("a"), call("b")});
  const OpId second = sequence({call("b"), call("c")});
  const OpId third = sequence({call("d"), call("e")});
  EXPECT_TRUE(can_lead({first, second, third}, "a", "c"));
  EXPECT_FALSE(can_lead({first, second, third}, "a", "e"));
  EXPECT_FALSE(can_lead({first, second, third}, "c", "a"));
}

TEST_F(TransfersTest, MoreThanIsKeptIsTakenForPossible) {
  std::vector<OpId> ops;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kTransfersMax + 2; ++i) names.push_back(std::to_string(i));
  for (const std::string& name : names) ops.push_back(call(name.c_str()));
  const OpId branch = sequence(std::move(ops));
  EXPECT_TRUE(can_lead({branch}, "x", "y"));
}

}  // namespace
}  // namespace aqua::topology

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "compiler/model/builder.h"
#include "compiler/model/dump.h"
#include "compiler/topology/way.h"

namespace aqua::topology {
namespace {

using model::Builder;
using model::PathId;

class Route : public testing::Test {
 protected:
  PathId on(PathId outer, std::string_view peer, std::vector<std::string_view> relays = {}) {
    std::vector<model::Relay> way;
    for (const std::string_view relay : relays)
      way.push_back(model::Relay{model::string(relay), false});
    return build_.path(outer, model::string(peer), std::move(way));
  }

  // "R Q" for a route that visits R, then Q.
  std::string between(PathId from, PathId to) {
    std::string text;
    for (const Hop& hop : route(build_.ops(), from, to)) {
      if (!text.empty()) text += ' ';
      text += std::get<model::String>(hop.peer.base).text;
      if (hop.is_reversed && hop.is_collection) text += "'";
    }
    return text;
  }

  Builder build_;
  PathId init_ = on(PathId::none(), "init", {"R"});
};

TEST_F(Route, LeavesThroughTheRelayOfTheInitPeer) {
  EXPECT_EQ(between(init_, on(init_, "P")), "R");
}

TEST_F(Route, VisitsTheRelaysOfTheWayInInTheirOrder) {
  EXPECT_EQ(between(init_, on(init_, "P", {"A", "B"})), "R A B");
}

TEST_F(Route, VisitsThemTheOtherWayRoundOnTheWayOut) {
  EXPECT_EQ(between(on(init_, "P", {"A", "B"}), init_), "B A R");
}

TEST_F(Route, GoesStraightToThePeerOfAnInnerOn) {
  const PathId p = on(init_, "P");
  EXPECT_EQ(between(p, on(p, "Q")), "");
}

TEST_F(Route, UsesTheRelayOnceThatBothPeersAreBehind) {
  const PathId p = on(init_, "P", {"V"});
  EXPECT_EQ(between(p, on(p, "Q", {"V"})), "V");
}

TEST_F(Route, LeavesARelayedPeerThroughItsRelay) {
  const PathId p = on(init_, "P", {"V"});
  EXPECT_EQ(between(p, on(p, "Q", {"W"})), "V W");
}

TEST_F(Route, ComesBackByTheWayThatWorked) {
  const PathId p = on(init_, "P", {"V"});
  EXPECT_EQ(between(on(p, "Q", {"W"}), init_), "W V R");
}

TEST_F(Route, GoesFromOneOnToTheNextWithoutTheInitPeer) {
  EXPECT_EQ(between(on(init_, "P", {"V"}), on(init_, "Q", {"W"})), "V W");
}

TEST_F(Route, StaysWhereThePeerIsTheSame) {
  EXPECT_EQ(between(init_, on(init_, "init", {"R"})), "");
  EXPECT_EQ(between(on(init_, "P"), on(init_, "P")), "");
}

TEST_F(Route, NeedsTheRelaysOfAnInnerOnOfTheSamePeerOnlyToComeBackToIt) {
  const PathId p = on(init_, "P", {"V"});
  const PathId inner = on(p, "P", {"W"});
  EXPECT_EQ(between(init_, inner), "R V");
  EXPECT_EQ(between(inner, init_), "W V R");
  EXPECT_EQ(between(on(inner, "Q"), inner), "W");
  EXPECT_EQ(between(on(inner, "W", {"R"}), inner), "");
}

TEST_F(Route, CutsCircles) { EXPECT_EQ(between(on(init_, "P", {"R", "V"}), init_), "V R"); }

TEST_F(Route, WalksACollectionBackwardsOnTheWayOut) {
  const std::vector<model::Relay> many{model::Relay{model::string("Many"), true}};
  const PathId p = build_.path(init_, model::string("P"), many);
  EXPECT_EQ(between(init_, p), "R Many");
  EXPECT_EQ(between(p, init_), "Many' R");
}

}  // namespace
}  // namespace aqua::topology

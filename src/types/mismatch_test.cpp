#include "types/mismatch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "types/store.h"

namespace aqua::types {
namespace {

using enum Scalar;

class MismatchTest : public testing::Test {
 protected:
  TypeId of(Scalar scalar) const { return store_.scalar(scalar); }
  std::string explain(TypeId expected, TypeId given) const {
    return explain_mismatch(store_, expected, given);
  }

  Store store_;
};

TEST_F(MismatchTest, NamesBothTypes) {
  EXPECT_EQ(explain(of(kU8), of(kString)), "expected u8, found string");
  EXPECT_EQ(explain(store_.array(of(kU8)), store_.array(of(kString))),
            "expected []u8, found []string");
  EXPECT_EQ(explain(store_.stream(of(kU8)), store_.array(of(kU8))), "expected *u8, found []u8");
}

TEST_F(MismatchTest, SaysHowToWrapAndUnwrap) {
  EXPECT_EQ(explain(store_.option(of(kU16)), of(kU8)), "expected ?u16, found u8; wrap it: ?[x]");
  EXPECT_EQ(explain(store_.array(of(kU8)), of(kU8)), "expected []u8, found u8; wrap it: [x]");
  EXPECT_EQ(explain(of(kU8), store_.option(of(kU8))),
            "expected u8, found ?u8; take the element with !");
  EXPECT_EQ(explain(of(kU8), store_.option(of(kString))), "expected u8, found ?string");
  EXPECT_EQ(explain(store_.array(store_.array(of(kU8))), store_.array(of(kU8))),
            "expected [][]u8, found []u8; wrap it: [x]");
}

TEST_F(MismatchTest, DescendsIntoFields) {
  const TypeId in_u8 = store_.structure("Corner", {{"x", of(kU8)}, {"y", of(kU8)}});
  const TypeId in_string = store_.structure("Edge", {{"x", of(kU8)}, {"y", of(kString)}});
  const TypeId box = store_.structure("Box", {{"corner", in_u8}});
  EXPECT_EQ(explain(box, store_.structure("Case", {{"corner", in_string}})),
            "expected Box, found Case: field 'corner.y' should be u8 but is string");
  const TypeId boxes = store_.structure("Boxes", {{"corners", store_.array(in_u8)}});
  EXPECT_EQ(explain(boxes, store_.structure("Cases", {{"corners", store_.option(in_string)}})),
            "expected Boxes, found Cases: field 'corners[].y' should be u8 but is string");
  EXPECT_EQ(explain(store_.structure("O", {{"x", store_.option(of(kU8))}}), in_u8),
            "expected O, found Corner: field 'x' should be ?u8 but is u8; wrap it: ?[x]");
}

TEST_F(MismatchTest, NamesMissingFields) {
  const TypeId point = store_.structure("Point", {{"x", of(kU8)}, {"y", of(kU8)}});
  EXPECT_EQ(explain(point, store_.structure("Other", {{"x", of(kString)}})),
            "expected Point, found Other: field 'y' is missing");
  EXPECT_EQ(explain(store_.array(point), store_.array(store_.structure("Z", {{"z", of(kU8)}}))),
            "expected []Point, found []Z: fields '[].x', '[].y' are missing");
}

TEST_F(MismatchTest, CountsArgumentsAndResults) {
  const TypeId none = store_.arrow(Labels::kNone, {}, {});
  const TypeId one = store_.arrow(Labels::kNone, {{"", of(kU8)}}, {of(kU8)});
  EXPECT_EQ(explain(none, one), "expected -> (), found u8 -> u8: needs 1 argument but gets 0");
  EXPECT_EQ(explain(one, none),
            "expected u8 -> u8, found -> (): gives 0 results but 1 is asked for");
  EXPECT_EQ(
      explain(store_.ability("Calls", {{"call", one}}), store_.service("Srv", {{"call", none}})),
      "expected Calls, found Srv: 'call' gives 0 results but 1 is asked for");
}

TEST_F(MismatchTest, DeepTypes) {
  const auto tower = [&](TypeId type) {
    for (int i = 0; i < 10'000; ++i) type = store_.structure("D", {{"a", type}, {"b", type}});
    return type;
  };
  EXPECT_LE(explain(tower(of(kU8)), tower(of(kString))).size(), 400u);
}

}  // namespace
}  // namespace aqua::types

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "types/order.h"
#include "types/store.h"

namespace aqua::types {
namespace {

using enum Scalar;

class Types : public testing::Test {
 protected:
  TypeId of(Scalar scalar) const { return store_.scalar(scalar); }
  TypeId of(LiteralKind kind) const { return store_.literal(kind); }
  bool fits(TypeId expected, TypeId given) const { return accepts(store_, expected, given); }
  TypeId arrow(std::vector<TypeId> parameters, std::vector<TypeId> results) {
    std::vector<Field> fields;
    for (const TypeId parameter : parameters) fields.push_back({"", parameter});
    return store_.arrow(Labels::kNone, fields, results);
  }
  // Level 40 has 2^40 leaves when it is written out.
  TypeId tower(std::string_view prefix, TypeId leaf, int levels) {
    TypeId type = leaf;
    for (int i = 0; i < levels; ++i) {
      type = store_.structure(std::string(prefix) + std::to_string(i), {{"a", type}, {"b", type}});
    }
    return type;
  }

  Store store_;
};

TEST_F(Types, EqualTypesHaveEqualIds) {
  EXPECT_EQ(store_.array(of(kU8)), store_.array(of(kU8)));
  EXPECT_NE(store_.array(of(kU8)), store_.option(of(kU8)));
  const TypeId point = store_.structure("P", {{"y", of(kU8)}, {"x", of(kString)}});
  EXPECT_EQ(point, store_.structure("P", {{"x", of(kString)}, {"y", of(kU8)}}));
  EXPECT_NE(point, store_.structure("Q", {{"x", of(kString)}, {"y", of(kU8)}}));
  EXPECT_NE(point, store_.ability("P", {{"x", of(kString)}, {"y", of(kU8)}}));
  EXPECT_EQ(arrow({of(kU8)}, {}), arrow({of(kU8)}, {}));
  EXPECT_NE(arrow({of(kU8)}, {}), arrow({}, {of(kU8)}));
}

TEST_F(Types, NamesOutliveTheirCaller) {
  TypeId type;
  {
    std::string name = "Point";
    std::string field = "first";
    type = store_.structure(name, {{field, of(kU8)}});
    name.assign("xxxxx");
    field.assign("xxxxx");
  }
  const Store moved = std::move(store_);
  EXPECT_EQ(describe(moved, type), "Point");
  EXPECT_NE(find_field(std::get<Struct>(moved[type]).fields, "first"), nullptr);
}

TEST_F(Types, ScalarsWiden) {
  const auto wider = [&](Scalar narrow, std::vector<Scalar> wide) {
    for (const Scalar one :
         {kU8, kU16, kU32, kU64, kI8, kI16, kI32, kI64, kF32, kF64, kBool, kString}) {
      const bool expected = one == narrow || std::ranges::find(wide, one) != wide.end();
      EXPECT_EQ(fits(of(one), of(narrow)), expected)
          << describe(store_, of(one)) << " <- " << describe(store_, of(narrow));
    }
  };
  wider(kU8, {kU16, kU32, kU64, kI16, kI32, kI64, kF32, kF64});
  wider(kU16, {kU32, kU64, kI32, kI64, kF32, kF64});
  wider(kU32, {kU64, kI64, kF64});
  wider(kU64, {});
  wider(kI8, {kI16, kI32, kI64, kF32, kF64});
  wider(kI16, {kI32, kI64, kF32, kF64});
  wider(kI32, {kI64, kF64});
  wider(kI64, {});
  wider(kF32, {kF64});
  wider(kF64, {});
  wider(kBool, {});
  wider(kString, {});
}

TEST_F(Types, LiteralsFitWhereAnyOfTheirScalarsDoes) {
  for (const Scalar one : {kU8, kU64, kI8, kI64, kF32, kF64}) {
    EXPECT_TRUE(fits(of(one), of(LiteralKind::kUnsigned)));
  }
  EXPECT_TRUE(fits(of(kI8), of(LiteralKind::kSigned)));
  EXPECT_TRUE(fits(of(kF32), of(LiteralKind::kSigned)));
  EXPECT_FALSE(fits(of(kU8), of(LiteralKind::kSigned)));
  EXPECT_TRUE(fits(of(kF32), of(LiteralKind::kFloat)));
  EXPECT_FALSE(fits(of(kI64), of(LiteralKind::kFloat)));
  EXPECT_FALSE(fits(of(kString), of(LiteralKind::kUnsigned)));
  EXPECT_TRUE(fits(of(LiteralKind::kSigned), of(LiteralKind::kUnsigned)));
  EXPECT_FALSE(fits(of(LiteralKind::kUnsigned), of(LiteralKind::kSigned)));
  EXPECT_TRUE(fits(of(LiteralKind::kString), of(kString)));
  EXPECT_FALSE(fits(of(LiteralKind::kUnsigned), of(kU8)));
}

TEST_F(Types, CollectionsCompareByElement) {
  const TypeId array = store_.array(of(kU16));
  const TypeId option = store_.option(of(kU8));
  const TypeId stream = store_.stream(of(kU8));
  EXPECT_TRUE(fits(array, option));
  EXPECT_TRUE(fits(array, stream));
  EXPECT_TRUE(fits(option, store_.array(of(kU8))));
  EXPECT_TRUE(fits(option, stream));
  EXPECT_FALSE(fits(option, array));
  EXPECT_FALSE(fits(stream, option));
  EXPECT_TRUE(fits(store_.stream(of(kU16)), stream));
  const TypeId map = store_.stream_map(of(kU8));
  EXPECT_TRUE(fits(map, store_.bottom()));
  EXPECT_FALSE(fits(store_.stream_map(of(kU16)), map));
  const TypeId nil = store_.option(store_.bottom());
  EXPECT_TRUE(fits(array, nil));
  EXPECT_TRUE(fits(option, nil));
  EXPECT_FALSE(fits(stream, nil));
  EXPECT_FALSE(fits(map, nil));
}

TEST_F(Types, StructsMayHaveMoreFieldsThanAskedFor) {
  const TypeId point = store_.structure("Point", {{"x", of(kU16)}});
  const TypeId place = store_.structure("Place", {{"name", of(kString)}, {"x", of(kU8)}});
  EXPECT_TRUE(fits(point, place));
  EXPECT_FALSE(fits(place, point));
  EXPECT_FALSE(fits(store_.ability("Point", {{"x", of(kU16)}}), place));
}

TEST_F(Types, ServicesFitAbilities) {
  const TypeId call = arrow({of(kU8)}, {of(kString)});
  const TypeId ability = store_.ability("Calls", {{"call", call}});
  const TypeId service = store_.service("Srv", {{"call", call}, {"other", call}});
  EXPECT_TRUE(fits(ability, service));
  EXPECT_FALSE(fits(service, ability));
}

TEST_F(Types, ArrowsTakeMoreAndGiveLess) {
  const TypeId both = arrow({of(kU8), of(kString)}, {of(kU16)});
  EXPECT_TRUE(fits(both, arrow({of(kU16)}, {of(kU8), of(kBool)})));
  EXPECT_FALSE(fits(both, arrow({of(kU8), of(kString), of(kBool)}, {of(kU16)})));
  EXPECT_FALSE(fits(both, arrow({of(kU8)}, {})));
  EXPECT_FALSE(fits(arrow({of(kU16)}, {}), arrow({of(kU8)}, {})));
  const TypeId labelled = store_.arrow(Labels::kNamed, {{"age", of(kU8)}}, {of(kU16)});
  EXPECT_TRUE(fits(both, labelled));
}

TEST_F(Types, UnitesScalars) {
  const auto united = [&](Scalar left, Scalar right) {
    EXPECT_EQ(unite(store_, of(left), of(right)), unite(store_, of(right), of(left)));
    return describe(store_, unite(store_, of(left), of(right)));
  };
  EXPECT_EQ(united(kI16, kU32), "i64");
  EXPECT_EQ(united(kU8, kI8), "i16");
  EXPECT_EQ(united(kU64, kI8), "⊤");
  EXPECT_EQ(united(kI8, kBool), "⊤");
  EXPECT_EQ(united(kI32, kF32), "f64");
  EXPECT_EQ(united(kU16, kF32), "f32");
  EXPECT_EQ(united(kU64, kF64), "⊤");
}

TEST_F(Types, IntersectsScalars) {
  const auto met = [&](Scalar left, Scalar right) {
    EXPECT_EQ(intersect(store_, of(left), of(right)), intersect(store_, of(right), of(left)));
    return describe(store_, intersect(store_, of(left), of(right)));
  };
  EXPECT_EQ(met(kI16, kU32), "u8");
  EXPECT_EQ(met(kI8, kBool), "⊥");
  EXPECT_EQ(met(kF32, kI32), "i16");
  EXPECT_EQ(met(kF32, kU32), "u16");
  EXPECT_EQ(met(kF64, kF32), "f32");
}

TEST_F(Types, UnitesCollections) {
  const TypeId array = store_.array(of(kU8));
  const TypeId option = store_.option(of(kU16));
  EXPECT_EQ(unite(store_, option, option), option);
  EXPECT_EQ(unite(store_, array, option), store_.array(of(kU16)));
  EXPECT_EQ(intersect(store_, array, option), store_.option(of(kU8)));
  EXPECT_EQ(unite(store_, array, store_.stream(of(kU16))), store_.array(of(kU16)));
}

TEST_F(Types, ElementsOfALiteral) {
  const auto element = [&](std::vector<TypeId> elements) {
    return describe(store_, intersect_elements(store_, elements));
  };
  EXPECT_EQ(element({}), "⊥");
  EXPECT_EQ(element({of(kU8), of(kU16)}), "u8");
  EXPECT_EQ(element({of(kU8), of(kString)}), "⊤");
  EXPECT_EQ(element({of(LiteralKind::kUnsigned), of(LiteralKind::kSigned)}), "integer");
  EXPECT_EQ(element({store_.stream(of(kU8)), store_.array(of(kU8))}), "[]u8");
  const TypeId point = store_.structure("A", {{"x", of(kU8)}, {"y", of(kU8)}});
  const TypeId place = store_.structure("B", {{"x", of(kU16)}, {"name", of(kString)}});
  EXPECT_EQ(element({point, place}), "{x: u8}");
  EXPECT_EQ(element({point, point}), "A");
}

TEST_F(Types, Comparable) {
  const auto comparable = [&](TypeId left, TypeId right) {
    EXPECT_EQ(is_comparable(store_, left, right), is_comparable(store_, right, left));
    return is_comparable(store_, left, right);
  };
  EXPECT_TRUE(comparable(of(kU64), of(kI8)));
  EXPECT_TRUE(comparable(of(kU8), of(LiteralKind::kSigned)));
  EXPECT_TRUE(comparable(of(LiteralKind::kUnsigned), of(LiteralKind::kSigned)));
  EXPECT_FALSE(comparable(of(LiteralKind::kUnsigned), of(LiteralKind::kFloat)));
  EXPECT_FALSE(comparable(of(kString), of(kU8)));
  EXPECT_TRUE(comparable(store_.array(of(kU64)), store_.stream(of(kI8))));
  EXPECT_FALSE(comparable(store_.array(of(kU64)), of(kU64)));
  const TypeId call = arrow({}, {});
  EXPECT_FALSE(comparable(call, call));
}

TEST_F(Types, DataIsImmutable) {
  const TypeId good = store_.structure("G", {{"a", store_.array(store_.option(of(kU8)))}});
  EXPECT_TRUE(is_data(store_, good));
  EXPECT_FALSE(is_data(store_, store_.stream(of(kU8))));
  EXPECT_FALSE(is_data(store_, store_.array(store_.ability("A", {{"a", good}}))));
  EXPECT_FALSE(is_collection(store_, store_.stream_map(of(kU8))));
  EXPECT_EQ(element_of(store_, store_.stream_map(of(kU8))), of(kU8));
  EXPECT_TRUE(element_of(store_, of(kU8)).is_none());
}

TEST_F(Types, Describes) {
  EXPECT_EQ(describe(store_, store_.array(of(kU8))), "[]u8");
  EXPECT_EQ(describe(store_, arrow({of(kString), of(kU8)}, {of(kBool)})), "string, u8 -> bool");
  EXPECT_EQ(describe(store_, arrow({}, {})), "-> ()");
  EXPECT_EQ(describe(store_, arrow({arrow({of(kU8)}, {})}, {arrow({}, {of(kU8)}), of(kU8)})),
            "(u8 -> ()) -> (-> u8), u8");
  EXPECT_EQ(describe(store_, store_.structure("Lib.Point", {{"x", of(kU8)}})), "Lib.Point");
  TypeId twice = arrow({of(kU8)}, {of(kU8)});
  for (int i = 0; i < 1000; ++i) twice = arrow({twice}, {twice});
  EXPECT_LE(describe(store_, twice).size(), 160u);
  TypeId deep = of(kU8);
  for (int i = 0; i < 200'000; ++i) deep = store_.array(deep);
  EXPECT_LE(describe(store_, deep).size(), 160u);
}

TEST_F(Types, SharedPartsAreWalkedOnce) {
  const TypeId narrow = tower("N", of(kU8), 40);
  const TypeId wide = tower("W", of(kU16), 40);
  const TypeId other = tower("O", of(kString), 40);
  EXPECT_TRUE(fits(wide, narrow));
  EXPECT_FALSE(fits(narrow, wide));
  EXPECT_FALSE(fits(narrow, other));
  EXPECT_EQ(unite(store_, narrow, wide), wide);
  EXPECT_EQ(intersect(store_, narrow, wide), narrow);
  const std::array both = {narrow, other};
  EXPECT_NE(intersect_elements(store_, both), store_.top());
  EXPECT_TRUE(is_comparable(store_, narrow, other));
}

TEST_F(Types, DeepTypesNeedNoStack) {
  const TypeId narrow = tower("N", of(kU8), 200'000);
  const TypeId wide = tower("W", of(kU16), 200'000);
  EXPECT_TRUE(fits(wide, narrow));
  EXPECT_EQ(unite(store_, narrow, wide), wide);
}

// Any types at all; struct fields from a small alphabet, so that they meet.
TypeId random_type(Store& store, int depth) {
  const int kinds = depth == 0 ? 3 : 11;
  const auto part = [&] { return random_type(store, depth - 1); };
  const auto fields = [&] {
    std::vector<Field> result;
    for (const std::string_view name : {"a", "b", "c"}) {
      if (*rc::gen::arbitrary<bool>()) result.push_back({name, part()});
    }
    if (result.empty()) result.push_back({"a", part()});
    return result;
  };
  switch (*rc::gen::inRange(0, kinds)) {
    case 0: return store.scalar(static_cast<Scalar>(*rc::gen::inRange(0, 12)));
    case 1: return store.literal(static_cast<LiteralKind>(*rc::gen::inRange(0, 6)));
    case 2: return *rc::gen::arbitrary<bool>() ? store.top() : store.bottom();
    case 3: return store.array(part());
    case 4: return store.option(part());
    case 5: return store.stream(part());
    case 6: return store.stream_map(part());
    case 7: return store.structure(*rc::gen::element("S", "T"), fields());
    case 8: return store.ability("A", fields());
    case 9: return store.service("V", fields());
    default: {
      std::vector<Field> parameters;
      std::vector<TypeId> results;
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) parameters.push_back({"", part()});
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) results.push_back(part());
      return store.arrow(Labels::kNone, parameters, results);
    }
  }
}

// Much like `type`: two random types hardly ever have to do with each other.
TypeId relative_of(Store& store, TypeId type) {
  if (*rc::gen::inRange(0, 12) == 11) return random_type(store, 1);
  const auto part = [&](TypeId inner) { return relative_of(store, inner); };
  const auto collection = [&](TypeId element) {
    switch (*rc::gen::inRange(0, 3)) {
      case 0: return store.array(part(element));
      case 1: return store.option(part(element));
      default: return store.stream(part(element));
    }
  };
  const auto fields_like = [&](const std::vector<Field>& fields) {
    std::vector<Field> result;
    for (const Field& field : fields) {
      if (*rc::gen::inRange(0, 4) > 0) result.push_back({field.name, part(field.type)});
    }
    return result.empty() ? fields : result;
  };
  return std::visit(
      base::Overloaded{
          [&](Scalar) { return store.scalar(static_cast<Scalar>(*rc::gen::inRange(0, 11))); },
          [&](Array one) { return collection(one.element); },
          [&](Option one) { return collection(one.element); },
          [&](Stream one) { return collection(one.element); },
          [&](StreamMap one) { return store.stream_map(one.element); },
          [&](const Struct& one) { return store.structure("R", fields_like(one.fields)); },
          [&](const Ability& one) { return store.ability("R", fields_like(one.fields)); },
          [&](const Service& one) {
            return *rc::gen::arbitrary<bool>() ? store.service("R", fields_like(one.methods))
                                               : store.ability("R", fields_like(one.methods));
          },
          [&](const Arrow& one) {
            std::vector<Field> parameters;
            std::vector<TypeId> results;
            for (const Field& field : one.parameters) parameters.push_back({"", part(field.type)});
            for (const TypeId result : one.results) results.push_back(part(result));
            if (!results.empty() && *rc::gen::arbitrary<bool>()) results.pop_back();
            return store.arrow(Labels::kNone, parameters, results);
          },
          [&](const auto&) { return random_type(store, 0); },
      },
      store[type]);
}

RC_GTEST_PROP(TypesProperty, AcceptsItselfTopAndBottom, ()) {
  Store store;
  const TypeId type = random_type(store, 3);
  RC_ASSERT(accepts(store, type, type));
  RC_ASSERT(accepts(store, store.top(), type));
  RC_ASSERT(accepts(store, type, store.bottom()));
}

// Many pairs to a case: most of them still are incomparable.
template <class Body>
void with_relatives(const Body& body) {
  Store store;
  for (int i = 0; i < 20; ++i) {
    const TypeId one = random_type(store, 3);
    const TypeId two = relative_of(store, one);
    body(store, one, two);
  }
}

RC_GTEST_PROP(TypesProperty, BoundsAreBounds, ()) {
  with_relatives([](Store& store, TypeId left, TypeId right) {
    const TypeId upper = unite(store, left, right);
    RC_ASSERT(accepts(store, upper, left));
    RC_ASSERT(accepts(store, upper, right));
    const TypeId lower = intersect(store, left, right);
    RC_ASSERT(accepts(store, left, lower));
    RC_ASSERT(accepts(store, right, lower));
  });
}

RC_GTEST_PROP(TypesProperty, BoundsOfComparableTypesAreTheTypes, ()) {
  with_relatives([](Store& store, TypeId left, TypeId right) {
    if (!accepts(store, left, right)) return;
    RC_ASSERT(compare(store, unite(store, left, right), left) == Comparison::kEqual);
    RC_ASSERT(compare(store, intersect(store, left, right), right) == Comparison::kEqual);
  });
}

RC_GTEST_PROP(TypesProperty, AcceptanceIsTransitive, ()) {
  with_relatives([](Store& store, TypeId one, TypeId two) {
    const TypeId three = relative_of(store, two);
    for (const TypeId lower : {one, intersect(store, one, two)}) {
      for (const TypeId upper : {three, unite(store, two, three)}) {
        if (accepts(store, two, lower) && accepts(store, upper, two)) {
          RC_ASSERT(accepts(store, upper, lower));
        }
      }
    }
  });
}

RC_GTEST_PROP(TypesProperty, OrderOfElementsDoesNotMatter, ()) {
  with_relatives([](Store& store, TypeId one, TypeId two) {
    const std::array both = {one, two};
    const std::array swapped = {two, one};
    RC_ASSERT(compare(store, intersect_elements(store, both), intersect_elements(store, swapped)) ==
              Comparison::kEqual);
  });
}

RC_GTEST_PROP(TypesProperty, EqualIdsAreEqualTypes, ()) {
  Store store;
  const TypeId type = random_type(store, 3);
  const std::size_t size = store.size();
  RC_ASSERT(unite(store, type, type) == type);
  RC_ASSERT(store.size() == size);
}

}  // namespace
}  // namespace aqua::types

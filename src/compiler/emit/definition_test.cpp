#include "compiler/emit/definition.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/store.h"

// The shapes are those that the published compiler gives for the same declarations.

namespace aqua::emit {
namespace {

using enum types::Scalar;
using types::Field;
using types::Labels;
using types::TypeId;

class DefinitionTest : public testing::Test {
 protected:
  TypeId of(types::Scalar scalar) const { return store_.scalar(scalar); }
  TypeId arrow(std::vector<TypeId> parameters, std::vector<TypeId> results) {
    std::vector<Field> fields;
    for (const TypeId parameter : parameters) fields.push_back({"", parameter});
    return store_.arrow(Labels::kNone, fields, results);
  }
  // {"tag":"arrow",...} of the function.
  std::string arrow_of(std::vector<Field> parameters, std::vector<TypeId> results) {
    const auto json =
        function_definition(store_, "f", store_.arrow(Labels::kNamed, parameters, results));
    if (!json) return "too large";
    constexpr std::string_view kKey = "\"arrow\":";
    const std::size_t begin = json->find(kKey) + kKey.size();
    return json->substr(begin, json->find(",\"names\":") - begin);
  }
  // What the parameter of `type` is written as.
  std::string shape_of(TypeId type) {
    const std::string whole = arrow_of({{"x", type}}, {});
    constexpr std::string_view kBefore =
        R"({"tag":"arrow","domain":{"tag":"labeledProduct","fields":{"x":)";
    constexpr std::string_view kAfter = R"(}},"codomain":{"tag":"nil"}})";
    if (!whole.starts_with(kBefore) || !whole.ends_with(kAfter)) return whole;
    return whole.substr(kBefore.size(), whole.size() - kBefore.size() - kAfter.size());
  }

  types::Store store_;
};

TEST_F(DefinitionTest, FunctionWithoutAnything) {
  EXPECT_EQ(
      function_definition(store_, "f1", arrow({}, {})),
      R"({"functionName":"f1","arrow":{"tag":"arrow","domain":{"tag":"labeledProduct","fields":{}},)"
      R"("codomain":{"tag":"nil"}},"names":{"relay":"-relay-","getDataSrv":"getDataSrv",)"
      R"("callbackSrv":"callbackSrv","responseSrv":"callbackSrv","responseFnName":"response",)"
      R"("errorHandlingSrv":"errorHandlingSrv","errorFnName":"error"}})");
}

TEST_F(DefinitionTest, ArgumentsKeepTheirOrder) {
  EXPECT_EQ(arrow_of({{"zz", of(kU8)}, {"aa", of(kBool)}}, {of(kString), of(kU64)}),
            R"({"tag":"arrow","domain":{"tag":"labeledProduct","fields":{)"
            R"("zz":{"tag":"scalar","name":"u8"},"aa":{"tag":"scalar","name":"bool"}}},)"
            R"("codomain":{"tag":"unlabeledProduct","items":[)"
            R"({"tag":"scalar","name":"string"},{"tag":"scalar","name":"u64"}]}})");
}

TEST_F(DefinitionTest, Types) {
  const std::string u8 = R"({"tag":"scalar","name":"u8"})";
  EXPECT_EQ(shape_of(of(kF64)), R"({"tag":"scalar","name":"f64"})");
  EXPECT_EQ(shape_of(store_.literal(types::LiteralKind::kUnsigned)),
            R"({"tag":"scalar","name":"unsigned"})");
  EXPECT_EQ(shape_of(store_.top()), R"({"tag":"topType"})");
  EXPECT_EQ(shape_of(store_.bottom()), R"({"tag":"bottomType"})");
  EXPECT_EQ(shape_of(store_.array(of(kU8))), R"({"tag":"array","type":)" + u8 + "}");
  EXPECT_EQ(shape_of(store_.stream(of(kU8))), R"({"tag":"array","type":)" + u8 + "}");
  EXPECT_EQ(shape_of(store_.stream_map(of(kU8))), R"({"tag":"array","type":)" + u8 + "}");
  EXPECT_EQ(shape_of(store_.option(of(kU8))), R"({"tag":"option","type":)" + u8 + "}");
  const TypeId point =
      store_.structure("Lib.P", {{"b", store_.option(of(kU8))}, {"a", store_.array(of(kString))}});
  EXPECT_EQ(shape_of(point), R"({"tag":"struct","name":"Lib.P","fields":{)"
                             R"("a":{"tag":"array","type":{"tag":"scalar","name":"string"}},)"
                             R"("b":{"tag":"option","type":{"tag":"scalar","name":"u8"}}}})");
  EXPECT_EQ(shape_of(store_.ability("Ab", {{"x", of(kU8)}})),
            R"({"tag":"struct","name":"Ab","fields":{"x":)" + u8 + "}}");
}

TEST_F(DefinitionTest, ArrowsInsideSayHowTheirArgumentsWereWritten) {
  EXPECT_EQ(shape_of(arrow({of(kString)}, {of(kBool)})),
            R"({"tag":"arrow","domain":{"tag":"unlabeledProduct","items":[)"
            R"({"tag":"scalar","name":"string"}]},)"
            R"("codomain":{"tag":"unlabeledProduct","items":[{"tag":"scalar","name":"bool"}]}})");
  EXPECT_EQ(shape_of(arrow({}, {})),
            R"({"tag":"arrow","domain":{"tag":"nil"},"codomain":{"tag":"nil"}})");
}

TEST_F(DefinitionTest, Services) {
  const TypeId service = store_.service(
      "S", {{"two", store_.arrow(Labels::kNamed, {{"b", of(kU8)}}, {})}, {"none", arrow({}, {})}});
  const std::string functions =
      R"("functions":{"tag":"labeledProduct","fields":{)"
      R"("none":{"tag":"arrow","domain":{"tag":"nil"},"codomain":{"tag":"nil"}},)"
      R"("two":{"tag":"arrow","domain":{"tag":"labeledProduct","fields":{)"
      R"("b":{"tag":"scalar","name":"u8"}}},"codomain":{"tag":"nil"}}}}})";
  EXPECT_EQ(service_definition(store_, service, "si\"d"),
            R"({"defaultServiceId":"si\"d",)" + functions);
  EXPECT_EQ(service_definition(store_, service, std::nullopt), "{" + functions);
}

TEST_F(DefinitionTest, RefusesWhatIsTooLarge) {
  TypeId wide = of(kU8);
  for (int i = 0; i < 40; ++i) wide = store_.structure("D", {{"a", wide}, {"b", wide}});
  EXPECT_EQ(shape_of(wide), "too large");
  TypeId deep = of(kU8);
  for (int i = 0; i < 100'000; ++i) deep = store_.array(deep);
  EXPECT_EQ(shape_of(deep), "too large");
  TypeId fine = of(kU8);
  for (int i = 0; i < 100; ++i) fine = store_.array(fine);
  EXPECT_NE(shape_of(fine), "too large");
}

}  // namespace
}  // namespace aqua::emit

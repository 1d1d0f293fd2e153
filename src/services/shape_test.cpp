#include "services/shape.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aqua::services {
namespace {

constexpr std::string_view kUser =
    R"({"tag":"struct","name":"User","fields":{"age":{"tag":"scalar","name":"u8"},)"
    R"("mail":{"tag":"option","type":{"tag":"scalar","name":"string"}},)"
    R"("name":{"tag":"scalar","name":"string"}}})";

std::string scalar(std::string_view name) {
  return R"({"tag":"scalar","name":")" + std::string(name) + "\"}";
}

// "path: expected, given"; empty where it fits.
std::string mismatch(std::string_view type, std::string_view value) {
  const auto found = find_mismatch(*read_shape(type), value);
  return found ? found->path + ": " + found->expected + ", " + found->given : "";
}

TEST(Shape, ScalarsHaveTheirRange) {
  EXPECT_EQ(mismatch(scalar("u8"), "255"), "");
  EXPECT_EQ(mismatch(scalar("u8"), "256"), ": u8, 256");
  EXPECT_EQ(mismatch(scalar("u8"), "-1"), ": u8, -1");
  EXPECT_EQ(mismatch(scalar("i8"), "-128"), "");
  EXPECT_EQ(mismatch(scalar("i8"), "-129"), ": i8, -129");
  EXPECT_EQ(mismatch(scalar("u64"), "18446744073709551615"), "");
  EXPECT_EQ(mismatch(scalar("i64"), "18446744073709551615"), ": i64, 18446744073709551615");
  EXPECT_EQ(mismatch(scalar("u32"), "1.0"), "");
  EXPECT_EQ(mismatch(scalar("u32"), "1.5"), ": u32, 1.5");
  EXPECT_EQ(mismatch(scalar("f32"), "1"), "");
  EXPECT_EQ(mismatch(scalar("bool"), "0"), ": bool, 0");
  EXPECT_EQ(mismatch(scalar("string"), "null"), ": string, null");
}

TEST(Shape, AMismatchNamesItsPlace) {
  const std::string users = R"({"tag":"array","type":)" + std::string(kUser) + "}";
  EXPECT_EQ(mismatch(users, R"([{"age":1,"name":"a"},{"age":2,"mail":"m","name":"b","more":1}])"),
            "");
  EXPECT_EQ(mismatch(users, R"([{"age":1,"name":"a"},{"age":2,"name":3}])"), "[1].name: string, 3");
  EXPECT_EQ(mismatch(users, R"([{"name":"a"}])"),
            R"([0]: User with a field age: u8, {"name":"a"})");
  EXPECT_EQ(mismatch(users, R"({"age":1})"), R"(: []User, {"age":1})");
  EXPECT_EQ(mismatch(users, R"([{"age":1,"mail":["x","y"],"name":"a"}])"),
            R"([0].mail: ?string, ["x","y"])");
  EXPECT_EQ(mismatch(users, R"([{"age":1,"mail":[7],"name":"a"}])"), R"([0].mail[0]: string, 7)");
}

TEST(Shape, AnOptionOfAnArrayIsThatArrayOrNone) {
  const std::string type = R"({"tag":"option","type":{"tag":"array","type":)" + scalar("u8") + "}}";
  for (const std::string_view value : {"null", "[]", "[[]]", "[[1,2]]", "[1,2]", "[1]"})
    EXPECT_EQ(mismatch(type, value), "") << value;
  EXPECT_NE(mismatch(type, R"(["a"])"), "");
}

TEST(Shape, LongValuesAreCut) {
  const std::string shown = mismatch(scalar("bool"), '"' + std::string(100, 'x') + '"');
  EXPECT_TRUE(shown.ends_with("xxx...")) << shown;
  EXPECT_LT(shown.size(), 60);
}

TEST(Shape, ReadsAServiceDefinition) {
  const ServiceShape service = read_service(
      R"({"defaultServiceId":"id","functions":{"fields":{"find":{"codomain":{"items":[)" +
      std::string(kUser) + R"(],"tag":"unlabeledProduct"},"domain":{"fields":{"name":)" +
      scalar("string") + R"(},"tag":"labeledProduct"},"tag":"arrow"}},"tag":"labeledProduct"}})");
  ASSERT_TRUE(service.contains("find"));
  const FunctionShape& find = service.at("find");
  ASSERT_EQ(find.arguments.size(), 1);
  EXPECT_EQ(find.arguments[0].name, "name");
  ASSERT_EQ(find.results.size(), 1);
  EXPECT_EQ(describe(*find.results[0]), "User");
}

}  // namespace
}  // namespace aqua::services

#include "sim/host_functions.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aqua::sim {
namespace {

std::string answer(std::string_view service, std::string_view function,
                   const std::vector<std::string>& arguments) {
  const auto found = computed_answer(service, function, arguments);
  if (!found) return "none";
  return found->ret_code == 0 ? found->result : "error " + found->result;
}

TEST(HostFunctions, Arithmetic) {
  EXPECT_EQ(answer("math", "add", {"1", "-2"}), "-1");
  EXPECT_EQ(answer("math", "sub", {"1", "2"}), "-1");
  EXPECT_EQ(answer("math", "mul", {"3", "4"}), "12");
  EXPECT_EQ(answer("math", "div", {"-7", "2"}), "-3");
  EXPECT_EQ(answer("math", "rem", {"-7", "2"}), "-1");
  EXPECT_EQ(answer("math", "pow", {"2", "10"}), "1024");
  EXPECT_EQ(answer("math", "pow", {"-1", "1000000000001"}), "-1");
  EXPECT_EQ(answer("math", "pow", {"0", "0"}), "1");
  EXPECT_EQ(answer("math", "fmul", {"2.5", "3"}), "7");
  EXPECT_EQ(answer("math", "fmul", {"-0.5", "1.0"}), "-1");
}

TEST(HostFunctions, ArithmeticThatFails) {
  EXPECT_EQ(answer("math", "div", {"1", "0"}), R"(error "math.div: division by 0")");
  EXPECT_EQ(answer("math", "add", {"9223372036854775807", "1"}),
            R"(error "math.add: the result does not fit i64")");
  EXPECT_EQ(answer("math", "pow", {"10", "1000000000000"}),
            R"(error "math.pow: the result does not fit i64")");
  EXPECT_EQ(answer("math", "div", {"-9223372036854775808", "-1"}),
            R"(error "math.div: the result does not fit i64")");
  EXPECT_EQ(answer("math", "rem", {"-9223372036854775808", "-1"}), "0");
  EXPECT_EQ(answer("math", "add", {"\"a\"", "1"}),
            R"(error "math.add: two integers are expected")");
  EXPECT_EQ(answer("cmp", "lt", {"1"}), R"(error "cmp.lt: two integers are expected")");
}

TEST(HostFunctions, Comparison) {
  EXPECT_EQ(answer("cmp", "lt", {"1", "2"}), "true");
  EXPECT_EQ(answer("cmp", "lte", {"2", "2"}), "true");
  EXPECT_EQ(answer("cmp", "gt", {"1", "2"}), "false");
  EXPECT_EQ(answer("cmp", "gte", {"1", "2"}), "false");
  EXPECT_EQ(answer("cmp", "cmp", {"1", "2"}), "-1");
}

TEST(HostFunctions, TextsAndArrays) {
  EXPECT_EQ(answer("op", "identity", {"{\"a\":1}"}), "{\"a\":1}");
  EXPECT_EQ(answer("op", "array", {"1", "[2]"}), "[1,[2]]");
  EXPECT_EQ(answer("op", "concat", {"[1]", "[]", "[2,3]"}), "[1,2,3]");
  EXPECT_EQ(answer("op", "concat_strings", {"\"a\\n\"", "\"b\""}), "\"a\\nb\"");
  EXPECT_EQ(answer("op", "array_length", {"[1,2]"}), "2");
  EXPECT_EQ(answer("array", "sum", {"[1,2,3]"}), "6");
  EXPECT_EQ(answer("array", "length", {"[]"}), "0");
}

TEST(HostFunctions, OthersAreNotThere) {
  EXPECT_EQ(answer("math", "log", {"2", "8"}), "none");
  EXPECT_EQ(answer("shop", "price", {}), "none");
}

}  // namespace
}  // namespace aqua::sim

#include "cli/call_expression.h"

#include <gtest/gtest.h>

namespace aqua::cli {
namespace {

std::string shown(std::string_view text) {
  const auto call = parse_call(text);
  if (!call) return "error at " + std::to_string(call.error().at) + ": " + call.error().message;
  std::string out = call->function + (call->has_arguments ? "(" : "");
  for (const Argument& argument : call->arguments) {
    if (!out.ends_with('(')) out += "; ";
    if (const auto* value = std::get_if<ValueArgument>(&argument)) out += value->json;
    if (const auto* named = std::get_if<NamedArgument>(&argument)) out += "variable " + named->name;
  }
  return out;
}

TEST(CallExpression, MentionedPeers) {
  const auto call = parse_call(R"(f(@bob, [@"my peer", "@text"], {"a": @c-1}))");
  ASSERT_TRUE(call);
  ASSERT_EQ(call->peers.size(), 3u);
  EXPECT_EQ(call->peers[0].name, "bob");
  EXPECT_EQ(call->peers[0].at, 2u);
  EXPECT_EQ(call->peers[1].name, "my peer");
  EXPECT_EQ(call->peers[2].name, "c-1");
}

TEST(CallExpression, Arguments) {
  EXPECT_EQ(shown("main"), "main");
  EXPECT_EQ(shown(" main ( ) "), "main(");
  EXPECT_EQ(shown(R"(f(1, -2.5, "a,)b", true, nil))"), R"(f(1; -2.5; "a,)b"; true; [])");
  EXPECT_EQ(shown(R"(f([1, [2]], {"b": 1, "a": [nil, ?["x"]]}))"),
            R"(f([1,[2]]; {"a":[[],["x"]],"b":1})");
  EXPECT_EQ(shown(R"(f(@bob, [@bob-2, @"my peer"], x))"),
            R"(f("@bob"; ["@bob-2","@my peer"]; variable x)");
}

TEST(CallExpression, Mistakes) {
  EXPECT_EQ(shown(""), "error at 0: the name of a function is expected");
  EXPECT_EQ(shown("f("), "error at 2: a value is expected");
  EXPECT_EQ(shown("f(1 2"),
            R"(error at 2: 1 2 is not a value: trailing characters at line 1 column 3)");
  EXPECT_EQ(shown("f(1) 2"), "error at 5: nothing is expected after \")\"");
  EXPECT_EQ(shown(R"(f("a)"), "error at 2: the string does not end");
  EXPECT_EQ(shown("f(1,)"), "error at 4: a value is expected");
}

}  // namespace
}  // namespace aqua::cli

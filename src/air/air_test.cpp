#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "air/formatter.h"
#include "air/parser.h"
#include "air/printer.h"
#include "air/random_tree_for_test.h"
#include "air/source_map.h"
#include "air/validator.h"

namespace aqua::air {
namespace {

Tree parse_or_fail(std::string_view text) {
  auto tree = parse_syntax(text);
  EXPECT_TRUE(tree.has_value()) << text.substr(0, 300) << "\n"
                                << (tree ? "" : tree.error()[0].message);
  return tree ? std::move(*tree) : Tree{};
}

std::vector<std::string> codes(std::string_view text) {
  std::vector<std::string> found;
  const auto tree = parse(text);
  if (tree) return found;
  for (const auto& diagnostic : tree.error()) found.emplace_back(diagnostic.code);
  return found;
}

using Codes = std::vector<std::string>;

TEST(Print, ReadsBackEqualForEveryTree) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Tree tree = random_tree(seed);
    const std::string text = print(tree);
    const Tree again = parse_or_fail(text);
    ASSERT_TRUE(equal(tree, again)) << "seed " << seed << "\n" << text;
    ASSERT_EQ(print(again), text) << "seed " << seed;
  }
}

TEST(Format, KeepsTheTreeAndIsIdempotent) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Tree tree = random_tree(seed);
    const auto once = format_script(print(tree));
    ASSERT_TRUE(once.has_value()) << "seed " << seed;
    ASSERT_TRUE(equal(tree, parse_or_fail(*once))) << "seed " << seed << "\n" << *once;
    ASSERT_EQ(*format_script(*once), *once) << "seed " << seed;
  }
}

// Comments and blanks at random places between the tokens.
TEST(Format, KeepsEveryComment) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string text = print(random_tree(seed));
    std::string commented;
    std::uint64_t state = seed;
    std::size_t comment_count = 0;
    bool in_string = false;
    for (const char c : text) {
      if (c == '"') in_string = !in_string;
      commented += c;
      if (in_string || c != ' ') continue;
      state = state * 6364136223846793005 + 1442695040888963407;
      if ((state >> 33) % 5 != 0) continue;
      commented += (state >> 40) % 2 == 0 ? "\n  ; \"note (\r\n" : "; note ) \n\n";
      ++comment_count;
    }
    const auto once = format_script(commented);
    ASSERT_TRUE(once.has_value()) << commented;
    std::size_t found = 0;
    for (std::size_t at = once->find("note"); at != std::string::npos;
         at = once->find("note", at + 1))
      ++found;
    ASSERT_EQ(found, comment_count) << commented << "\n----\n" << *once;
    ASSERT_TRUE(equal(parse_or_fail(commented), parse_or_fail(*once)));
    ASSERT_EQ(*format_script(*once), *once) << *once;
  }
}

TEST(Format, KeepsOneBlankLineBetweenComments) {
  EXPECT_EQ(
      format_script(
          "\n\n; a\n; b\n\n \n\r\n; c\n\n(seq (null) ; d\n\n; e\n\n(null))\n\n; f\n\n; g\n\n"),
      "; a\n; b\n\n; c\n(seq\n  (null) ; d\n\n  ; e\n  (null))\n; f\n\n; g\n");
}

TEST(Format, SizeStaysInProportion) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "(match 1 1 (seq (null) ";
  text += "(null)";
  text.append(200'000, ')');
  const auto formatted = format_script(text);
  ASSERT_TRUE(formatted.has_value());
  EXPECT_LT(formatted->size(), text.size() * 10);
}

TEST(Equal, TellsTreesApart) {
  const Tree tree = parse_or_fail("(seq (ap 0.0 x) (call \"p\" (\"s\" \"f\") [x.$.a] y))");
  for (const char* other : {"(seq (ap -0.0 x) (call \"p\" (\"s\" \"f\") [x.$.a] y))",
                            "(seq (ap 0.0 x) (call \"p\" (\"s\" \"f\") [x.$.a]))",
                            "(seq (ap 0.0 x) (call \"p\" (\"s\" \"f\") [x.$.b] y))",
                            "(seq (ap 0.0 x) (call \"p\" (\"s\" \"f\") [x.$.[a]] y))",
                            "(seq (ap 0.0 x) (call \"p\" (\"s\" \"f\") [z.$.a] y))",
                            "(par (ap 0.0 x) (call \"p\" (\"s\" \"f\") [x.$.a] y))",
                            "(seq (ap 0.0 $x) (call \"p\" (\"s\" \"f\") [x.$.a] y))"}) {
    EXPECT_FALSE(equal(tree, parse_or_fail(other))) << other;
  }
}

TEST(Parse, NumbersInstructionsInTheOrderOfTheText) {
  const Tree tree = parse_or_fail("(seq (xor (null) (never)) (fold [] i (next i) (ap 1 x)))");
  ASSERT_EQ(tree.instructions.size(), 7u);
  EXPECT_EQ(print_instruction(tree, InstructionId(std::uint32_t{0})), "seq");
  EXPECT_EQ(print_instruction(tree, InstructionId(std::uint32_t{3})), "never");
  EXPECT_EQ(print_instruction(tree, InstructionId(std::uint32_t{4})), "fold [] i");
  EXPECT_EQ(print_instruction(tree, InstructionId(std::uint32_t{6})), "ap 1 x");
  EXPECT_EQ(tree.spans[1], (diagnostics::Span{5, 25}));
}

TEST(Parse, OneNameOneId) {
  const Tree tree = parse_or_fail("(seq (ap 1 x) (seq (ap x.$.[x] $x) (canon \"p\" $x #x)))");
  EXPECT_EQ(tree.names.size(), 3u);
}

TEST(Parse, ManyNames) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += fmt::format("(new n{} ", i);
  text += "(null)";
  text.append(20'000, ')');
  EXPECT_EQ(parse_or_fail(text).names.size(), 20'000u);
}

// The forms that error objects of the published VM carry.
TEST(PrintInstruction, IsThePublishedForm) {
  const auto head = [](std::string_view text) {
    return print_instruction(parse_or_fail(text), InstructionId(std::uint32_t{0}));
  };
  EXPECT_EQ(head("(call  %init_peer_id% (x \"f\") [1 1.0 \"a\"])"),
            "call %init_peer_id% (x \"f\") [1 1 \"a\"] ");
  EXPECT_EQ(head("(call x (\"s\" \"f\") [] $s)"), "call x (\"s\" \"f\") [] $s");
  EXPECT_EQ(head("(ap x.$[00][1].a! y)"), "ap x.$.[0].[1].a y");
  EXPECT_EQ(head("(ap (x 1.50) %m)"), "ap (x 1.5) %m");
  EXPECT_EQ(head("(match -0.0 123456789. (null))"), "match -0 123456789");
  EXPECT_EQ(head("(match 0.000000001 :error:.length (null))"), "match 0.000000001 :error:.length");
  EXPECT_EQ(head("(fold %m i (null) (never))"), "fold %m i");
  EXPECT_EQ(head("(fail -1 \"a\nb\")"), "fail -1 \"a\nb\"");
}

TEST(Parse, NestingUpToTheLimit) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 1; i < depth; ++i) text += "(new x ";
    text += "(null)";
    text.append(depth - 1, ')');
    return text;
  };
  const Tree tree = parse_or_fail(nested(kNestingDepthMax));
  EXPECT_EQ(tree.instructions.size(), kNestingDepthMax);
  EXPECT_TRUE(parse(nested(kNestingDepthMax)).has_value());
  EXPECT_EQ(codes(nested(kNestingDepthMax + 1)), (Codes{"R0003"}));
  const auto formatted = format_script(nested(kNestingDepthMax));
  EXPECT_TRUE(formatted.has_value());
}

TEST(Parse, ReportsEveryMistakeOnce) {
  EXPECT_EQ(codes("(seq (call \"p\" (\"s\" \"f\" [x] y) (call \"p\" (\"s\" \"f\") [x y))"),
            (Codes{"R0025", "R0025"}));
  EXPECT_EQ(codes("(seq (ap .5 x) (seq (ap 1 x+) (foo)))"), (Codes{"R0014", "R0011", "R0020"}));
  EXPECT_EQ(codes("(seq (null)"), (Codes{"R0025"}));
  EXPECT_EQ(codes("(null))"), (Codes{"R0006"}));
  EXPECT_EQ(codes("(call $s (\"s\" %init_peer_id%) [$s %m])"),
            (Codes{"R0022", "R0022", "R0022", "R0022"}));
}

TEST(Parse, StopsAfterManyMistakes) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "(seq (ap $s x) ";
  const auto result = parse(text);
  ASSERT_FALSE(result.has_value());
  EXPECT_LE(result.error().size(), 1001u);
  EXPECT_EQ(result.error().back().code, "R0004");
}

TEST(Validate, ReportsEveryViolationInTheOrderOfTheText) {
  EXPECT_EQ(
      codes("(seq (next j) (seq (ap x x) (fold [] i (fold y i (new i (seq (next i) (next i)))))))"),
      (Codes{"R0102", "R0101", "R0101", "R0105", "R0104", "R0103"}));
  EXPECT_EQ(codes("(new $s (fold $s i (seq (next i) (fail 0 \"\"))))"), (Codes{"R0106", "R0107"}));
}

// What the published VM lets pass must run here too.
TEST(Validate, AcceptsWhatThePublishedVmOverlooks) {
  for (const char* text :
       {"(fold j j (call \"p\" (\"s\" \"f\") [j]))", "(seq (fold [] i (next i)) (next i))",
        "(fail x)", "(canon x $s #c)", "(ap (1 x) %m)", "(ap %last_error%.$.[x] y)",
        "(seq (fold [] i (null)) (ap i x))",
        "(new $s (seq (fold [] i (fold $s j (xor (next i) (next j)))) "
        "(fold $s k (seq (next k) (null)))))",
        "(new $s (fold $s i (seq (fold [] j (next i)) (null))))"}) {
    EXPECT_EQ(codes(text), Codes{}) << text;
  }
}

TEST(Validate, TreesWithoutPlaces) {
  Tree tree = parse_or_fail("(seq (ap x y) (fold [] i (fold [] i (null))))");
  tree.spans.clear();
  EXPECT_EQ(validate(tree, "").size(), 2u);
}

TEST(Floats, ExpressibleOnes) {
  EXPECT_TRUE(is_expressible(1234567890));
  EXPECT_TRUE(is_expressible(-0.0));
  EXPECT_TRUE(is_expressible(0.000000001));
  EXPECT_FALSE(is_expressible(12345678901.0));
  EXPECT_FALSE(is_expressible(0.1 + 0.2));
  EXPECT_FALSE(is_expressible(1e300));
}

TEST(SourceMap, ReadsBackEqual) {
  SourceMap map;
  const SourceFileId a = map.add_file("a \"quoted\".aqua");
  const SourceFileId b = map.add_file("b.aqua");
  map.set(InstructionId(std::uint32_t{0}), {a, {10, 20}});
  map.set(InstructionId(std::uint32_t{7}), {b, {5, 5}});
  map.set(InstructionId(std::uint32_t{8}), {a, {3, 4}});
  EXPECT_EQ(to_json(map),
            "{\"version\":1,\"files\":[\"a \\\"quoted\\\".aqua\",\"b.aqua\"],"
            "\"places\":[0,0,10,10,7,1,-5,0,1,-1,-2,1]}");
  const auto again = parse_source_map(to_json(map));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, map);
  EXPECT_EQ(again->find(InstructionId(std::uint32_t{3})), std::nullopt);
  EXPECT_EQ(again->find(InstructionId(std::uint32_t{8}))->span.begin, 3u);
}

TEST(SourceMap, RefusesWhatLies) {
  for (const char* json : {"", "{}", "{\"version\":2,\"files\":[],\"places\":[]}",
                           "{\"version\":1,\"files\":[],\"places\":[0,0,0,0]}",
                           "{\"version\":1,\"files\":[\"a\"],\"places\":[0,1,0,0]}",
                           "{\"version\":1,\"files\":[\"a\"],\"places\":[0,0,-1,0]}",
                           "{\"version\":1,\"files\":[\"a\"],\"places\":[4000000000,0,0,0]}",
                           "{\"version\":1,\"files\":[\"a\"],\"places\":[0,0,0,0,0,0,0,0]}",
                           "{\"version\":1,\"files\":[\"a\"],\"places\":[0,0,0]}",
                           "{\"version\":1,\"files\":[\"a],\"places\":[]}",
                           "{\"version\":1,\"files\":[],\"places\":[]} x"}) {
    EXPECT_FALSE(parse_source_map(json).has_value()) << json;
  }
}

}  // namespace
}  // namespace aqua::air

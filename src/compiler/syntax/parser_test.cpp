#include "compiler/syntax/parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/syntax/dump.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::syntax {
namespace {

using diagnostics::Diagnostic;
using diagnostics::Source;
using diagnostics::SourceId;

// Places lie in the text, and all that is printed of a file can be printed.
void check(const Source& source, const ParsedFile& file) {
  const std::size_t size = source.text().size();
  const auto fits = [size](diagnostics::Span span) {
    return span.begin <= span.end && span.end <= size;
  };
  for (const Diagnostic& diagnostic : file.diagnostics) {
    ASSERT_FALSE(diagnostic.labels.empty());
    for (const diagnostics::Label& label : diagnostic.labels) ASSERT_TRUE(fits(label.span));
    for (const diagnostics::Edit& edit : diagnostic.edits) ASSERT_TRUE(fits(edit.place.span));
  }
  for (const Expr& expr : file.tree.exprs) ASSERT_TRUE(fits(expr.span));
  for (const TypeExpr& type : file.tree.types) ASSERT_TRUE(fits(type.span));
  for (const Statement& statement : file.tree.statements) {
    ASSERT_TRUE(fits(statement.span));
    ASSERT_TRUE(fits(statement.head));
  }
  dump(file.tree);
  dump_tokens(source);
  diagnostics::render_all(source, file.diagnostics, diagnostics::Colour::kOff);
}

constexpr std::string_view kPieces[] = {
    "aqua",
    "module",
    "declares",
    "import",
    "use",
    "export",
    "from",
    "as",
    "func",
    "data",
    "service",
    "ability",
    "const",
    "alias",
    "on",
    "via",
    "for",
    "par",
    "co",
    "try",
    "catch",
    "rec",
    "if",
    "else",
    "otherwise",
    "parseq",
    "join",
    "copy",
    "do",
    "while",
    "return",
    "let",
    "elif",
    "x",
    "y",
    "Srv",
    "LIMIT",
    "u8",
    "string",
    "true",
    "1",
    "0.5",
    "007",
    "\"s\"",
    "\"",
    "'q'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    ";",
    "!",
    "?",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    "<-",
    "<<-",
    "->",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "&&",
    "||",
    "--",
    "//",
    "#",
    "\xE2\x8A\xA4",
    "%init_peer_id%",
    ":=",
    "=>",
    "\n",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n\t",
    "\n      ",
    " ",
    "\xC3\xA9",
    "\xC2\xA0",
    "\\",
    "_x",
    "\r\n",
    "\nfunc f():\n  ",
    ":\n    ",
};

std::string soup(std::mt19937& random) {
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  std::string text = below(2) == 0 ? "func f():\n  " : "";
  const bool blanks = below(2) == 0;
  for (std::size_t count = below(200); count > 0; --count) {
    text += kPieces[below(std::size(kPieces))];
    if (blanks) text += ' ';
  }
  return text;
}

RC_GTEST_PROP(SyntaxParser, ReadsAnySoupOfTokens, (std::uint32_t seed)) {
  std::mt19937 random(seed);
  for (int i = 0; i < 50; ++i) {
    const Source source("soup.aqua", soup(random));
    check(source, parse(source, SourceId(0u)));
  }
}

RC_GTEST_PROP(SyntaxParser, ReadsAnyBytes, (const std::string& text)) {
  const Source source("bytes.aqua", text);
  check(source, parse(source, SourceId(0u)));
}

ParsedFile parse_text(const Source& source) {
  ParsedFile file = parse(source, SourceId(0u));
  check(source, file);
  return file;
}

// However deep the text is, no tree is deeper than what later stages may recurse into.
TEST(SyntaxParser, BoundsTheDepth) {
  constexpr std::size_t kMany = 3'000;
  const auto times = [](std::string_view piece) {
    std::string out;
    for (std::size_t i = 0; i < kMany; ++i) out += piece;
    return out;
  };
  std::string blocks;
  std::string blanks = "  ";
  for (std::size_t i = 0; i < 2'000; ++i, blanks += ' ') blocks += blanks + "on p:\n";
  const std::string bodies[] = {
      "  x = " + times("(") + "1" + times(")") + "\n",
      "  x = " + times("[") + "1" + times("]") + "\n",
      "  x = " + times("f(") + "1" + times(")") + "\n",
      "  x = " + times("!") + "y\n",
      "  x = y" + times("!") + "\n",
      "  x = y" + times(".z") + "\n",
      "  x = y" + times("[0]") + "\n",
      "  x = 1" + times(" + 1") + "\n",
      "  x = 1" + times(" ** 1") + "\n",
      "  s: " + times("*") + "u8\n",
      "  s: " + times("[]") + "u8\n",
      "  f = (x: " + times("(") + "u8\n",
      "  " + times("co ") + "f()\n",
      "  f()\n" + times("  otherwise:\n    f()\n"),
      "  f()\n" + times("  otherwise:\n    f()\n  par f()\n"),
      "  if x:\n    f()\n" + times("  else if x:\n    f()\n"),
      "  co if x:\n    f()\n" + times("  else if x:\n    f()\n"),
      blocks,
  };
  for (const std::string& body : bodies) {
    const Source source("deep.aqua", "func g():\n  f()\n  f()\n" + body + "  f()\n");
    const ParsedFile file = parse_text(source);
    ASSERT_EQ(file.diagnostics.size(), 1u)
        << body.substr(0, 100)
        << diagnostics::render_all(source, file.diagnostics, diagnostics::Colour::kOff);
    EXPECT_EQ(file.diagnostics[0].code, "A0003") << body.substr(0, 100);
  }
}

// Nothing that the grammar repeats counts as depth.
TEST(SyntaxParser, ReadsLongFiles) {
  std::string text = "func g():\n";
  for (int i = 0; i < 20'000; ++i) text += "  f(x)\n  par f(y)\n";
  text += "  f([";
  for (int i = 0; i < 20'000; ++i) text += "1, ";
  text += "2])\n";
  const Source source("long.aqua", text);
  const ParsedFile file = parse_text(source);
  EXPECT_TRUE(file.diagnostics.empty());
}

TEST(SyntaxParser, NamesTheTextOfNodes) {
  const Source source("spans.aqua",
                      "func f():\n  if x.y == g(1):\n    a <- h()\n  else:\n    b()\n");
  const ParsedFile file = parse_text(source);
  ASSERT_TRUE(file.diagnostics.empty());
  const auto text_of = [&source](diagnostics::Span span) {
    return source.text().substr(span.begin, span.end - span.begin);
  };
  const auto& function = std::get<Function>(file.tree.declarations.front());
  const Statement& statement = file.tree[function.body.statements.front()];
  EXPECT_EQ(text_of(statement.head), "if x.y == g(1)");
  EXPECT_EQ(text_of(statement.span), "if x.y == g(1):\n    a <- h()\n  else:\n    b()");
  const If& node = std::get<If>(statement.node);
  EXPECT_EQ(text_of(file.tree[node.condition].span), "x.y == g(1)");
  EXPECT_EQ(text_of(node.else_span), "else");
  EXPECT_EQ(text_of(node.then.span), "a <- h()");
  EXPECT_EQ(text_of(function.span), source.text().substr(0, source.text().size() - 1));
}

}  // namespace
}  // namespace aqua::syntax

#include "diagnostics/diagnostic.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "diagnostics/display_width.h"

namespace aqua::diagnostics {
namespace {

Diagnostic at(std::uint32_t begin, std::uint32_t end) {
  Diagnostic diagnostic;
  diagnostic.code = "X0001";
  diagnostic.message = "wrong";
  add_label(diagnostic, {begin, end}, "here");
  return diagnostic;
}

TEST(Source, CountsLinesAndCodePoints) {
  const Source source("f", "aé\r\n\nx");
  EXPECT_EQ(source.line_count(), 3u);
  EXPECT_EQ(source.line(1), "aé");
  EXPECT_EQ(source.line(2), "");
  EXPECT_EQ(source.line(3), "x");
  EXPECT_EQ(source.locate(3).column, 3u);
  EXPECT_EQ(source.locate(6).line, 3u);
  EXPECT_EQ(source.locate(1000).line, 3u);
}

TEST(Render, AlignsCaretsBehindTabsAndWideCharacters) {
  const Source source("f", "\t日 x\n");
  EXPECT_EQ(render(source, at(5, 6), Colour::kOff),
            "error[X0001]: wrong\n  --> f:1:4\n   |\n 1 |     日 x\n   |        ^ here\n");
}

TEST(Render, ReplacesWhatDisturbsATerminal) {
  const Source source("f", "\x1b[31m \xff x");
  const std::string text = render(source, at(8, 9), Colour::kOff);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(base::find_invalid_utf8(text), std::string_view::npos);
}

TEST(Render, MarksTheFirstAndTheLastLineOfALongPlace) {
  const Source source("f", "abc  \n  def\n\n");
  EXPECT_EQ(render(source, at(1, 13), Colour::kOff),
            "error[X0001]: wrong\n  --> f:1:2\n   |\n 1 | abc  \n   |  ^^\n"
            " 2 |   def\n   |   ^^^ here\n");
  const Source longer("f", "abc\n\n\ndef");
  EXPECT_EQ(render(longer, at(0, 8), Colour::kOff),
            "error[X0001]: wrong\n  --> f:1:1\n   |\n 1 | abc\n   | ^^^\n   | ...\n"
            " 4 | def\n   | ^^ here\n");
}

TEST(Render, EndsALongPlaceBeforeTheBlanksBehindIt) {
  const Source source("f", "abc  \n\ndef");
  EXPECT_EQ(render(source, at(1, 7), Colour::kOff),
            "error[X0001]: wrong\n  --> f:1:2\n   |\n 1 | abc  \n   |  ^^ here\n");
}

TEST(Render, GroupsPlacesBySource) {
  const std::vector<Source> sources = {Source("a", "one\n"),
                                       Source("b", "\n\n\n\n\n\n\n\n\n two\n")};
  Diagnostic diagnostic;
  diagnostic.code = "X0001";
  diagnostic.message = "wrong";
  diagnostic.hint = "mend it";
  add_label(diagnostic, Place{.source = SourceId(1u), .span = {10, 13}}, "here");
  add_label(diagnostic, Place{.source = SourceId(0u), .span = {0, 3}}, "defined here");
  add_label(diagnostic, Place{.source = SourceId(1u), .span = {0, 0}}, "too");
  EXPECT_EQ(render(sources, diagnostic, Colour::kOff),
            "error[X0001]: wrong\n"
            "   --> b:10:2\n"
            "    |\n"
            "  1 | \n"
            "    | - too\n"
            "    | ...\n"
            " 10 |  two\n"
            "    |  ^^^ here\n"
            "   ::: a:1:1\n"
            "    |\n"
            "  1 | one\n"
            "    | --- defined here\n"
            "    = hint: mend it\n");
}

TEST(Render, PlaceBehindTheEnd) {
  const Source source("f", "ab");
  EXPECT_EQ(render(source, at(2, 2), Colour::kOff),
            "error[X0001]: wrong\n  --> f:1:3\n   |\n 1 | ab\n   |   ^ here\n");
}

TEST(Render, ColoursOnlyWhenAsked) {
  const Source source("f", "ab");
  EXPECT_EQ(render(source, at(0, 1), Colour::kOff).find('\x1b'), std::string::npos);
  EXPECT_NE(render(source, at(0, 1), Colour::kOn).find("\x1b[1;31m"), std::string::npos);
}

TEST(Render, SaysHowManyAreLeftOut) {
  const Source source("f", "ab");
  const std::vector<Diagnostic> many(kRenderedMax + 7, at(0, 1));
  const std::string text = render_all(source, many, Colour::kOff);
  EXPECT_TRUE(text.ends_with("... and 7 more\n57 errors\n")) << text;
}

TEST(Json, EscapesAndReplaces) {
  const Source source("a\"b\n", "x");
  Diagnostic diagnostic = at(0, 1);
  diagnostic.message = "\x01\xff";
  EXPECT_EQ(
      to_json(source, diagnostic),
      "{\"code\":\"X0001\",\"severity\":\"error\",\"message\":\"\\u0001\uFFFD\",\"hint\":\"\","
      "\"places\":[{\"file\":\"a\\\"b\\n\",\"begin\":0,\"end\":1,\"line\":1,\"column\":1,"
      "\"text\":\"here\"}],\"edits\":[]}");
}

TEST(Json, NamesTheSourceOfEachPlaceAndEdit) {
  const std::vector<Source> sources = {Source("a", "x"), Source("b", "\ny")};
  Diagnostic diagnostic;
  diagnostic.code = "X0001";
  diagnostic.severity = Severity::kWarning;
  add_label(diagnostic, Place{.source = SourceId(1u), .span = {1, 2}}, "");
  add_edit(diagnostic, Place{.source = SourceId(0u), .span = {0, 1}}, "\"z\"");
  EXPECT_EQ(
      to_json(sources, diagnostic),
      "{\"code\":\"X0001\",\"severity\":\"warning\",\"message\":\"\",\"hint\":\"\","
      "\"places\":[{\"file\":\"b\",\"begin\":1,\"end\":2,\"line\":2,\"column\":1,\"text\":\"\"}],"
      "\"edits\":[{\"file\":\"a\",\"begin\":0,\"end\":1,\"replacement\":\"\\\"z\\\"\"}]}");
}

}  // namespace
}  // namespace aqua::diagnostics

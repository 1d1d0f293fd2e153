// Parses every file of tests/golden/aqua-syntax. A file holds the input and what is expected:
//
//   const X = 5
//   --==== tree
//   const X = 5
//   --==== diagnostics
//
// In the input a line "--@repeat N TEXT" stands for N times TEXT, without line ends; a line
// "--@base64 TEXT" for the bytes that TEXT encodes, without line end; and a line "--@no-newline"
// takes away the line end before it. AQUA_UPDATE_GOLDEN=1 rewrites what is expected.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "base/bytes.h"
#include "compiler/syntax/diagnostic_kinds.h"
#include "compiler/syntax/dump.h"
#include "compiler/syntax/parser.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::syntax {
namespace {

namespace fs = std::filesystem;
using diagnostics::Diagnostic;
using diagnostics::Edit;
using diagnostics::Source;
using diagnostics::SourceId;

constexpr std::string_view kFolder = "tests/golden/aqua-syntax";
constexpr std::string_view kSectionMark = "--==== ";
constexpr std::string_view kRepeatMark = "--@repeat ";
constexpr std::string_view kBase64Mark = "--@base64 ";
constexpr std::string_view kNoNewlineMark = "--@no-newline";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Golden {
  std::string input;     // as written, marks included
  std::string expected;  // from the first section mark on
};

Golden read_golden(const fs::path& path) {
  const std::string text = read_file(path);
  std::size_t sections = text.find(fmt::format("\n{}", kSectionMark));
  sections = sections == std::string::npos ? text.size() : sections + 1;
  if (text.starts_with(kSectionMark)) sections = 0;
  return {.input = text.substr(0, sections), .expected = text.substr(sections)};
}

std::string expand(const std::string& input) {
  std::string out;
  std::size_t at = 0;
  while (at < input.size()) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    const std::string line = input.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(kRepeatMark)) {
      char* rest = nullptr;
      const unsigned long count = std::strtoul(line.c_str() + kRepeatMark.size(), &rest, 10);
      const std::string_view piece = rest + 1;
      out.reserve(out.size() + count * piece.size());
      for (unsigned long i = 0; i < count; ++i) out += piece;
    } else if (line.starts_with(kBase64Mark)) {
      const auto bytes = base::base64_decode(std::string_view(line).substr(kBase64Mark.size()));
      EXPECT_TRUE(bytes) << line;
      if (bytes) out += base::as_text(*bytes);
    } else if (line == kNoNewlineMark) {
      if (out.ends_with('\n')) out.pop_back();
    } else {
      out += line;
      out += '\n';
    }
  }
  return out;
}

std::string with_edits(std::string text, std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, std::ranges::greater(),
                           [](const Edit& edit) { return edit.place.span.begin; });
  for (const Edit& edit : edits) {
    const diagnostics::Span span = edit.place.span;
    text.replace(span.begin, span.end - span.begin, edit.replacement);
  }
  return text;
}

std::size_t count_of(std::string_view code, const std::vector<Diagnostic>& all) {
  return static_cast<std::size_t>(std::ranges::count(all, code, &Diagnostic::code));
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".aqua") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class SyntaxGolden : public testing::TestWithParam<fs::path> {};

TEST_P(SyntaxGolden, IsReadAsExpected) {
  const Golden golden = read_golden(GetParam());
  const Source source("input.aqua", expand(golden.input));
  const ParsedFile file = parse(source, SourceId(0u));
  std::string result =
      fmt::format("{}tree\n{}{}diagnostics\n", kSectionMark, dump(file.tree), kSectionMark);
  if (!file.diagnostics.empty()) {
    result += diagnostics::render_all(source, file.diagnostics, diagnostics::Colour::kOff);
  }
  const char* const update = std::getenv("AQUA_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    if (result != golden.expected) {
      std::ofstream(GetParam(), std::ios::binary) << golden.input << result;
    }
    return;
  }
  EXPECT_EQ(result, golden.expected) << GetParam();
}

// Whoever takes the correction that a diagnostic offers is rid of it.
TEST_P(SyntaxGolden, EditsMendTheMistake) {
  const Source source("input.aqua", expand(read_golden(GetParam()).input));
  const ParsedFile file = parse(source, SourceId(0u));
  if (count_of(code_of(DiagnosticKind::kTooManyErrors), file.diagnostics) > 0) return;
  for (const Diagnostic& diagnostic : file.diagnostics) {
    if (diagnostic.edits.empty()) continue;
    const Source mended("mended.aqua", with_edits(std::string(source.text()), diagnostic.edits));
    const ParsedFile again = parse(mended, SourceId(0u));
    EXPECT_LT(count_of(diagnostic.code, again.diagnostics),
              count_of(diagnostic.code, file.diagnostics))
        << diagnostics::render(source, diagnostic, diagnostics::Colour::kOff) << mended.text();
  }
}

std::string test_name(const testing::TestParamInfo<fs::path>& file) {
  std::string name = file.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, SyntaxGolden, testing::ValuesIn(golden_files()), test_name);

// A new kind of diagnostic needs a case that shows it.
TEST(SyntaxDiagnosticKinds, EachHasAGoldenCase) {
  std::string all;
  for (const fs::path& file : golden_files()) all += read_golden(file).expected;
  for (const std::string_view code : kDiagnosticCodes) {
    EXPECT_TRUE(all.find(fmt::format("[{}]", code)) != std::string::npos) << code;
  }
}

}  // namespace
}  // namespace aqua::syntax

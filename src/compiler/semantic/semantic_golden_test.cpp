// Analyses every program of tests/golden/aqua-semantic and compares what is said of it. A file holds
// the program and what is expected:
//
//   aqua Main
//   export f
//   ...
//   -- @file lib.aqua
//   aqua Lib declares *
//   ...
//   -- @const NAME=literal
//   -- ==== diagnostics
//   -- ==== dump
//
// What stands above the first mark is main.aqua, the only file that gives output; imports name the
// other files. The section "dump" is checked where there is one. AQUA_UPDATE_GOLDEN=1 rewrites what
// is expected.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/semantic/analysis.h"
#include "compiler/semantic/diagnostic_kinds.h"
#include "compiler/semantic/dump.h"
#include "compiler/syntax/parser.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace aqua::semantic {
namespace {

namespace fs = std::filesystem;

using diagnostics::Diagnostic;
using diagnostics::Source;
using diagnostics::SourceId;

constexpr std::string_view kFileMark = "-- @file ";
constexpr std::string_view kConstantMark = "-- @const ";
constexpr std::string_view kDiagnosticsMark = "-- ==== diagnostics";
constexpr std::string_view kDumpMark = "-- ==== dump";
constexpr std::string_view kFolder = "tests/golden/aqua-semantic";

struct Golden {
  std::string head;  // all above the expectations, as written
  std::string expected_diagnostics;
  std::string expected_dump;
  bool has_dump = false;
};

Golden read_golden(const fs::path& path) {
  std::ifstream file(path);
  Golden golden;
  std::string* to = &golden.head;
  for (std::string line; std::getline(file, line);) {
    if (line == kDiagnosticsMark) {
      to = &golden.expected_diagnostics;
    } else if (line == kDumpMark) {
      to = &golden.expected_dump;
      golden.has_dump = true;
    } else {
      *to += line + "\n";
    }
  }
  return golden;
}

// The files of one case, parsed.
class Case {
 public:
  explicit Case(const std::string& head) {
    split(head);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      parsed_.push_back(syntax::parse(sources_[i], SourceId(i)));
      for (const Diagnostic& diagnostic : parsed_.back().diagnostics) all_.push_back(diagnostic);
    }
    position_.assign(sources_.size(), kNoModule);
    place(0);
    modules_.back().is_input = true;
    Analysis analysis = analyse(modules_, options_);
    for (Diagnostic& diagnostic : analysis.diagnostics) all_.push_back(std::move(diagnostic));
    dump_ = dump(analysis.program);
  }

  const std::string& dumped() const { return dump_; }
  std::string diagnostics() const {
    std::string out;
    for (const Diagnostic& diagnostic : all_) out += text(diagnostic);
    return out;
  }

 private:
  void split(const std::string& head) {
    std::string name = "main.aqua";
    std::string content;
    std::size_t at = 0;
    while (at < head.size()) {
      const std::size_t end = head.find('\n', at) + 1;
      const std::string line = head.substr(at, end - at - 1);
      at = end;
      if (line.starts_with(kFileMark)) {
        sources_.emplace_back(std::exchange(name, line.substr(kFileMark.size())),
                              std::exchange(content, {}));
      } else if (line.starts_with(kConstantMark)) {
        const std::string text = line.substr(kConstantMark.size());
        const std::size_t equals = text.find('=');
        options_.constants.push_back({text.substr(0, equals), text.substr(equals + 1)});
      } else {
        content += line + "\n";
      }
    }
    sources_.emplace_back(name, content);
  }

  // After what it imports; gives its position.
  std::uint32_t place(std::size_t file) {
    if (position_[file] != kNoModule) return position_[file];
    Module module{
        .source = SourceId(file), .tree = &parsed_[file].tree, .imports = {}, .unreadable = {}};
    for (const syntax::Import& import : parsed_[file].tree.imports) {
      const auto found = std::ranges::find(sources_, std::string(import.path), &Source::name);
      module.imports.push_back(
          found == sources_.end()
              ? kNoModule
              : place(static_cast<std::size_t>(std::distance(sources_.begin(), found))));
    }
    for (const Diagnostic& diagnostic : parsed_[file].diagnostics) {
      if (is_error(diagnostic)) module.unreadable.push_back(diagnostic.labels[0].span);
    }
    modules_.push_back(std::move(module));
    return position_[file] = static_cast<std::uint32_t>(modules_.size() - 1);
  }

  std::string text(const Diagnostic& diagnostic) const {
    std::string out = fmt::format(
        "{}[{}]: {}\n", diagnostic.severity == diagnostics::Severity::kError ? "error" : "warning",
        diagnostic.code, diagnostic.message);
    for (const diagnostics::Label& label : diagnostic.labels) {
      out += fmt::format("  {}{}{}\n", text({label.source, label.span}),
                         label.text.empty() ? "" : ": ", label.text);
    }
    if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", diagnostic.hint);
    for (const diagnostics::Edit& edit : diagnostic.edits) {
      out += fmt::format("  edit: {} -> '{}'\n", text(edit.place), edit.replacement);
    }
    return out;
  }
  std::string text(diagnostics::Place place) const {
    const Source& source = sources_[place.source.value];
    const auto at = source.locate(place.span.begin);
    std::string word(source.text().substr(place.span.begin, place.span.end - place.span.begin));
    std::ranges::replace(word, '\n', ' ');
    return fmt::format("{}:{}:{} '{}'", source.name(), at.line, at.column, word);
  }

  std::deque<Source> sources_;
  std::deque<syntax::ParsedFile> parsed_;
  std::vector<std::uint32_t> position_;  // by file, in modules_
  std::vector<Module> modules_;
  AnalysisOptions options_;
  std::vector<Diagnostic> all_;
  std::string dump_;
};

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kFolder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

class SemanticGolden : public testing::TestWithParam<fs::path> {};

TEST_P(SemanticGolden, SaysWhatIsExpected) {
  const Golden golden = read_golden(GetParam());
  const Case result(golden.head);
  const char* const update = std::getenv("AQUA_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    std::ofstream out(GetParam());
    out << golden.head << kDiagnosticsMark << '\n' << result.diagnostics();
    if (golden.has_dump) out << kDumpMark << '\n' << result.dumped();
    return;
  }
  EXPECT_EQ(result.diagnostics(), golden.expected_diagnostics) << GetParam();
  if (golden.has_dump) {
    EXPECT_EQ(result.dumped(), golden.expected_dump) << GetParam();
  }
}

INSTANTIATE_TEST_SUITE_P(All, SemanticGolden, testing::ValuesIn(golden_files()),
                         [](const testing::TestParamInfo<fs::path>& file) {
                           std::string name = file.param.stem().string();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// A new kind of diagnostic needs a case that shows it.
TEST(SemanticDiagnosticKinds, EachHasAGoldenCase) {
  std::string all;
  for (const fs::path& file : golden_files()) all += read_golden(file).expected_diagnostics;
  for (const DiagnosticInfo& info : kDiagnosticInfos) {
    EXPECT_TRUE(all.find(info.code) != std::string::npos) << info.code;
  }
}

}  // namespace
}  // namespace aqua::semantic

// Every code has a page in docs/errors/, every page a code, and the examples of a page are what it
// says: the wrong one has this mistake, the right one has none.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "air/parser.h"
#include "air/validator.h"
#include "compiler/compilation.h"
#include "compiler/diagnostic_kinds.h"
#include "compiler/model/diagnostic_kinds.h"
#include "compiler/semantic/diagnostic_kinds.h"
#include "compiler/syntax/diagnostic_kinds.h"
#include "compiler/topology/diagnostic_kinds.h"
#include "config/diagnostic_kinds.h"
#include "config/network.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/explanation.h"
#include "report/diagnostic_kinds.h"
#include "sim/diagnostic_kinds.h"
#include "sim/scenario.h"

namespace aqua {
namespace {

using diagnostics::Diagnostic;
using diagnostics::Explanation;

struct Found {
  std::vector<Diagnostic> diagnostics;
  std::string shown;
};

Found found_in(std::string_view text, std::vector<Diagnostic> mistakes) {
  const diagnostics::Source source("example", std::string(text));
  std::string shown = render_all(source, mistakes, diagnostics::Colour::kOff);
  return {std::move(mistakes), std::move(shown)};
}

Found find_air_mistakes(std::string_view text) {
  const auto tree = air::parse_syntax(text);
  return found_in(text, tree ? air::validate(*tree, text) : tree.error());
}

Found find_scenario_mistakes(std::string_view text) {
  auto scenario = sim::parse_scenario(text);
  return found_in(text, scenario ? std::vector<Diagnostic>() : std::move(scenario.error()));
}

// Behind a line "-- @file NAME" begins a file that the example imports.
Found find_aqua_mistakes(std::string_view text) {
  constexpr std::string_view kMark = "-- @file ";
  std::map<std::string, std::string, std::less<>> files;
  std::string* file = &files["/main.aqua"];
  for (const auto part : std::views::split(text, '\n')) {
    const std::string_view line(part);
    if (line.starts_with(kMark)) {
      file = &files[fmt::format("/{}", line.substr(kMark.size()))];
    } else {
      *file += fmt::format("{}\n", line);
    }
  }
  const compiler::FileAccess access{[&files](const std::string& path) {
    const auto known = files.find(path);
    return known == files.end() ? compiler::FileAccess::Answer()
                                : compiler::FileAccess::Answer{.text = known->second};
  }};
  compiler::Options options;
  options.shown_from = "/";
  compiler::Compilation result = compiler::check({"/main.aqua"}, options, access);
  std::string shown = render_all(result.sources, result.diagnostics, diagnostics::Colour::kOff);
  return {std::move(result.diagnostics), std::move(shown)};
}

Found find_network_mistakes(std::string_view text) {
  auto network = config::parse_network(diagnostics::Source("example", std::string(text)));
  return found_in(text, network ? std::vector<Diagnostic>() : std::move(network.error()));
}

Found find_none(std::string_view) { return {}; }

// The codes of one diagnostic_kinds.h, and who reads examples in `language` for them. Examples in
// other languages ("text") are not checked.
struct List {
  std::span<const std::string_view> codes;
  std::string_view language;
  Found (*find_mistakes)(std::string_view text);
  bool is_only_mistake = false;  // a wrong example has no other mistake
};

const List kLists[] = {
    {air::kDiagnosticCodes, "air", find_air_mistakes},
    {sim::kDiagnosticCodes, "air", find_scenario_mistakes},
    {syntax::kDiagnosticCodes, "aqua", find_aqua_mistakes, true},
    {semantic::kDiagnosticCodes, "aqua", find_aqua_mistakes, true},
    {model::kDiagnosticCodes, "aqua", find_aqua_mistakes, true},
    {topology::kDiagnosticCodes, "aqua", find_aqua_mistakes, true},
    {compiler::kDiagnosticCodes, "aqua", find_aqua_mistakes, true},
    {config::kDiagnosticCodes, "toml", find_network_mistakes},
    {report::kDiagnosticCodes, "aqua", find_none},  // of runs: their examples are text
};

TEST(Errors, EveryCodeHasAPage) {
  for (const List& list : kLists) {
    for (const std::string_view code : list.codes) {
      EXPECT_NE(diagnostics::explanation(code), nullptr) << "docs/errors/" << code << ".md";
    }
  }
}

TEST(Errors, EveryPageHasACode) {
  std::set<std::string_view> codes;
  for (const List& list : kLists) codes.insert(list.codes.begin(), list.codes.end());
  for (const Explanation& page : diagnostics::explanations()) {
    EXPECT_TRUE(codes.contains(page.code)) << "docs/errors/" << page.code << ".md";
  }
}

TEST(Errors, CodesAreUnique) {
  std::set<std::string_view> codes;
  for (const List& list : kLists) {
    for (const std::string_view code : list.codes) EXPECT_TRUE(codes.insert(code).second) << code;
  }
}

TEST(Errors, PagesHaveTheirForm) {
  for (const Explanation& page : diagnostics::explanations()) {
    SCOPED_TRACE(page.code);
    EXPECT_FALSE(page.title.empty()) << "the first line is '# CODE: TITLE'";
    EXPECT_FALSE(page.title.ends_with('.'));
    EXPECT_FALSE(page.text.empty() || page.text.starts_with("```"));
    const std::string shown = render(page, diagnostics::Colour::kOff);
    EXPECT_EQ(shown.find("```"), std::string::npos) << "a block is not closed";
  }
}

TEST(Errors, ExamplesAreWhatTheySay) {
  for (const List& list : kLists) {
    for (const std::string_view code : list.codes) {
      const Explanation* const page = diagnostics::explanation(code);
      if (page == nullptr) continue;
      for (const diagnostics::Example& example : examples_of(*page)) {
        if (example.language != list.language) continue;
        SCOPED_TRACE(std::string(code) + (example.is_right ? " right" : " wrong"));
        const Found found = list.find_mistakes(example.text);
        const auto count = static_cast<std::size_t>(
            std::ranges::count(found.diagnostics, code, &Diagnostic::code));
        if (example.is_right) {
          EXPECT_TRUE(found.diagnostics.empty()) << found.shown;
        } else {
          EXPECT_GT(count, 0U) << found.shown;
          if (list.is_only_mistake) {
            EXPECT_EQ(count, found.diagnostics.size()) << found.shown;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace aqua

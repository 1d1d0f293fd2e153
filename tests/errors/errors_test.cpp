// Every code has a page in docs/errors/, every page a code, and the examples of a page are what it
// says: the wrong one has this mistake, the right one has none.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "air/parser.h"
#include "air/validator.h"
#include "config/diagnostic_kinds.h"
#include "config/network.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/explanation.h"
#include "report/diagnostic_kinds.h"
#include "sim/diagnostic_kinds.h"
#include "sim/scenario.h"

namespace aqua {
namespace {

using Diagnostics = std::vector<diagnostics::Diagnostic>;
using diagnostics::Explanation;

Diagnostics find_air_mistakes(std::string_view text) {
  const auto tree = air::parse_syntax(text);
  return tree ? air::validate(*tree, text) : tree.error();
}

Diagnostics find_scenario_mistakes(std::string_view text) {
  const auto scenario = sim::parse_scenario(text);
  return scenario ? Diagnostics() : scenario.error();
}

Diagnostics find_network_mistakes(std::string_view text) {
  const auto network = config::parse_network(diagnostics::Source("example", std::string(text)));
  return network ? Diagnostics() : network.error();
}

Diagnostics find_none(std::string_view) { return {}; }

// The codes of one diagnostic_kinds.h, and who reads examples in `language` for them. Examples in
// other languages ("text") are not checked.
struct List {
  std::span<const std::string_view> codes;
  std::string_view language;
  Diagnostics (*find_mistakes)(std::string_view text);
};

const List kLists[] = {
    {air::kDiagnosticCodes, "air", find_air_mistakes},
    {sim::kDiagnosticCodes, "air", find_scenario_mistakes},
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
        const Diagnostics found = list.find_mistakes(example.text);
        const diagnostics::Source source("example", std::string(example.text));
        const bool has_code =
            std::ranges::find(found, code, &diagnostics::Diagnostic::code) != found.end();
        EXPECT_EQ(example.is_right ? found.empty() : has_code, true)
            << render_all(source, found, diagnostics::Colour::kOff);
      }
    }
  }
}

}  // namespace
}  // namespace aqua

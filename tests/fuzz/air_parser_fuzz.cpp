// Any bytes: either diagnostics that can be rendered, or a tree that prints, formats and reads back
// equal. Run: air_parser_fuzz tests/fuzz/corpus/air_parser

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "air/formatter.h"
#include "air/parser.h"
#include "air/printer.h"
#include "air/validator.h"
#include "base/bytes.h"
#include "base/check.h"

namespace {

using namespace aqua;

void check_diagnostics(std::string_view text, const std::vector<diagnostics::Diagnostic>& found) {
  AQUA_CHECK(!found.empty(), "refused without a reason");
  const diagnostics::Source source("fuzz.air", std::string(text));
  for (const diagnostics::Diagnostic& diagnostic : found) {
    AQUA_CHECK(!diagnostic.labels.empty(), "{} has no place", diagnostic.code);
    for (const diagnostics::Label& label : diagnostic.labels) {
      AQUA_CHECK(label.span.begin <= label.span.end && label.span.end <= text.size(),
                 "{}: place {}-{} of {}", diagnostic.code, label.span.begin, label.span.end,
                 text.size());
    }
  }
  render_all(source, found, diagnostics::Colour::kOff);
  to_json(source, found);
}

void check_tree(std::string_view text, const air::Tree& tree) {
  const std::string printed = air::print(tree);
  const auto again = air::parse_syntax(printed);
  AQUA_CHECK(again.has_value(), "does not read back: {}", printed);
  AQUA_CHECK(air::equal(tree, *again), "reads back different: {}", printed);

  const auto formatted = air::format_script(text);
  AQUA_CHECK(formatted.has_value(), "can not be formatted");
  const auto of_formatted = air::parse_syntax(*formatted);
  AQUA_CHECK(of_formatted.has_value(), "its layout does not read back: {}", *formatted);
  AQUA_CHECK(air::equal(tree, *of_formatted), "its layout reads back different: {}", *formatted);
  const auto twice = air::format_script(*formatted);
  AQUA_CHECK(twice.has_value() && *twice == *formatted, "its layout changes again: {}", *formatted);

  for (std::size_t i = 0; i < tree.instructions.size(); ++i) {
    air::print_instruction(tree, air::InstructionId(i));
    const diagnostics::Span span = tree.spans[i];
    AQUA_CHECK(text[span.begin] == '(' && text[span.end - 1] == ')', "place {}-{}", span.begin,
               span.end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  const auto tree = air::parse_syntax(text);
  if (!tree) {
    check_diagnostics(text, tree.error());
    return 0;
  }
  check_tree(text, *tree);
  const auto violations = air::validate(*tree, text);
  if (!violations.empty()) check_diagnostics(text, violations);
  AQUA_CHECK(air::validate(*tree, "").size() == violations.size(),
             "the text decides about violations");
  return 0;
}

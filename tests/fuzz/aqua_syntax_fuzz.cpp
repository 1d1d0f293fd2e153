// Any bytes: a tree and diagnostics whose places lie in the text, all of which can be printed; and
// a correction that is offered can be made. Run: aqua_syntax_fuzz tests/fuzz/corpus/aqua_syntax

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "compiler/syntax/dump.h"
#include "compiler/syntax/parser.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace {

using namespace aqua;

void check_span(std::string_view text, diagnostics::Span span) {
  AQUA_CHECK(span.begin <= span.end && span.end <= text.size(), "place {}-{} of {}", span.begin,
             span.end, text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const diagnostics::Source source("fuzz.aqua", std::string(base::as_text({data, size})));
  const std::string_view text = source.text();
  const syntax::ParsedFile file = syntax::parse(source, diagnostics::SourceId(0u));
  for (const diagnostics::Diagnostic& diagnostic : file.diagnostics) {
    AQUA_CHECK(!diagnostic.labels.empty(), "{} has no place", diagnostic.code);
    for (const diagnostics::Label& label : diagnostic.labels) check_span(text, label.span);
    for (const diagnostics::Edit& edit : diagnostic.edits) check_span(text, edit.place.span);
  }
  for (const syntax::Expr& expr : file.tree.exprs) check_span(text, expr.span);
  for (const syntax::TypeExpr& type : file.tree.types) check_span(text, type.span);
  for (const syntax::Statement& statement : file.tree.statements) {
    check_span(text, statement.span);
    check_span(text, statement.head);
  }
  syntax::dump(file.tree);
  syntax::dump_tokens(source);
  diagnostics::render_all(source, file.diagnostics, diagnostics::Colour::kOff);
  diagnostics::to_json(source, file.diagnostics);
  return 0;
}

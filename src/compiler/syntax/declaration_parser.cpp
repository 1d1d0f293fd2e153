#include "compiler/syntax/declaration_parser.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/syntax/words.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

namespace {

bool is_constant_name(std::string_view name) {
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') return false;
  }
  return true;
}

struct ForeignKeyword {
  std::string_view foreign;
  std::string_view keyword;
};
constexpr ForeignKeyword kForeignKeywords[] = {
    {"fn", "func"},           {"fun", "func"},       {"def", "func"},      {"function", "func"},
    {"struct", "data"},       {"class", "data"},     {"record", "data"},   {"type", "data"},
    {"interface", "ability"}, {"trait", "ability"},  {"let", "const"},     {"var", "const"},
    {"include", "import"},    {"require", "import"}, {"typedef", "alias"}, {"package", "aqua"},
    {"namespace", "aqua"},
};

}  // namespace

void DeclarationParser::file() {
  while (!cursor_.is_at_end()) {
    if (cursor_.reporter().is_full()) {
      cursor_.reporter().add_that_it_is_full(cursor_.token().span);
      return;
    }
    const std::size_t before = cursor_.index();
    top_line();
    if (cursor_.index() == before) cursor_.advance();
  }
}

void DeclarationParser::top_line() {
  cursor_.begin_statement();
  cursor_.begin_declaration();
  const std::string_view indentation = cursor_.indentation();
  const bool is_module_line = cursor_.is_word("aqua") || cursor_.is_word("module");
  // Of lines with the same indentation, the first is reported.
  if (!indentation.empty() && !is_module_line && indentation != reported_indentation_) {
    const std::uint32_t begin = cursor_.begin();
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kUnexpectedIndentation, cursor_.token().span,
                       "this line is indented, but stands in no block", {},
                       "declarations begin in the first column");
    cursor_.edit(diagnostic, {begin - static_cast<std::uint32_t>(indentation.size()), begin}, "");
  }
  reported_indentation_ = indentation;
  if (!declaration()) not_a_declaration();
  if (!cursor_.token().starts_line && !cursor_.is_at_end()) cursor_.give_up();
  // Lines that a broken head was meant to open.
  if (cursor_.has_failed()) statements_.discard_block(indentation);
}

// Whether the current word is the keyword of a declaration: another word follows.
bool DeclarationParser::heads_declaration() const {
  const TokenKind next = cursor_.next();
  return next == TokenKind::kIdentifier || next == TokenKind::kString ||
         next == TokenKind::kLineEnd || next == TokenKind::kInvalid ||
         next == TokenKind::kInteger || next == TokenKind::kOpenRound || next == TokenKind::kStar;
}

bool DeclarationParser::declaration() {
  if (!cursor_.is(TokenKind::kIdentifier) || !heads_declaration()) return false;
  const std::string_view word = cursor_.text();
  if (word == "aqua" || word == "module") {
    module_line();
    return true;
  }
  const bool is_use = word == "use";
  if (is_use || word == "import" || word == "export") {
    const bool is_line = word != "export" || !cursor_.next_is_word("func");
    if (has_body_begun_ && is_line) {
      cursor_.report(DiagnosticKind::kHeaderAfterBody, cursor_.token().span,
                     fmt::format("'{}' lines come before all other declarations", word), {},
                     "move the line to the top of the file");
    }
    // "export func f():"
    if (word == "export" && cursor_.next_is_word("func") &&
        cursor_.next(2) == TokenKind::kIdentifier) {
      const Span gap{cursor_.begin(), cursor_.token(1).span.begin};
      Diagnostic& diagnostic = cursor_.report(
          DiagnosticKind::kForeignSyntax, cursor_.token().span,
          "'export' is a line of its own at the top of the file", {},
          fmt::format("write 'export {}' there", cursor_.text(cursor_.token(2).span)));
      cursor_.edit(diagnostic, gap, "");
      cursor_.advance();
      return declaration();
    }
    word == "export" ? export_line() : import_line();
    return true;
  }
  const bool is_foreign = [word] {
    for (const ForeignKeyword& candidate : kForeignKeywords) {
      if (candidate.foreign == word) return true;
    }
    return false;
  }();
  const bool is_ours = word == "func" || word == "data" || word == "ability" || word == "service" ||
                       word == "const" || word == "alias";
  if (!is_ours && !is_foreign) return false;
  const bool is_inside = !cursor_.statement_indentation().empty() && has_body_begun_;
  if (is_foreign && (is_inside || (cursor_.next() != TokenKind::kIdentifier &&
                                   cursor_.next() != TokenKind::kString))) {
    return false;
  }
  std::string_view keyword = word;
  if (is_foreign) {
    for (const ForeignKeyword& candidate : kForeignKeywords) {
      if (candidate.foreign == word) keyword = candidate.keyword;
    }
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                                            fmt::format("Aqua has no {}", quoted(word)), {},
                                            fmt::format("write '{}'", keyword));
    cursor_.edit(diagnostic, cursor_.token().span, std::string(keyword));
    if (keyword == "import" || keyword == "aqua") {
      keyword == "import" ? import_line() : module_line();
      return true;
    }
  } else if (is_inside) {
    cursor_.report(DiagnosticKind::kDeclarationInBody, cursor_.token().span,
                   fmt::format("'{}' begins a declaration, which stands in no block", word), {},
                   word == "func" ? "begin it in the first column; a function inside a function is "
                                    "a closure: 'f = (x: u8) -> u8:'"
                                  : "begin it in the first column");
  }
  has_body_begun_ = true;
  if (keyword == "func") {
    function();
  } else if (keyword == "const") {
    constant();
  } else if (keyword == "alias") {
    alias();
  } else {
    fields(keyword);
  }
  return true;
}

void DeclarationParser::not_a_declaration() {
  const Span place = cursor_.token().span;
  if (cursor_.is(TokenKind::kCloseCurly) && cursor_.close_brace()) {
    if (!cursor_.is(TokenKind::kLineEnd)) cursor_.give_up();
    return;
  }
  // Of lines that follow each other, the first is reported.
  if (stray_end_ == cursor_.index() && stray_end_ != 0) {
    cursor_.give_up();
    statements_.discard_block(cursor_.statement_indentation());
    stray_end_ = cursor_.index();
    return;
  }
  if (cursor_.is(TokenKind::kInvalid)) {
    cursor_.give_up();
    return;
  }
  if (cursor_.is(TokenKind::kCloseCurly) || cursor_.is(TokenKind::kSemicolon)) {
    cursor_.fail(DiagnosticKind::kForeignSyntax, place,
                 fmt::format("{} ends nothing in Aqua", cursor_.describe_now()), {},
                 "take it away: a block ends where the lines are less far in");
    return;
  }
  const bool is_statement = has_body_begun_ && !cursor_.tree().declarations.empty() &&
                            std::holds_alternative<Function>(cursor_.tree().declarations.back());
  if (cursor_.is(TokenKind::kIdentifier) && cursor_.next() == TokenKind::kAssign && !is_statement) {
    cursor_.fail(DiagnosticKind::kDeclarationExpected, place, "a constant is declared with 'const'",
                 {}, fmt::format("write 'const {} = ...'", upper_case(cursor_.text())));
    return;
  }
  if (cursor_.is(TokenKind::kIdentifier) && cursor_.line_ends_with_colon() &&
      cursor_.next() == TokenKind::kOpenRound) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kDeclarationExpected, place,
                                            "a function is declared with 'func'", {},
                                            fmt::format("write 'func {}(...)'", cursor_.text()));
    cursor_.edit(diagnostic, {place.begin, place.begin}, "func ");
    cursor_.give_up();
    return;
  }
  cursor_.fail(DiagnosticKind::kDeclarationExpected, place,
               is_statement ? "this line stands outside of the function above"
                            : fmt::format("no declaration begins with {}", cursor_.describe_now()),
               {},
               is_statement ? "indent it as the lines of the function"
                            : "declarations begin with const, alias, data, ability, service or "
                              "func; statements stand in a 'func'");
  statements_.discard_block(cursor_.statement_indentation());
  stray_end_ = cursor_.index();
}

// --- declarations -----------------------------------------------------------------------

// The name after a keyword. `what`: "a function"
Name DeclarationParser::defined_name(std::string_view what, bool is_type) {
  if (!cursor_.is(TokenKind::kIdentifier)) {
    const bool is_line_end = cursor_.is(TokenKind::kLineEnd);
    cursor_.fail(
        DiagnosticKind::kNameExpected,
        is_line_end ? cursor_.after_previous() : cursor_.token().span,
        is_line_end || cursor_.is(TokenKind::kOpenRound)
            ? fmt::format("the name of {} is missing", what)
            : fmt::format("the name of {} belongs here, not {}", what, cursor_.describe_now()));
    return {};
  }
  Name name = cursor_.take_name();
  // "my-func"
  if (cursor_.is(TokenKind::kMinus) && !cursor_.token().after_blank &&
      cursor_.next() == TokenKind::kIdentifier) {
    std::string corrected(name.text);
    Span place = name.span;
    while (cursor_.is(TokenKind::kMinus) && cursor_.next() == TokenKind::kIdentifier &&
           !cursor_.token().after_blank) {
      cursor_.advance();
      corrected += '_';
      corrected += cursor_.text();
      place.end = cursor_.token().span.end;
      cursor_.advance();
    }
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kMalformedName, place, "a name has no '-'", {},
                       fmt::format("call it {}", quoted(corrected)));
    cursor_.edit(diagnostic, place, corrected);
    name.span = place;
  }
  if (!is_type) {
    check_lower_case(cursor_, name, what);
  } else if (!is_upper(name.text)) {
    const std::string corrected = capitalised(name.text);
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kNameCase, name.span,
                       fmt::format("the name of {} starts with a capital letter", what), {},
                       fmt::format("call it {}", quoted(corrected)));
    cursor_.edit(diagnostic, name.span, corrected);
  }
  return name;
}

void DeclarationParser::constant() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  Constant constant;
  if (!cursor_.is(TokenKind::kIdentifier)) {
    cursor_.fail(DiagnosticKind::kNameExpected, cursor_.after_previous(),
                 "the name of a constant is missing", {}, "write 'const NAME = value'");
  } else {
    constant.name = cursor_.take_name();
    if (!is_constant_name(constant.name.text)) {
      const std::string corrected = upper_case(constant.name.text);
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kNameCase, constant.name.span,
                                              "the name of a constant has capital letters only", {},
                                              fmt::format("call it {}", quoted(corrected)));
      cursor_.edit(diagnostic, constant.name.span, corrected);
    }
  }
  if (cursor_.is(TokenKind::kColon)) {
    const std::uint32_t colon = cursor_.begin();
    cursor_.advance();
    types_.basic_type();
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kTypedAssignment, {colon, cursor_.previous().span.end},
                       "a constant gets its type from its value", {}, "take the type away");
    cursor_.edit(diagnostic, {colon, cursor_.previous().span.end}, "");
  }
  if (cursor_.is(TokenKind::kQuestion) && cursor_.next() == TokenKind::kAssign) {
    constant.is_default = true;
    cursor_.advance();
  }
  if (cursor_.is(TokenKind::kEqual) || cursor_.is(TokenKind::kLeftArrow) ||
      (cursor_.is(TokenKind::kForeign) && cursor_.text() == ":=")) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignOperator, cursor_.token().span,
                                            "a constant gets its value with '='", {}, "write '='");
    cursor_.edit(diagnostic, cursor_.token().span, "=");
    cursor_.advance();
  } else if (!cursor_.accept(TokenKind::kAssign)) {
    cursor_.fail(DiagnosticKind::kConstantValue, cursor_.after_previous(),
                 "'=' and a value are missing here", {}, "write 'const NAME = value'");
  }
  if (!cursor_.has_failed()) {
    cursor_.continue_deeper_line();
    constant.value = expressions_.expression();
  }
  if (!cursor_.has_failed()) {
    const Expr& value = cursor_.tree()[constant.value];
    const bool is_simple =
        !std::holds_alternative<CollectionLiteral>(value.node) &&
        !std::holds_alternative<Member>(value.node) && !std::holds_alternative<Index>(value.node) &&
        !std::holds_alternative<CallExpr>(value.node) && !std::holds_alternative<Not>(value.node) &&
        !std::holds_alternative<Binary>(value.node);
    if (!is_simple) {
      cursor_.report(DiagnosticKind::kConstantValue, value.span,
                     "the value of a constant is a literal or the name of another constant", {},
                     "compute it in a function");
      constant.value = ExprId(cursor_.tree().exprs.size());
      cursor_.tree().exprs.push_back({value.span, InvalidExpr{}});
    }
  }
  statements_.finish();
  constant.span = cursor_.span_from(begin);
  if (constant.name.text.empty() || constant.value.is_none()) return;
  cursor_.tree().declarations.emplace_back(constant);
}

void DeclarationParser::alias() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  Alias alias;
  alias.name = defined_name("a type", true);
  if (cursor_.is(TokenKind::kAssign)) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kColonMissing, cursor_.token().span,
                       "a colon stands between an alias and its type", {}, "write ':'");
    cursor_.edit(diagnostic, cursor_.token().span, ":");
    cursor_.advance();
  } else if (!cursor_.accept(TokenKind::kColon)) {
    cursor_.fail(DiagnosticKind::kColonMissing, cursor_.after_previous(),
                 "a colon and a type are missing here", {}, "write 'alias Name: type'");
  }
  if (!cursor_.has_failed()) alias.type = types_.type();
  statements_.finish();
  alias.span = cursor_.span_from(begin);
  if (alias.name.text.empty() || alias.type.is_none()) return;
  cursor_.tree().declarations.emplace_back(alias);
}

void DeclarationParser::function() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  Function function;
  function.name = defined_name("a function", false);
  if (!cursor_.has_failed()) {
    function.header = types_.arrow_header();
  }
  function.body = statements_.arrow_body(begin);
  function.span = cursor_.span_from(begin);
  if (function.name.text.empty()) return;
  cursor_.tree().declarations.emplace_back(std::move(function));
}

void DeclarationParser::fields(std::string_view keyword) {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  const Name name = defined_name(keyword == "data"      ? "a data type"
                                 : keyword == "ability" ? "an ability"
                                                        : "a service",
                                 true);
  ExprId id;
  if (keyword == "service" && cursor_.is(TokenKind::kString)) {
    const Span place = cursor_.token().span;
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, place,
                                            "the id of a service stands in brackets", {},
                                            fmt::format("write 'service {}(...)'", name.text));
    cursor_.edit(diagnostic, {place.begin, place.begin}, "(");
    cursor_.edit(diagnostic, {place.end, place.end}, ")");
    id = expressions_.expression();
  } else if (keyword == "service" && cursor_.is(TokenKind::kOpenRound)) {
    const Span opening = cursor_.token().span;
    cursor_.open_bracket();
    if (cursor_.is(TokenKind::kCloseRound)) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kValueExpected, {opening.begin, cursor_.token().span.end},
                         "the id of the service is missing between the brackets", {},
                         "a service without a default id has no brackets");
      cursor_.edit(diagnostic, {opening.begin, cursor_.token().span.end}, "");
    } else {
      id = expressions_.expression();
    }
    if (cursor_.is(TokenKind::kCloseRound)) {
      cursor_.close_bracket();
    } else {
      cursor_.fail(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                   "add ')' after the id");
    }
  }
  std::vector<FieldDeclaration> fields = members(keyword, begin);
  const Span span = cursor_.span_from(begin);
  if (name.text.empty()) return;
  std::vector<Declaration>& declarations = cursor_.tree().declarations;
  if (keyword == "data") {
    declarations.emplace_back(Data{name, std::move(fields), span});
  } else if (keyword == "ability") {
    declarations.emplace_back(AbilityDeclaration{name, std::move(fields), span});
  } else {
    declarations.emplace_back(ServiceDeclaration{name, id, std::move(fields), span});
  }
}

std::vector<FieldDeclaration> DeclarationParser::members(std::string_view keyword,
                                                         std::uint32_t head_begin) {
  std::vector<FieldDeclaration> members;
  const std::string_view outer = cursor_.statement_indentation();
  const std::string_view what = keyword == "service" ? "methods" : "fields";
  bool needs_lines = !cursor_.has_failed();
  if (needs_lines) {
    const Span head = cursor_.span_from(head_begin);
    if (cursor_.accept(TokenKind::kColon)) {
      if (!cursor_.is(TokenKind::kLineEnd)) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kBlockOnSameLine, cursor_.token().span,
                           fmt::format("the {} stand on lines of their own", what), {},
                           "break the line after ':' and indent what follows");
        cursor_.edit(diagnostic, {cursor_.previous().span.end, cursor_.begin()},
                     fmt::format("\n{}  ", outer));
        cursor_.give_up();
        needs_lines = false;
      }
    } else if (cursor_.is(TokenKind::kLineEnd)) {
      const Span place = cursor_.after_previous();
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kColonMissing, place, "a colon is missing here", {},
                         fmt::format("the line before the {} ends with ':'", what));
      cursor_.edit(diagnostic, place, ":");
    } else if (cursor_.is(TokenKind::kOpenCurly)) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                         "a block begins with ':', not with '{'", {},
                         fmt::format("its {} stand on lines of their own, further in", what));
      cursor_.edit(diagnostic, cursor_.token().span, ":");
      cursor_.open_brace(diagnostic);
      cursor_.advance();
      if (!cursor_.is(TokenKind::kLineEnd)) cursor_.give_up();
    } else {
      statements_.finish(StatementParser::Rest::kOfHead);
      needs_lines = false;
    }
    if (needs_lines && (cursor_.is_at_end() || cursor_.indentation().size() <= outer.size())) {
      cursor_.report(DiagnosticKind::kEmptyBlock, head,
                     fmt::format("this {} has no {}", keyword, what), {},
                     fmt::format("its {} stand on the lines below, further in", what));
    }
  }

  std::optional<std::string_view> own;
  std::string_view accepted;
  std::optional<std::size_t> report;
  while (!cursor_.is_at_end() && !cursor_.reporter().is_full()) {
    const std::string_view indentation = cursor_.indentation();
    if (indentation.size() <= outer.size()) break;
    cursor_.begin_statement();
    // "func f():" is no member but a declaration that is too far in.
    if (cursor_.is_word("func") && cursor_.next() == TokenKind::kIdentifier &&
        cursor_.next(2) == TokenKind::kOpenRound && cursor_.line_ends_with_colon()) {
      break;
    }
    if (!own) own = indentation;
    const bool is_reported =
        indentation == accepted || indentation.find_first_not_of(" \t") != std::string_view::npos;
    if (indentation != *own && !is_reported) {
      const Span blanks{cursor_.begin() - static_cast<std::uint32_t>(indentation.size()),
                        cursor_.begin()};
      const bool is_mixed = !indentation.starts_with(*own) && !own->starts_with(indentation);
      Diagnostic& diagnostic = cursor_.report(
          is_mixed ? DiagnosticKind::kMixedIndentation : DiagnosticKind::kInconsistentIndentation,
          cursor_.token().span,
          is_mixed ? "this line mixes tabs and spaces in another way than the lines above"
                   : fmt::format("all {} begin in the same column", what),
          {}, is_mixed ? "indent the whole file with spaces only, or with tabs only" : "");
      cursor_.edit(diagnostic, blanks, std::string(*own));
      report = cursor_.last_report(diagnostic);
      accepted = indentation;
    } else if (report && indentation == accepted) {
      const std::uint32_t line_end = cursor_.begin();
      cursor_.reporter().add_edit_to(
          *report, {line_end - static_cast<std::uint32_t>(indentation.size()), line_end},
          std::string(*own));
    }
    const std::size_t before = cursor_.index();
    member(members, keyword);
    if (!cursor_.token().starts_line && !cursor_.is_at_end()) cursor_.give_up();
    if (cursor_.index() == before) cursor_.advance();
  }
  return members;
}

void DeclarationParser::member(std::vector<FieldDeclaration>& members, std::string_view keyword) {
  const std::string_view what = keyword == "service" ? "a method" : "a field";
  if (cursor_.is_word("func") && cursor_.next() == TokenKind::kIdentifier) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                       fmt::format("{} has no keyword", what), {}, "take 'func' away");
    cursor_.edit(diagnostic, {cursor_.begin(), cursor_.token(1).span.begin}, "");
    cursor_.advance();
  }
  if (!cursor_.is(TokenKind::kIdentifier)) {
    if (cursor_.is(TokenKind::kCloseCurly) && cursor_.close_brace()) return;
    if (cursor_.is(TokenKind::kCloseCurly) && cursor_.next() == TokenKind::kLineEnd) {
      Diagnostic& diagnostic = cursor_.report(
          DiagnosticKind::kForeignSyntax, cursor_.token().span,
          "a block ends where the lines are less far in, without '}'", {}, "take it away");
      cursor_.edit(diagnostic, cursor_.token().span, "");
      cursor_.advance();
      return;
    }
    cursor_.fail(DiagnosticKind::kNameExpected, cursor_.token().span,
                 fmt::format("{} begins with its name, not with {}", what, cursor_.describe_now()));
    return;
  }
  FieldDeclaration field;
  field.name = defined_name(what, false);
  if (cursor_.accept(TokenKind::kColon)) {
    field.type = types_.type();
  } else if (cursor_.is(TokenKind::kOpenRound) || cursor_.is(TokenKind::kOpenCurly)) {
    field.type = types_.member_arrow();
    if (cursor_.is(TokenKind::kColon) && cursor_.next() == TokenKind::kLineEnd) {
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kColonSurplus, cursor_.token().span,
                                              "a method has no block", {}, "take the colon away");
      cursor_.edit(diagnostic, cursor_.token().span, "");
      cursor_.give_up();
    }
  } else if (types_.is_type_ahead()) {
    const Span place = cursor_.after_previous();
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kColonMissing, place,
                       fmt::format("a colon is missing between the name of {} and its type", what),
                       {}, fmt::format("write '{}: ...'", field.name.text));
    cursor_.edit(diagnostic, place, ":");
    field.type = types_.type();
  } else {
    cursor_.fail(DiagnosticKind::kColonMissing, cursor_.after_previous(),
                 fmt::format("':' and a type are missing after the name of {}", what), {},
                 keyword == "service"
                     ? fmt::format("write '{}(name: type) -> result'", field.name.text)
                     : fmt::format("write '{}: string'", field.name.text));
    return;
  }
  if (cursor_.is(TokenKind::kComma) && cursor_.next() != TokenKind::kLineEnd) {
    cursor_.fail(DiagnosticKind::kTypeExpected, cursor_.token().span,
                 "several types are the parameters of an arrow, but no '->' follows", {},
                 "write '-> ()' where there is no result");
  }
  if (cursor_.is(TokenKind::kComma) || cursor_.is(TokenKind::kSemicolon)) {
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kCommaSurplus, cursor_.token().span,
        fmt::format("{} ends with its line, without {}", what, cursor_.describe_now()), {},
        "take it away");
    cursor_.edit(diagnostic, cursor_.token().span, "");
    cursor_.advance();
  }
  statements_.finish();
  if (field.type.has_value()) members.push_back(field);
}

}  // namespace aqua::syntax

#include "compiler/syntax/type_parser.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/syntax/words.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

bool is_scalar(std::string_view word) {
  constexpr std::string_view kScalars[] = {"u8",  "u16", "u32", "u64", "i8",   "i16",
                                           "i32", "i64", "f32", "f64", "bool", "string"};
  for (const std::string_view scalar : kScalars) {
    if (word == scalar) return true;
  }
  return false;
}

TypeExprId TypeParser::push(Span span, decltype(TypeExpr::node) node) {
  std::vector<TypeExpr>& types = cursor_.tree().types;
  types.push_back({span, std::move(node)});
  return TypeExprId(types.size() - 1);
}

TypeExprId TypeParser::invalid() { return push(cursor_.after_previous(), InvalidType{}); }

TypeExprId TypeParser::type_expected() {
  const bool is_line_end = cursor_.is(TokenKind::kLineEnd);
  cursor_.fail(DiagnosticKind::kTypeExpected,
               is_line_end ? cursor_.after_previous() : cursor_.token().span,
               is_line_end ? "a type is missing here"
                           : fmt::format("a type belongs here, not {}", cursor_.describe_now()),
               {}, "for example u32, string, []string, ?u8, or the name of a data type");
  return invalid();
}

DottedName TypeParser::dotted_name() {
  DottedName name;
  const std::uint32_t begin = cursor_.begin();
  name.parts.push_back(cursor_.take_name());
  while (cursor_.is(TokenKind::kDot) && cursor_.next() == TokenKind::kIdentifier) {
    cursor_.advance();
    name.parts.push_back(cursor_.take_name());
  }
  name.span = cursor_.span_from(begin);
  return name;
}

DottedName TypeParser::type_name() {
  DottedName name = dotted_name();
  for (const Name& part : name.parts) {
    if (is_upper(part.text)) continue;
    const std::string corrected = capitalised(part.text);
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kNameCase, part.span,
                       fmt::format("the name of a type starts with a capital letter"), {},
                       fmt::format("call it {}", quoted(corrected)));
    cursor_.edit(diagnostic, part.span, corrected);
  }
  return name;
}

// --- types ----------------------------------------------------------------------

TypeExprId TypeParser::type() {
  if (cursor_.is(TokenKind::kOpenCurly) || cursor_.is(TokenKind::kRightArrow) || is_arrow_ahead()) {
    return arrow();
  }
  return basic_type();
}

bool TypeParser::starts_type(std::size_t index) const {
  const Token& token = cursor_.at(index);
  switch (token.kind) {
    case TokenKind::kTop:
    case TokenKind::kBottom:
    case TokenKind::kOpenSquare:
    case TokenKind::kStar:
    case TokenKind::kPower:
    case TokenKind::kPercent:
    case TokenKind::kQuestion:
    case TokenKind::kOpenRound: return true;
    case TokenKind::kIdentifier: {
      const std::string_view word = cursor_.text(token.span);
      return is_upper(word) || is_scalar(word);
    }
    default: return false;
  }
}

// The index after the type at `index`; `index` itself where none is.
std::size_t TypeParser::skip_basic_type(std::size_t index) const {
  const std::size_t begin = index;
  while (true) {
    switch (cursor_.at(index).kind) {
      case TokenKind::kOpenSquare:
        if (cursor_.at(index + 1).kind != TokenKind::kCloseSquare) return begin;
        index += 2;
        continue;
      case TokenKind::kStar:
      case TokenKind::kPower:
      case TokenKind::kPercent:
      case TokenKind::kQuestion: ++index; continue;
      case TokenKind::kTop:
      case TokenKind::kBottom: return index + 1;
      case TokenKind::kIdentifier:
        if (!starts_type(index)) return begin;
        ++index;
        while (cursor_.at(index).kind == TokenKind::kDot &&
               cursor_.at(index + 1).kind == TokenKind::kIdentifier) {
          index += 2;
        }
        return index;
      case TokenKind::kOpenRound: {
        std::size_t open = 0;
        while (true) {
          const TokenKind kind = cursor_.at(index).kind;
          if (kind == TokenKind::kEnd || cursor_.at(index).starts_declaration) return begin;
          ++index;
          if (kind == TokenKind::kOpenRound) ++open;
          if (kind == TokenKind::kCloseRound && --open == 0) return index;
        }
      }
      default: return begin;
    }
  }
}

// Whether a list of types and "->" follow.
bool TypeParser::is_arrow_ahead() {
  std::size_t index = cursor_.index();
  if (index < no_arrow_until_) return false;
  while (true) {
    const std::size_t after = skip_basic_type(index);
    if (after == index) break;
    index = after;
    const TokenKind kind = cursor_.at(index).kind;
    if (kind == TokenKind::kRightArrow) return true;
    if (kind != TokenKind::kComma) break;
    ++index;
  }
  no_arrow_until_ = index;
  return false;
}

TypeExprId TypeParser::basic_type() {
  const Nesting nesting(cursor_);
  if (!nesting.fits()) {
    cursor_.fail_nesting(cursor_.token().span);
    return invalid();
  }
  const std::uint32_t begin = cursor_.begin();
  switch (cursor_.now()) {
    case TokenKind::kTop: cursor_.advance(); return push(cursor_.span_from(begin), TopType{});
    case TokenKind::kBottom: cursor_.advance(); return push(cursor_.span_from(begin), BottomType{});
    case TokenKind::kOpenSquare:
      if (cursor_.next() != TokenKind::kCloseSquare) {
        cursor_.fail(DiagnosticKind::kTypeExpected, cursor_.token().span,
                     "an array type has its brackets empty and in front", {},
                     "write []u8 for an array of u8");
        return invalid();
      }
      cursor_.advance();
      cursor_.advance();
      return collection(CollectionKind::kArray, begin);
    case TokenKind::kStar: cursor_.advance(); return collection(CollectionKind::kStream, begin);
    case TokenKind::kQuestion: cursor_.advance(); return collection(CollectionKind::kOption, begin);
    case TokenKind::kPower: {
      cursor_.advance();
      const TypeExprId inner = collection(CollectionKind::kStream, begin + 1);
      return push(cursor_.span_from(begin), CollectionType{CollectionKind::kStream, inner});
    }
    case TokenKind::kPercent: {
      cursor_.advance();
      const TypeExprId element = basic_type();
      return push(cursor_.span_from(begin), StreamMapType{element});
    }
    case TokenKind::kOpenRound: return in_brackets();
    case TokenKind::kIdentifier: return named();
    default: return type_expected();
  }
}

TypeExprId TypeParser::collection(CollectionKind kind, std::uint32_t begin) {
  const TypeExprId element = basic_type();
  return push(cursor_.span_from(begin), CollectionType{kind, element});
}

TypeExprId TypeParser::named() {
  const std::uint32_t begin = cursor_.begin();
  DottedName name = dotted_name();
  const Name& last = name.parts.back();
  // "u8[]"
  if (cursor_.is(TokenKind::kOpenSquare) && cursor_.next() == TokenKind::kCloseSquare) {
    const std::string corrected = fmt::format("[]{}", cursor_.text(name.span));
    const Span place{begin, cursor_.token(1).span.end};
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignType, place,
                                            "an array type has its brackets in front", {},
                                            fmt::format("write {}", quoted(corrected)));
    cursor_.edit(diagnostic, place, corrected);
    cursor_.advance();
    cursor_.advance();
    const Span element_span = name.span;
    const TypeExprId element = push(element_span, NamedType{std::move(name)});
    return push(cursor_.span_from(begin), CollectionType{CollectionKind::kArray, element});
  }
  if (!is_upper(last.text) && !(name.parts.size() == 1 && is_scalar(last.text))) {
    const std::string_view known = foreign_type_replacement(last.text);
    const std::string corrected = known.empty() ? capitalised(last.text) : std::string(known);
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kForeignType, last.span,
        fmt::format("no type is called {}", quoted(last.text)), {},
        known.empty() ? fmt::format("the name of a data type starts with a capital letter: {}",
                                    quoted(corrected))
                      : fmt::format("write {}", quoted(corrected)));
    cursor_.edit(diagnostic, last.span, corrected);
    return push(name.span, InvalidType{});
  }
  const Span span = name.span;
  return push(span, NamedType{std::move(name)});
}

// "(u8 -> u8)"; "(a: u8) -> u8" and "() -> u8" name the parameters of an arrow.
TypeExprId TypeParser::in_brackets() {
  const std::uint32_t begin = cursor_.begin();
  const bool has_names =
      cursor_.next() == TokenKind::kCloseRound ||
      (cursor_.next() == TokenKind::kIdentifier && cursor_.next(2) == TokenKind::kColon);
  if (has_names) {
    ArrowType arrow;
    arrow.parameters = parameters();
    if (cursor_.accept(TokenKind::kRightArrow)) {
      results(arrow.results);
      return push(cursor_.span_from(begin), std::move(arrow));
    }
    cursor_.fail(DiagnosticKind::kTypeExpected, cursor_.span_from(begin),
                 "parameters in brackets are the beginning of an arrow type", {},
                 "write '->' and the result after them, '-> ()' where there is none");
    return invalid();
  }
  const Span opening = cursor_.token().span;
  cursor_.open_bracket();
  // The search went over these brackets without looking inside.
  const std::size_t no_arrow_until = std::exchange(no_arrow_until_, 0);
  const TypeExprId inner = type();
  no_arrow_until_ = no_arrow_until;
  if (cursor_.has_failed()) return inner;
  if (!cursor_.is(TokenKind::kCloseRound)) {
    cursor_.fail(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                 "add ')' after the type");
    return inner;
  }
  cursor_.close_bracket();
  return inner;
}

TypeExprId TypeParser::arrow() {
  const Nesting nesting(cursor_);
  if (!nesting.fits()) {
    cursor_.fail_nesting(cursor_.token().span);
    return invalid();
  }
  const std::uint32_t begin = cursor_.begin();
  ArrowType arrow;
  if (cursor_.is(TokenKind::kOpenCurly)) arrow.abilities = abilities();
  // "() -> u8" and "(a: u8) -> u8": in_brackets() makes the whole arrow.
  if (arrow.abilities.empty() && cursor_.is(TokenKind::kOpenRound) &&
      (cursor_.next() == TokenKind::kCloseRound ||
       (cursor_.next() == TokenKind::kIdentifier && cursor_.next(2) == TokenKind::kColon))) {
    return in_brackets();
  }
  while (!cursor_.has_failed() && !cursor_.is(TokenKind::kRightArrow)) {
    const TypeExprId parameter = basic_type();
    arrow.parameters.push_back({Name{{}, cursor_.tree()[parameter].span}, parameter});
    if (!cursor_.accept(TokenKind::kComma)) break;
    cursor_.continue_line();
  }
  if (!cursor_.accept(TokenKind::kRightArrow)) {
    cursor_.fail(DiagnosticKind::kTypeExpected, cursor_.after_previous(),
                 "this arrow type has no '->'", {}, "write '-> ()' where there is no result");
    return invalid();
  }
  results(arrow.results);
  return push(cursor_.span_from(begin), std::move(arrow));
}

void TypeParser::results(std::vector<TypeExprId>& results) {
  if (cursor_.is(TokenKind::kOpenRound) && cursor_.next() == TokenKind::kCloseRound) {
    cursor_.advance();
    cursor_.advance();
    return;
  }
  while (!cursor_.has_failed()) {
    results.push_back(type());
    if (!cursor_.is(TokenKind::kComma)) break;
    // The comma may separate parameters of whoever has this arrow as a parameter.
    const std::size_t after = cursor_.index() + 1;
    if (after >= cursor_.token_count() || !starts_type(after)) break;
    const bool names_parameter = cursor_.at(after).kind == TokenKind::kIdentifier &&
                                 cursor_.at(after + 1).kind == TokenKind::kColon &&
                                 !cursor_.at(after + 2).starts_line;
    if (names_parameter) break;
    cursor_.advance();
    cursor_.continue_line();
  }
}

// --- headers --------------------------------------------------------------------

std::vector<DottedName> TypeParser::abilities() {
  std::vector<DottedName> names;
  const Span opening = cursor_.token().span;
  cursor_.open_bracket();
  while (!cursor_.has_failed() && !cursor_.is(TokenKind::kCloseCurly)) {
    if (!cursor_.is(TokenKind::kIdentifier)) {
      cursor_.fail(DiagnosticKind::kNameExpected, cursor_.token().span,
                   "between '{' and '}' stand names of abilities", {},
                   "for example {Logger, M.Store}");
      return names;
    }
    names.push_back(type_name());
    if (!cursor_.accept(TokenKind::kComma)) break;
  }
  if (cursor_.is(TokenKind::kCloseCurly)) {
    cursor_.close_bracket();
  } else {
    cursor_.fail(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                 "add '}' after the names of the abilities");
  }
  return names;
}

std::vector<Parameter> TypeParser::parameters() {
  std::vector<Parameter> parameters;
  const Span opening = cursor_.token().span;
  cursor_.open_bracket();
  while (!cursor_.has_failed() && !cursor_.is(TokenKind::kCloseRound)) {
    if (cursor_.is(TokenKind::kLineEnd) || cursor_.is(TokenKind::kEnd)) break;
    if (cursor_.is(TokenKind::kComma)) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kCommaSurplus, cursor_.token().span,
                         "a parameter is missing before this comma", {}, "take the comma away");
      cursor_.edit(diagnostic, cursor_.token().span, "");
      cursor_.advance();
      continue;
    }
    if (!cursor_.is(TokenKind::kIdentifier)) {
      cursor_.fail(
          DiagnosticKind::kNameExpected, cursor_.token().span,
          fmt::format("a parameter is a name and its type, not {}", cursor_.describe_now()), {},
          "for example (name: string, count: u32)");
      return parameters;
    }
    // "u8 x" and "x u8" have two words, "x" has one.
    const Name name = cursor_.take_name();
    if (cursor_.accept(TokenKind::kColon)) {
      check_lower_case(cursor_, name, "a parameter");
      parameters.push_back({name, type()});
    } else if (cursor_.is(TokenKind::kIdentifier)) {
      const Name second = cursor_.take_name();
      const Span place{name.span.begin, second.span.end};
      const bool type_first =
          is_scalar(name.text) || (is_upper(name.text) && !is_upper(second.text));
      const std::string corrected = type_first ? fmt::format("{}: {}", second.text, name.text)
                                               : fmt::format("{}: {}", name.text, second.text);
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kParameterTypeMissing, place,
                         "a colon stands between the name of a parameter and its type", {},
                         fmt::format("write {}", quoted(corrected)));
      cursor_.edit(diagnostic, place, corrected);
      parameters.push_back({type_first ? second : name, invalid()});
    } else if (!cursor_.is(TokenKind::kLineEnd) && starts_type(cursor_.index())) {
      // "x []u8"
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kParameterTypeMissing, name.span,
                         "a colon stands between the name of a parameter and its type", {},
                         fmt::format("write '{}: ...'", name.text));
      cursor_.edit(diagnostic, {name.span.end, name.span.end}, ":");
      parameters.push_back({name, type()});
    } else {
      cursor_.report(DiagnosticKind::kParameterTypeMissing, name.span, "this parameter has no type",
                     {}, fmt::format("write '{}: string', or which type it has", name.text));
      parameters.push_back({name, invalid()});
    }
    if (cursor_.has_failed()) return parameters;
    if (cursor_.accept(TokenKind::kAssign)) {
      cursor_.fail(DiagnosticKind::kForeignSyntax, cursor_.previous().span,
                   "a parameter has no default value", {},
                   "give the value where the function is called");
      return parameters;
    }
    if (cursor_.is(TokenKind::kCloseRound)) break;
    if (!cursor_.is(TokenKind::kComma)) {
      if (cursor_.is(TokenKind::kIdentifier) && cursor_.next() == TokenKind::kColon) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kCommaMissing, cursor_.after_previous(),
                           "a comma is missing between two parameters", {}, "add ','");
        cursor_.edit(diagnostic, cursor_.after_previous(), ",");
        continue;
      }
      break;
    }
    const Span comma = cursor_.token().span;
    cursor_.advance();
    if (cursor_.is(TokenKind::kCloseRound)) report_last_comma(cursor_, comma);
  }
  if (cursor_.has_failed()) return parameters;
  if (cursor_.is(TokenKind::kCloseRound)) {
    cursor_.close_bracket();
    return parameters;
  }
  const bool is_at_end = cursor_.is(TokenKind::kLineEnd) || cursor_.is(TokenKind::kEnd) ||
                         cursor_.is(TokenKind::kColon) || cursor_.is(TokenKind::kRightArrow);
  if (!is_at_end) {
    cursor_.fail(DiagnosticKind::kBracketUnclosed, cursor_.token().span,
                 fmt::format("the parameters end before {}", cursor_.describe_now()), {},
                 "parameters stand between '(' and ')', with commas between them");
    return parameters;
  }
  Diagnostic& diagnostic =
      cursor_.report(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                     "add ')' after the last parameter");
  cursor_.edit(diagnostic, cursor_.after_previous(), ")");
  cursor_.leave_bracket();
  return parameters;
}

void TypeParser::header_results(ArrowHeader& header) {
  if (cursor_.is(TokenKind::kLeftArrow) || cursor_.is(TokenKind::kForeign)) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kWrongArrow, cursor_.token().span,
                                            "results come after '->'", {}, "write '->'");
    cursor_.edit(diagnostic, cursor_.token().span, "->");
  } else if (!cursor_.is(TokenKind::kRightArrow)) {
    if (!cursor_.is(TokenKind::kLineEnd) && !cursor_.is(TokenKind::kOpenRound) &&
        starts_type(cursor_.index())) {
      const Span place = cursor_.after_previous();
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kWrongArrow, cursor_.token().span,
                         "results come after '->'", {}, "add '->' before the type");
      cursor_.edit(diagnostic, place, " ->");
      header.has_results = true;
      results(header.results);
    }
    return;
  }
  const Span arrow = cursor_.token().span;
  cursor_.advance();
  header.has_results = true;
  if (cursor_.is(TokenKind::kOpenRound) && cursor_.next() == TokenKind::kCloseRound) {
    const Span place{arrow.begin, cursor_.token(1).span.end};
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kNoResultsWritten, place,
                                            "'-> ()' stands only in types of arrows", {},
                                            "without results, leave '->' out");
    cursor_.edit(diagnostic, {cursor_.token().span.begin, place.end}, "");
    cursor_.edit(diagnostic, arrow, "");
    cursor_.advance();
    cursor_.advance();
    header.has_results = false;
    return;
  }
  results(header.results);
}

ArrowHeader TypeParser::arrow_header() {
  ArrowHeader header;
  const std::uint32_t begin = cursor_.begin();
  if (cursor_.is(TokenKind::kOpenCurly)) header.abilities = abilities();
  if (cursor_.is(TokenKind::kOpenRound)) {
    header.parameters = parameters();
  } else if (!cursor_.has_failed()) {
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kParametersMissing, cursor_.after_previous(),
        "the brackets of the parameters are missing", {}, "without parameters, write '()'");
    cursor_.edit(diagnostic, cursor_.after_previous(), "()");
  }
  if (!cursor_.has_failed()) header_results(header);
  header.span = cursor_.span_from(begin);
  return header;
}

TypeExprId TypeParser::member_arrow() {
  ArrowHeader header = arrow_header();
  return push(header.span, ArrowType{.abilities = std::move(header.abilities),
                                     .parameters = std::move(header.parameters),
                                     .results = std::move(header.results)});
}

}  // namespace aqua::syntax

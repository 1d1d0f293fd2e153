#include "compiler/syntax/expression_parser.h"

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

struct Operator {
  BinaryOperator op;
  int precedence;  // higher binds tighter; 0: no operator
};

constexpr int kComparison = 4;
constexpr int kPowerPrecedence = 7;

Operator operator_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kOr: return {BinaryOperator::kOr, 1};
    case TokenKind::kAnd: return {BinaryOperator::kAnd, 2};
    case TokenKind::kEqual: return {BinaryOperator::kEqual, 3};
    case TokenKind::kNotEqual: return {BinaryOperator::kNotEqual, 3};
    case TokenKind::kLess: return {BinaryOperator::kLess, kComparison};
    case TokenKind::kLessOrEqual: return {BinaryOperator::kLessOrEqual, kComparison};
    case TokenKind::kGreater: return {BinaryOperator::kGreater, kComparison};
    case TokenKind::kGreaterOrEqual: return {BinaryOperator::kGreaterOrEqual, kComparison};
    case TokenKind::kPlus: return {BinaryOperator::kAdd, 5};
    case TokenKind::kMinus: return {BinaryOperator::kSubtract, 5};
    case TokenKind::kStar: return {BinaryOperator::kMultiply, 6};
    case TokenKind::kSlash: return {BinaryOperator::kDivide, 6};
    case TokenKind::kPercent: return {BinaryOperator::kRemainder, 6};
    case TokenKind::kPower: return {BinaryOperator::kPower, kPowerPrecedence};
    default: return {BinaryOperator::kAdd, 0};
  }
}

// What other languages write for an operator of ours.
struct ForeignOperator {
  std::string_view text;
  TokenKind kind;
  std::string_view replacement;
};
constexpr ForeignOperator kForeignOperators[] = {
    {"and", TokenKind::kAnd, "&&"},
    {"or", TokenKind::kOr, "||"},
    {"&", TokenKind::kAnd, "&&"},
    {"|", TokenKind::kOr, "||"},
    {"===", TokenKind::kEqual, "=="},
    {"!==", TokenKind::kNotEqual, "!="},
    {"mod", TokenKind::kPercent, "%"},
    {"is", TokenKind::kEqual, "=="},
    {"\xE2\x89\xA4", TokenKind::kLessOrEqual, "<="},
    {"\xE2\x89\xA5", TokenKind::kGreaterOrEqual, ">="},
    {"\xE2\x89\xA0", TokenKind::kNotEqual, "!="},
    {"\xE2\x88\xA7", TokenKind::kAnd, "&&"},
    {"\xE2\x88\xA8", TokenKind::kOr, "||"},
    {"\xC3\x97", TokenKind::kStar, "*"},
    {"\xE2\x88\x92", TokenKind::kMinus, "-"},
    {"\xE2\x80\x93", TokenKind::kMinus, "-"},
    {"\xC3\xB7", TokenKind::kSlash, "/"},
    {"^", TokenKind::kPower, "**"},
};

const ForeignOperator* find_foreign(std::string_view text) {
  for (const ForeignOperator& candidate : kForeignOperators) {
    if (candidate.text == text) return &candidate;
  }
  return nullptr;
}

}  // namespace

bool ExpressionParser::starts_expression(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kString:
    case TokenKind::kInitPeerId:
    case TokenKind::kOpenRound:
    case TokenKind::kOpenSquare:
    case TokenKind::kBang:
    case TokenKind::kQuestion: return true;
    default: return false;
  }
}

ExprId ExpressionParser::push(Span span, decltype(Expr::node) node) {
  std::vector<Expr>& exprs = cursor_.tree().exprs;
  exprs.push_back({span, std::move(node)});
  return ExprId(exprs.size() - 1);
}

ExprId ExpressionParser::invalid(std::uint32_t begin) {
  return push(cursor_.span_from(begin), InvalidExpr{});
}

// A node around what was read so far.
ExprId ExpressionParser::wrapped(Span span, decltype(Expr::node) node) {
  if (!cursor_.wrap()) {
    cursor_.fail_nesting({span.begin, span.begin + 1});
    return push(span, InvalidExpr{});
  }
  return push(span, std::move(node));
}

ExprId ExpressionParser::value_expected() {
  const std::uint32_t begin = cursor_.begin();
  const bool is_line_end = cursor_.is(TokenKind::kLineEnd) || cursor_.is(TokenKind::kEnd);
  if (cursor_.is(TokenKind::kInvalid)) {
    cursor_.give_up();  // reported by the lexer
    return invalid(begin);
  }
  std::string_view hint;
  if (cursor_.is(TokenKind::kDot)) hint = "a number has a digit before its dot: 0.5";
  if (cursor_.is(TokenKind::kMinus)) hint = "only a number may have a minus sign: write '0 - x'";
  if (cursor_.is(TokenKind::kStar)) hint = "a new stream is written '*[]'";
  if (cursor_.is(TokenKind::kOpenCurly)) {
    hint = "a value with fields is made with the name of its type: Point(x = 1)";
  }
  cursor_.fail(DiagnosticKind::kValueExpected,
               is_line_end ? cursor_.after_previous() : cursor_.token().span,
               is_line_end ? "a value is missing here"
                           : fmt::format("a value belongs here, not {}", cursor_.describe_now()),
               {}, std::string(hint));
  return invalid(begin);
}

ExprId ExpressionParser::condition() {
  in_condition_ = true;
  const ExprId value = expression();
  in_condition_ = false;
  return value;
}

ExprId ExpressionParser::expression() {
  const Nesting nesting(cursor_);
  if (!nesting.fits()) {
    cursor_.fail_nesting(cursor_.token().span);
    return invalid(cursor_.begin());
  }
  return binary(1);
}

// A line may begin with the operator that joins it to the line before.
bool ExpressionParser::is_operator_line() const {
  if (!cursor_.is(TokenKind::kLineEnd) || cursor_.has_failed()) return false;
  const TokenKind kind = cursor_.token().kind;
  if (operator_of(kind).precedence == 0 && kind != TokenKind::kDot) return false;
  return cursor_.is_deeper_line();
}

ExprId ExpressionParser::binary(int precedence_min) {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  ExprId left = unary();
  int comparison_count = 0;
  while (!cursor_.has_failed()) {
    if (is_operator_line()) cursor_.continue_line();
    TokenKind kind = cursor_.now();
    const ForeignOperator* foreign = nullptr;
    if (kind == TokenKind::kIdentifier || kind == TokenKind::kForeign ||
        kind == TokenKind::kInvalid) {
      foreign = find_foreign(cursor_.text());
      if (foreign != nullptr) kind = foreign->kind;
    }
    const bool is_assign = kind == TokenKind::kAssign && in_condition_;
    if (is_assign) kind = TokenKind::kEqual;
    const Operator found = operator_of(kind);
    if (found.precedence == 0 || found.precedence < precedence_min) break;
    const Span op_span = cursor_.token().span;
    if (foreign != nullptr && !cursor_.is(TokenKind::kInvalid)) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kForeignOperator, op_span,
                         fmt::format("Aqua has no operator {}", quoted(foreign->text)), {},
                         fmt::format("write '{}'", foreign->replacement));
      cursor_.edit(diagnostic, op_span, std::string(foreign->replacement));
    }
    if (is_assign) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kEqualsInCondition, op_span,
                         "'=' gives a name to a value, it does not compare", {}, "write '=='");
      cursor_.edit(diagnostic, op_span, "==");
    }
    if (found.precedence == kComparison && ++comparison_count == 2) {
      cursor_.report(DiagnosticKind::kComparisonChain, op_span,
                     "the result of a comparison can not be compared further", {},
                     "join two comparisons: a < b && b < c");
    }
    cursor_.advance();
    cursor_.continue_value();
    ExprId right;
    if (found.precedence == kPowerPrecedence) {
      const Nesting nesting(cursor_);
      if (!nesting.fits()) {
        cursor_.fail_nesting(op_span);
        right = invalid(op_span.begin);
      } else {
        right = binary(found.precedence);
      }
    } else {
      right = binary(found.precedence + 1);
    }
    left = wrapped(cursor_.span_from(begin), Binary{found.op, op_span, left, right});
  }
  cursor_.end_subtree(outer_peak);
  return left;
}

ExprId ExpressionParser::unary() {
  const bool is_word = cursor_.is_word("not") && starts_expression(cursor_.next()) &&
                       cursor_.next() != TokenKind::kOpenSquare &&
                       (cursor_.next() != TokenKind::kOpenRound || cursor_.token(1).after_blank) &&
                       cursor_.next() != TokenKind::kBang && cursor_.next() != TokenKind::kQuestion;
  if (!is_word && !cursor_.is(TokenKind::kBang)) return postfix();
  const Nesting nesting(cursor_);
  const Span op_span = cursor_.token().span;
  if (!nesting.fits()) {
    cursor_.fail_nesting(op_span);
    return invalid(op_span.begin);
  }
  if (is_word) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignOperator, op_span,
                                            "Aqua has no operator 'not'", {}, "write '!'");
    cursor_.edit(diagnostic, {op_span.begin, cursor_.token(1).span.begin}, "!");
  }
  cursor_.advance();
  const ExprId operand = unary();
  return push(cursor_.span_from(op_span.begin), Not{operand});
}

bool ExpressionParser::is_callable(ExprId callee) const {
  const auto& node = cursor_.tree()[callee].node;
  return std::holds_alternative<NameExpr>(node) || std::holds_alternative<Member>(node) ||
         std::holds_alternative<Index>(node) || std::holds_alternative<CallExpr>(node);
}

// "{" opens abilities of a call, not a block as in other languages.
bool ExpressionParser::are_abilities_ahead() const {
  if (cursor_.next() == TokenKind::kLineEnd) return false;
  bool are_names = true;
  for (std::size_t index = cursor_.index() + 1;; ++index) {
    switch (cursor_.at(index).kind) {
      case TokenKind::kIdentifier:
      case TokenKind::kDot:
      case TokenKind::kComma: break;
      case TokenKind::kEnd: return are_names;
      case TokenKind::kOpenCurly: return true;
      // "Point {x = 1}", which call() reports
      case TokenKind::kColon:
      case TokenKind::kAssign: return index == cursor_.index() + 2;
      case TokenKind::kCloseCurly:
        return are_names || cursor_.at(index + 1).kind == TokenKind::kOpenRound;
      default:
        if (cursor_.at(index).starts_line) return are_names;
        are_names = false;
    }
  }
}

ExprId ExpressionParser::postfix() {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  ExprId value = primary();
  while (!cursor_.has_failed()) {
    if (cursor_.is(TokenKind::kLineEnd) && cursor_.token().kind == TokenKind::kDot &&
        is_operator_line()) {
      cursor_.continue_line();
    }
    const TokenKind kind = cursor_.now();
    if (kind == TokenKind::kDot) {
      value = member(value, begin);
    } else if (kind == TokenKind::kBang) {
      value = bang(value, begin);
    } else if (kind == TokenKind::kOpenSquare) {
      value = index(value, begin);
    } else if (kind == TokenKind::kOpenRound && is_callable(value)) {
      value = call(value, begin);
    } else if (kind == TokenKind::kOpenCurly && is_callable(value) && are_abilities_ahead()) {
      value = call(value, begin);
    } else {
      break;
    }
  }
  cursor_.end_subtree(outer_peak);
  return value;
}

ExprId ExpressionParser::member(ExprId object, std::uint32_t begin) {
  cursor_.advance();
  if (!cursor_.is(TokenKind::kIdentifier)) {
    if (cursor_.is(TokenKind::kInteger)) {
      const std::string_view number = cursor_.text();
      cursor_.fail(DiagnosticKind::kNameExpected, cursor_.token().span,
                   "an element of a collection is taken in square brackets", {},
                   fmt::format("write '[{}]'", number));
    } else {
      cursor_.fail(DiagnosticKind::kNameExpected,
                   cursor_.is(TokenKind::kLineEnd) ? cursor_.previous().span : cursor_.token().span,
                   "the name of a field is missing after '.'");
    }
    return invalid(begin);
  }
  const Name name = cursor_.take_name();
  return wrapped(cursor_.span_from(begin), Member{object, name});
}

ExprId ExpressionParser::bang(ExprId object, std::uint32_t begin) {
  cursor_.advance();
  const Token& token = cursor_.token();
  if (!token.after_blank && cursor_.is(TokenKind::kMinus) &&
      cursor_.next() == TokenKind::kInteger && !cursor_.token(1).after_blank) {
    cursor_.fail(DiagnosticKind::kNegativeIndex, {token.span.begin, cursor_.token(1).span.end},
                 "an index is not negative", {},
                 "the first element is '!0'; for a subtraction, put blanks around '-'");
    return invalid(begin);
  }
  if (!token.after_blank && cursor_.is(TokenKind::kFloat)) {
    cursor_.fail(DiagnosticKind::kValueExpected, token.span, "an index is a whole number");
    return invalid(begin);
  }
  ExprId index;
  if (!token.after_blank && cursor_.is(TokenKind::kInteger)) {
    index = push(token.span, IntegerLiteral{cursor_.text()});
    cursor_.advance();
  }
  return wrapped(cursor_.span_from(begin), Index{object, index});
}

ExprId ExpressionParser::index(ExprId object, std::uint32_t begin) {
  const Span opening = cursor_.token().span;
  cursor_.open_bracket();
  if (cursor_.is(TokenKind::kCloseSquare)) {
    cursor_.fail(DiagnosticKind::kValueExpected, {opening.begin, cursor_.token().span.end},
                 "an index is missing", {}, "the first element is [0]");
    return invalid(begin);
  }
  if (cursor_.is(TokenKind::kMinus) && cursor_.next() == TokenKind::kInteger &&
      !cursor_.token(1).after_blank) {
    cursor_.report(
        DiagnosticKind::kNegativeIndex, {cursor_.token().span.begin, cursor_.token(1).span.end},
        "an index is not negative", {}, "the last element of an array is [x.length - 1]");
  }
  const bool in_condition = std::exchange(in_condition_, false);
  const ExprId value = expression();
  in_condition_ = in_condition;
  if (cursor_.has_failed()) return invalid(begin);
  if (!cursor_.is(TokenKind::kCloseSquare)) {
    cursor_.fail(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                 "add ']' after the index");
    return invalid(begin);
  }
  cursor_.close_bracket();
  return wrapped(cursor_.span_from(begin), Index{object, value});
}

ExprId ExpressionParser::call(ExprId callee, std::uint32_t begin) {
  CallExpr node;
  node.callee = callee;
  if (cursor_.is(TokenKind::kOpenCurly) && cursor_.next() == TokenKind::kIdentifier &&
      (cursor_.next(2) == TokenKind::kColon || cursor_.next(2) == TokenKind::kAssign)) {
    cursor_.fail(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                 "the fields of a value stand in round brackets", {},
                 fmt::format("write '{}({} = ...)'", cursor_.text(cursor_.tree()[callee].span),
                             cursor_.text(cursor_.token(1).span)));
    return invalid(begin);
  }
  if (cursor_.is(TokenKind::kOpenCurly)) {
    node.abilities = values_until(TokenKind::kCloseCurly);
    if (!cursor_.has_failed() && !cursor_.is(TokenKind::kOpenRound)) {
      cursor_.fail(DiagnosticKind::kCallBracketsMissing, cursor_.after_previous(),
                   "the arguments are missing after the abilities", {},
                   "without arguments, write '()'");
    }
  }
  if (cursor_.has_failed()) return invalid(begin);
  node.arguments = arguments();
  return wrapped(cursor_.span_from(begin), std::move(node));
}

// After an item of a list in brackets: true if another one follows.
bool ExpressionParser::next_item(TokenKind closing, Span opening) {
  if (cursor_.has_failed() || cursor_.is(closing)) return false;
  if (cursor_.is(TokenKind::kComma)) {
    const Span comma = cursor_.token().span;
    cursor_.advance();
    if (cursor_.is(closing)) {
      report_last_comma(cursor_, comma);
      return false;
    }
    return true;
  }
  const Token& token = cursor_.token();
  const bool continues = !token.starts_line || cursor_.is_deeper_line();
  if (continues && starts_expression(cursor_.now())) {
    const Span place = cursor_.after_previous();
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kCommaMissing, token.span,
        fmt::format("a comma is missing before {}", cursor_.describe_now()), {}, "add ','");
    cursor_.edit(diagnostic, place, ",");
    return true;
  }
  if (cursor_.is(TokenKind::kInvalid)) {
    cursor_.give_up();
    return false;
  }
  const bool is_statement_end = token.starts_line || cursor_.is(TokenKind::kLineEnd) ||
                                cursor_.is(TokenKind::kEnd) || cursor_.is(TokenKind::kColon);
  const bool is_closing = cursor_.is(TokenKind::kCloseRound) ||
                          cursor_.is(TokenKind::kCloseSquare) || cursor_.is(TokenKind::kCloseCurly);
  const std::string_view text = closing == TokenKind::kCloseRound    ? ")"
                                : closing == TokenKind::kCloseSquare ? "]"
                                                                     : "}";
  if (is_statement_end || is_closing) {
    const Span place = cursor_.after_previous();
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kBracketUnclosed, opening, "this bracket is not closed", {},
                       fmt::format("add '{}'", text));
    cursor_.edit(diagnostic, place, std::string(text));
    // What follows is read as if it were closed.
    if (cursor_.is(TokenKind::kColon) || (token.starts_line && !is_closing)) {
      cursor_.leave_bracket();
      return false;
    }
    cursor_.give_up();
    return false;
  }
  cursor_.fail(DiagnosticKind::kBracketUnclosed, token.span,
               fmt::format("{} has no place inside these brackets", cursor_.describe_now()), {},
               fmt::format("values stand there, with commas between them, up to '{}'", text));
  return false;
}

std::vector<ExprId> ExpressionParser::values_until(TokenKind closing) {
  std::vector<ExprId> values;
  const Span opening = cursor_.token().span;
  const bool in_condition = std::exchange(in_condition_, false);
  cursor_.open_bracket();
  if (!cursor_.is(closing)) {
    do {
      values.push_back(expression());
    } while (next_item(closing, opening));
  }
  if (!cursor_.has_failed() && cursor_.is(closing)) cursor_.close_bracket();
  in_condition_ = in_condition;
  return values;
}

std::vector<Argument> ExpressionParser::arguments() {
  std::vector<Argument> arguments;
  const Span opening = cursor_.token().span;
  const bool in_condition = std::exchange(in_condition_, false);
  cursor_.open_bracket();
  if (!cursor_.is(TokenKind::kCloseRound)) {
    do {
      Argument& argument = arguments.emplace_back();
      const bool has_colon = cursor_.is(TokenKind::kIdentifier) &&
                             cursor_.next() == TokenKind::kColon && !cursor_.token(2).starts_line;
      if (cursor_.is(TokenKind::kIdentifier) &&
          (has_colon || cursor_.next() == TokenKind::kAssign)) {
        argument.name = cursor_.take_name();
        if (has_colon) {
          Diagnostic& diagnostic =
              cursor_.report(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                             "a field and its value are joined by '='", {},
                             fmt::format("write '{} = ...'", argument.name->text));
          cursor_.edit(diagnostic, cursor_.token().span, " =");
        }
        cursor_.advance();
      }
      const ExprId value = expression();
      argument.value = value;
    } while (next_item(TokenKind::kCloseRound, opening));
  }
  if (!cursor_.has_failed() && cursor_.is(TokenKind::kCloseRound)) cursor_.close_bracket();
  in_condition_ = in_condition;
  return arguments;
}

ExprId ExpressionParser::primary() {
  const std::uint32_t begin = cursor_.begin();
  const Token& token = cursor_.token();
  switch (cursor_.now()) {
    case TokenKind::kIdentifier: {
      const std::string_view word = cursor_.text();
      cursor_.advance();
      if (word == "true") return push(token.span, BooleanLiteral{true});
      if (word == "false") return push(token.span, BooleanLiteral{false});
      return push(token.span, NameExpr{word});
    }
    case TokenKind::kInteger:
    case TokenKind::kFloat: return number(begin);
    case TokenKind::kMinus:
      if ((cursor_.next() == TokenKind::kInteger || cursor_.next() == TokenKind::kFloat) &&
          !cursor_.token(1).after_blank) {
        cursor_.advance();
        return number(begin);
      }
      return value_expected();
    case TokenKind::kString: {
      const std::string_view text = cursor_.text();
      const bool is_whole = text.size() >= 2 && text.front() == '"' && text.back() == '"';
      cursor_.advance();
      if (!is_whole) return push(token.span, InvalidExpr{});  // reported by the lexer
      return push(token.span, StringLiteral{text.substr(1, text.size() - 2)});
    }
    case TokenKind::kInitPeerId: cursor_.advance(); return push(token.span, InitPeerIdLiteral{});
    case TokenKind::kOpenSquare: return collection(CollectionKind::kArray, begin);
    case TokenKind::kQuestion:
    case TokenKind::kStar:
      if (cursor_.next() == TokenKind::kOpenSquare) {
        const CollectionKind kind =
            cursor_.is(TokenKind::kStar) ? CollectionKind::kStream : CollectionKind::kOption;
        cursor_.advance();
        return collection(kind, begin);
      }
      return value_expected();
    case TokenKind::kOpenRound: return in_brackets();
    default: return value_expected();
  }
}

ExprId ExpressionParser::number(std::uint32_t begin) {
  const bool is_float = cursor_.is(TokenKind::kFloat);
  cursor_.advance();
  const Span span = cursor_.span_from(begin);
  if (is_float) return push(span, FloatLiteral{cursor_.text(span)});
  return push(span, IntegerLiteral{cursor_.text(span)});
}

ExprId ExpressionParser::collection(CollectionKind kind, std::uint32_t begin) {
  std::vector<ExprId> elements = values_until(TokenKind::kCloseSquare);
  return push(cursor_.span_from(begin), CollectionLiteral{kind, std::move(elements)});
}

ExprId ExpressionParser::in_brackets() {
  const Span opening = cursor_.token().span;
  const bool in_condition = in_condition_;
  cursor_.open_bracket();
  if (cursor_.is(TokenKind::kCloseRound)) {
    cursor_.fail(DiagnosticKind::kValueExpected, {opening.begin, cursor_.token().span.end},
                 "there is nothing between these brackets");
    return invalid(opening.begin);
  }
  const ExprId value = expression();
  in_condition_ = in_condition;
  if (cursor_.has_failed()) return value;
  if (!cursor_.is(TokenKind::kCloseRound)) {
    if (cursor_.is(TokenKind::kComma)) {
      cursor_.fail(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                   "several values in round brackets are no value", {},
                   "a collection has square brackets: [a, b]");
      return invalid(opening.begin);
    }
    next_item(TokenKind::kCloseRound, opening);
    return value;
  }
  cursor_.close_bracket();
  return value;
}

}  // namespace aqua::syntax

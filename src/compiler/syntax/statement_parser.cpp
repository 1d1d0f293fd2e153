#include "compiler/syntax/statement_parser.h"

#include <fmt/format.h>

#include <algorithm>
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

// "my-name": read as a difference, meant as one word.
bool is_name_with_minus(std::string_view text) {
  if (!text.contains('-')) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace

StatementId StatementParser::push(std::uint32_t begin, decltype(Statement::node) node) {
  const Span span = cursor_.span_from(begin);
  return push(begin, span, std::move(node));
}

StatementId StatementParser::push(std::uint32_t begin, Span head, decltype(Statement::node) node) {
  std::vector<Statement>& statements = cursor_.tree().statements;
  statements.push_back({cursor_.span_from(begin), head, std::move(node)});
  return StatementId(statements.size() - 1);
}

// "(" of the header of a closure: parameters with types, or none
bool StatementParser::is_closure_ahead(std::size_t distance) const {
  if (cursor_.next(distance) == TokenKind::kOpenCurly) {
    const TokenKind after = cursor_.next(distance + 2);
    return cursor_.next(distance + 1) == TokenKind::kIdentifier &&
           (after == TokenKind::kComma || after == TokenKind::kDot ||
            after == TokenKind::kCloseCurly);
  }
  if (cursor_.next(distance) != TokenKind::kOpenRound) return false;
  const Token& first = cursor_.token(distance + 1);
  const Token& second = cursor_.token(distance + 2);
  if (first.kind == TokenKind::kCloseRound) {
    return second.kind == TokenKind::kRightArrow || second.kind == TokenKind::kColon;
  }
  if (first.kind != TokenKind::kIdentifier) return false;
  return second.kind == TokenKind::kColon || cursor_.line_ends_with_colon();
}

// A type name, then a value: Srv "id"
bool StatementParser::is_binding_ahead() const {
  if (!is_upper(cursor_.text())) return false;
  std::size_t distance = 1;
  while (cursor_.next(distance) == TokenKind::kDot &&
         cursor_.next(distance + 1) == TokenKind::kIdentifier) {
    if (!is_upper(cursor_.text(cursor_.token(distance + 1).span))) return false;
    distance += 2;
  }
  switch (cursor_.next(distance)) {
    case TokenKind::kIdentifier:
    case TokenKind::kString:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kInitPeerId: return true;
    case TokenKind::kOpenRound: return cursor_.token(distance).after_blank;
    default: return false;
  }
}

StatementId StatementParser::statement(Tail& tail) {
  const std::uint32_t begin = cursor_.begin();
  switch (cursor_.now()) {
    case TokenKind::kIdentifier: break;
    case TokenKind::kLeftArrow: return return_statement();
    case TokenKind::kRightArrow: {
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kWrongArrow, cursor_.token().span,
                                              "a value is returned with '<-'", {}, "write '<-'");
      cursor_.edit(diagnostic, cursor_.token().span, "<-");
      return return_statement();
    }
    default:
      if (ExpressionParser::starts_expression(cursor_.now())) return expression_statement();
      if (cursor_.is(TokenKind::kInvalid)) {
        cursor_.give_up();
      } else if (cursor_.is(TokenKind::kLineEnd)) {
        cursor_.fail(DiagnosticKind::kStatementExpected, cursor_.previous().span,
                     fmt::format("a statement is missing after {}",
                                 quoted(cursor_.text(cursor_.previous().span))));
      } else if (cursor_.is(TokenKind::kCloseCurly) && cursor_.next() == TokenKind::kLineEnd) {
        Diagnostic& diagnostic = cursor_.report(
            DiagnosticKind::kForeignSyntax, cursor_.token().span,
            "a block ends where the lines are less far in, without '}'", {}, "take it away");
        cursor_.edit(diagnostic, cursor_.token().span, "");
        cursor_.advance();
      } else {
        cursor_.fail(DiagnosticKind::kStatementExpected, cursor_.token().span,
                     fmt::format("a statement can not begin with {}", cursor_.describe_now()));
      }
      return push(begin, InvalidStatement{});
  }
  if (const StatementId keyword = keyword_statement(tail); keyword.has_value()) return keyword;
  switch (cursor_.next()) {
    case TokenKind::kColon: return declare_statement();
    case TokenKind::kAssign: return assign_statement();
    case TokenKind::kPush: return push_statement();
    case TokenKind::kLeftArrow:
    case TokenKind::kComma:
    case TokenKind::kRightArrow: return targets_statement();
    case TokenKind::kForeign:
      if (cursor_.text(cursor_.token(1).span) == ":=") return assign_statement();
      break;
    default: break;
  }
  if (is_binding_ahead()) return bind_statement();
  if (const StatementId foreign = foreign_statement(tail); foreign.has_value()) return foreign;
  return expression_statement();
}

// None where the first word is no keyword here.
StatementId StatementParser::keyword_statement(Tail& tail) {
  const std::string_view word = cursor_.text();
  switch (word.front()) {
    case 'o':
      if (word == "on" && is_heading_word()) return on_statement();
      break;
    case 'f':
      if (word == "for" && is_heading_word()) return for_statement();
      break;
    case 'i':
      if (word == "if" && is_heading_word()) return if_statement(tail);
      break;
    case 't':
      if (word == "try" && is_block_word()) return try_statement(tail);
      break;
    case 'c':
      if (word == "co" &&
          (cursor_.next() == TokenKind::kIdentifier || cursor_.next() == TokenKind::kString ||
           cursor_.next() == TokenKind::kLineEnd)) {
        return co_statement(tail);
      }
      break;
    case 'p':
      if (word == "parseq" && is_heading_word()) return parseq_statement();
      break;
    case 'j':
      if (word == "join" && is_heading_word()) return join_statement();
      break;
    default: break;
  }
  return {};
}

StatementId StatementParser::co_statement(Tail& tail) {
  const std::uint32_t begin = cursor_.begin();
  const Span word_span = cursor_.token().span;
  const Nesting nesting(cursor_);
  if (!nesting.fits()) {
    cursor_.fail_nesting(word_span);
    return push(begin, InvalidStatement{});
  }
  cursor_.advance();
  const bool outer_level = std::exchange(is_arrow_level_, false);
  const StatementId branch = statement(tail);
  is_arrow_level_ = outer_level;
  tail.inner_depth += 1;
  const Span head{begin, at(branch).head.end};
  return push(begin, head, Co{branch});
}

void StatementParser::loop_items(std::vector<Name>& items) {
  while (cursor_.is(TokenKind::kIdentifier)) {
    items.push_back(cursor_.take_name());
    check_lower_case(cursor_, items.back(), "a loop variable");
    if (cursor_.is(TokenKind::kIdentifier) && cursor_.next() == TokenKind::kLeftArrow) {
      const Span place = cursor_.after_previous();
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kCommaMissing, cursor_.token().span,
                         "a comma stands between key and value", {},
                         fmt::format("write '{}, {}'", items.back().text, cursor_.text()));
      cursor_.edit(diagnostic, place, ",");
      continue;
    }
    if (!cursor_.accept(TokenKind::kComma)) break;
    cursor_.continue_line();
  }
  if (items.empty() || cursor_.previous().kind == TokenKind::kComma) {
    cursor_.fail(DiagnosticKind::kLoopHead, cursor_.after_previous(),
                 "the name of the element is missing", {}, "write 'for x <- xs:'");
  } else if (items.size() > 2) {
    cursor_.report(DiagnosticKind::kLoopHead, items[2].span,
                   "a loop has one variable, or two for key and value");
  }
}

void StatementParser::loop_arrow(std::string_view keyword) {
  if (cursor_.has_failed() || cursor_.accept(TokenKind::kLeftArrow)) return;
  const bool is_other_sign =
      cursor_.is(TokenKind::kAssign) || cursor_.is(TokenKind::kRightArrow) ||
      cursor_.is(TokenKind::kPush) || cursor_.is(TokenKind::kInvalid) ||
      cursor_.is(TokenKind::kForeign) ||
      (cursor_.is(TokenKind::kColon) && cursor_.next() != TokenKind::kLineEnd);
  if (is_other_sign || cursor_.is_word("in") || cursor_.is_word("of")) {
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kLoopHead, cursor_.token().span,
        "'<-' stands between the loop variable and the collection", {}, "write '<-'");
    cursor_.edit(diagnostic, cursor_.token().span, "<-");
    cursor_.advance();
    return;
  }
  cursor_.fail(DiagnosticKind::kLoopHead, cursor_.after_previous(),
               "'<-' and a collection are missing after the loop variable", {},
               fmt::format("write '{} x <- xs{}:'", keyword, keyword == "parseq" ? " on x" : ""));
}

StatementId StatementParser::for_statement() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  For node;
  const bool in_brackets = cursor_.is(TokenKind::kOpenRound);
  if (in_brackets) {
    cursor_.fail(DiagnosticKind::kLoopHead, cursor_.token().span,
                 "the head of a loop has no brackets", {}, "write 'for x <- xs:'");
  }
  if (!cursor_.has_failed()) loop_items(node.items);
  loop_arrow("for");
  if (!cursor_.has_failed()) {
    cursor_.continue_deeper_line();
    node.iterable = expressions_.expression();
  }
  if (cursor_.accept_word("par")) {
    node.mode = ForMode::kPar;
  } else if (cursor_.accept_word("try")) {
    node.mode = ForMode::kTry;
  } else if (cursor_.accept_word("rec")) {
    node.mode = ForMode::kRec;
  } else if (cursor_.is(TokenKind::kIdentifier) && !cursor_.is_word("do") &&
             !cursor_.is_word("then")) {
    cursor_.fail(DiagnosticKind::kLoopHead, cursor_.token().span,
                 fmt::format("a loop has no mode {}", quoted(cursor_.text())), {},
                 "the modes are 'par', 'try' and 'rec'");
  }
  const Span head = cursor_.span_from(begin);
  if (node.iterable.is_none()) node.iterable = ExprId();
  node.body = body(begin, false);
  return push(begin, head, std::move(node));
}

StatementId StatementParser::parseq_statement() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  For node;
  node.mode = ForMode::kParseq;
  loop_items(node.items);
  loop_arrow("parseq");
  if (!cursor_.has_failed()) {
    cursor_.continue_deeper_line();
    node.iterable = expressions_.expression();
  }
  if (cursor_.accept_word("on")) {
    node.on_peer = expressions_.expression();
    while (cursor_.accept_word("via")) node.on_relays.push_back(expressions_.expression());
  } else {
    cursor_.fail(DiagnosticKind::kLoopHead, cursor_.after_previous(),
                 "'on' and a peer are missing at the end of this 'parseq'", {},
                 "write 'parseq x <- xs on x:'; without a peer, a loop is 'for x <- xs par:'");
  }
  const Span head = cursor_.span_from(begin);
  node.body = body(begin, false);
  return push(begin, head, std::move(node));
}

StatementId StatementParser::on_statement() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  On node;
  if (cursor_.is_word("via") && ExpressionParser::starts_expression(cursor_.next()) &&
      cursor_.token(1).after_blank) {
    cursor_.fail(DiagnosticKind::kValueExpected, cursor_.after_previous(),
                 "the peer is missing between 'on' and 'via'");
  }
  node.peer = expressions_.expression();
  while (cursor_.accept_word("via")) node.relays.push_back(expressions_.expression());
  const Span head = cursor_.span_from(begin);
  node.body = body(begin, false);
  return push(begin, head, std::move(node));
}

StatementId StatementParser::if_statement(Tail& tail) {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  If node;
  node.condition = expressions_.condition();
  const Span head = cursor_.span_from(begin);
  node.then = body(begin, false);
  const StatementId id = push(begin, head, std::move(node));
  tail.open_if = id;
  return id;
}

StatementId StatementParser::try_statement(Tail& tail) {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  const Span head = cursor_.span_from(begin);
  Try node;
  node.body = body(begin, false);
  const StatementId id = push(begin, head, std::move(node));
  tail.open_try = id;
  return id;
}

void StatementParser::values(std::vector<ExprId>& list) {
  list.push_back(expressions_.expression());
  while (cursor_.accept(TokenKind::kComma)) {
    cursor_.continue_value();
    list.push_back(expressions_.expression());
  }
}

StatementId StatementParser::join_statement() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  Join node;
  values(node.values);
  finish();
  return push(begin, std::move(node));
}

StatementId StatementParser::return_statement() {
  const std::uint32_t begin = cursor_.begin();
  const bool may_return = is_arrow_level_;
  if (!may_return) {
    cursor_.report(DiagnosticKind::kReturnInBlock, cursor_.token().span,
                   "a value is returned from the function itself, not from a block inside it", {},
                   "write the value to a stream here and return that at the end: "
                   "'result <<- x', then '<- result!'");
  }
  cursor_.advance();
  Return node;
  cursor_.continue_deeper_line();
  values(node.values);
  finish();
  if (!may_return) return push(begin, InvalidStatement{});
  return push(begin, std::move(node));
}

StatementId StatementParser::declare_statement() {
  const std::uint32_t begin = cursor_.begin();
  const Name name = cursor_.take_name();
  cursor_.advance();
  if (cursor_.is(TokenKind::kLineEnd)) {
    const bool opens = cursor_.token().kind != TokenKind::kEnd &&
                       cursor_.indentation().size() > cursor_.statement_indentation().size();
    cursor_.fail(opens ? DiagnosticKind::kStatementExpected : DiagnosticKind::kTypeExpected,
                 name.span,
                 opens ? fmt::format("no block begins with {}", quoted(name.text))
                       : fmt::format("the type of {} is missing", quoted(name.text)),
                 {},
                 opens ? "blocks begin with on, for, parseq, if, else, try, catch and otherwise"
                       : fmt::format("write '{}: *string' for a stream of strings", name.text));
    return push(begin, InvalidStatement{});
  }
  const TypeExprId type = types_.basic_type();
  if (cursor_.is(TokenKind::kAssign)) {
    const Span place{name.span.end, cursor_.begin()};
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kTypedAssignment, {name.span.begin, cursor_.previous().span.end},
        "a name gets its type from its value", {}, fmt::format("write '{} = ...'", name.text));
    cursor_.edit(diagnostic, place, " ");
    cursor_.advance();
    cursor_.continue_deeper_line();
    const ExprId value = expressions_.expression();
    finish(Rest::kOfCall);
    return push(begin, Assign{name, value});
  }
  finish();
  return push(begin, Declare{name, type});
}

StatementId StatementParser::push_statement() {
  const std::uint32_t begin = cursor_.begin();
  Push node;
  node.target = cursor_.take_name();
  cursor_.advance();
  cursor_.continue_deeper_line();
  node.value = expressions_.expression();
  if (cursor_.accept(TokenKind::kComma)) {
    cursor_.continue_value();
    node.second = expressions_.expression();
  }
  finish();
  return push(begin, node);
}

StatementId StatementParser::assign_statement() {
  const std::uint32_t begin = cursor_.begin();
  const Name name = cursor_.take_name();
  const Span sign = cursor_.token().span;
  if (cursor_.is(TokenKind::kForeign)) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignOperator, sign, "Aqua has no ':='", {}, "write '='");
    cursor_.edit(diagnostic, sign, "=");
  }

  // The words after "=" that make it a closure.
  std::optional<ClosureKind> closure;
  const bool has_word = cursor_.next() == TokenKind::kIdentifier &&
                        (cursor_.next_is_word("func") || cursor_.next_is_word("do")) &&
                        is_closure_ahead(2);
  if (has_word) {
    closure = cursor_.next_is_word("func") ? ClosureKind::kDetached : ClosureKind::kDo;
  } else if (is_closure_ahead(1)) {
    closure = ClosureKind::kHere;
  }
  cursor_.advance();
  if (closure) {
    if (has_word) cursor_.advance();
    check_lower_case(cursor_, name, "a closure");
    Closure node;
    node.name = name;
    node.kind = *closure;
    node.header = types_.arrow_header();
    const Span head = cursor_.span_from(begin);
    node.body = body(begin, true);
    return push(begin, head, std::move(node));
  }

  cursor_.continue_deeper_line();
  const ExprId value = expressions_.expression();
  if (!cursor_.has_failed() && cursor_.is(TokenKind::kLineEnd)) {
    const auto* literal = std::get_if<CollectionLiteral>(&cursor_.tree()[value].node);
    if (literal != nullptr && literal->elements.empty()) {
      const bool is_stream = literal->kind == CollectionKind::kStream;
      cursor_.report(DiagnosticKind::kEmptyCollection, cursor_.tree()[value].span,
                     "nothing tells of which type the elements are", {},
                     is_stream ? fmt::format("declare a stream: '{}: *string'", name.text)
                               : fmt::format("write '{0} = nil', or declare a stream to be filled: "
                                             "'{0}: *string'",
                                             name.text));
      return push(begin, InvalidStatement{});
    }
  }
  finish(Rest::kOfCall);
  return push(begin, Assign{name, value});
}

// What stands after "<-" must be a call.
void StatementParser::check_call(ExprId value, Span arrow) {
  if (cursor_.has_failed()) return;
  const Expr& expr = cursor_.tree()[value];
  if (std::holds_alternative<CallExpr>(expr.node) ||
      std::holds_alternative<InvalidExpr>(expr.node)) {
    return;
  }
  const bool is_name =
      std::holds_alternative<NameExpr>(expr.node) || std::holds_alternative<Member>(expr.node);
  // "x <- f y" is reported as a call without brackets.
  if (!cursor_.is(TokenKind::kLineEnd)) return;
  Diagnostic& diagnostic = cursor_.report(
      DiagnosticKind::kCallExpected, expr.span, "'<-' takes the results of a call; this is none",
      {},
      is_name ? fmt::format("write '=' for a value, '{}()' for a call", cursor_.text(expr.span))
              : "write '=' instead of '<-'");
  if (!is_name) cursor_.edit(diagnostic, arrow, "=");
}

StatementId StatementParser::targets_statement() {
  const std::uint32_t begin = cursor_.begin();
  CallStatement node;
  while (true) {
    if (!cursor_.is(TokenKind::kIdentifier)) {
      cursor_.fail(DiagnosticKind::kBadTarget, cursor_.token().span,
                   fmt::format("results get names, {} is none", cursor_.describe_now()));
      return push(begin, InvalidStatement{});
    }
    node.targets.push_back(cursor_.take_name());
    if (!cursor_.accept(TokenKind::kComma)) break;
    cursor_.continue_line();
  }
  const Span arrow = cursor_.token().span;
  if (cursor_.is(TokenKind::kRightArrow)) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kWrongArrow, arrow,
                                            "results come with '<-'", {}, "write '<-'");
    cursor_.edit(diagnostic, arrow, "<-");
  } else if (cursor_.is(TokenKind::kAssign) && node.targets.size() > 1) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kBadTarget, arrow, "'=' gives one name to one value", {},
                       "write '<-' for the results of a call");
    cursor_.edit(diagnostic, arrow, "<-");
  } else if (!cursor_.is(TokenKind::kLeftArrow)) {
    finish();
    if (!cursor_.has_failed()) {
      cursor_.fail(DiagnosticKind::kStatementExpected, cursor_.span_from(begin),
                   "these names alone say nothing", {},
                   "write 'a, b <- f()' for the results of a call");
    }
    return push(begin, InvalidStatement{});
  }
  cursor_.advance();
  cursor_.continue_deeper_line();
  node.value = expressions_.expression();
  check_call(node.value, arrow);
  finish(Rest::kOfCall);
  return push(begin, std::move(node));
}

StatementId StatementParser::bind_statement() {
  const std::uint32_t begin = cursor_.begin();
  BindService node;
  node.service = types_.type_name();
  node.id = expressions_.expression();
  finish();
  return push(begin, std::move(node));
}

StatementId StatementParser::expression_statement() {
  const std::uint32_t begin = cursor_.begin();
  const ExprId value = expressions_.expression();
  if (cursor_.has_failed()) return push(begin, InvalidStatement{});
  const Expr& expr = cursor_.tree()[value];
  switch (cursor_.now()) {
    case TokenKind::kLeftArrow:
    case TokenKind::kAssign:
    case TokenKind::kPush: {
      if (is_name_with_minus(cursor_.text(expr.span))) {
        std::string corrected(cursor_.text(expr.span));
        std::ranges::replace(corrected, '-', '_');
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kMalformedName, expr.span, "a name has no '-'", {},
                           fmt::format("call it {}", quoted(corrected)));
        cursor_.edit(diagnostic, expr.span, corrected);
        cursor_.give_up();
        return push(begin, InvalidStatement{});
      }
      const bool is_member = std::holds_alternative<Member>(expr.node);
      cursor_.fail(
          DiagnosticKind::kBadTarget, expr.span,
          fmt::format("only a name can stand before {}", describe(cursor_.now())), {},
          cursor_.is(TokenKind::kPush) ? "give the stream a name first: 's = ...', then 's <<- ...'"
          : cursor_.is(TokenKind::kLeftArrow) ? "give the result a name of its own"
          : is_member ? "values do not change: make a changed copy with 'x.copy(field = value)'"
                      : "values do not change: give the new one a name of its own");
      return push(begin, InvalidStatement{});
    }
    default: break;
  }
  finish(Rest::kOfCall);
  if (cursor_.has_failed()) return push(begin, InvalidStatement{});
  if (!std::holds_alternative<CallExpr>(cursor_.tree()[value].node) &&
      !std::holds_alternative<InvalidExpr>(cursor_.tree()[value].node)) {
    const Expr& found = cursor_.tree()[value];
    const bool is_name =
        std::holds_alternative<NameExpr>(found.node) || std::holds_alternative<Member>(found.node);
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kCallExpected, found.span, "a value alone does nothing", {},
                       is_name ? fmt::format("to call it, write '{}()'", cursor_.text(found.span))
                               : "give it a name with '=', or take it away");
    if (is_name) cursor_.edit(diagnostic, {found.span.end, found.span.end}, "()");
    return push(begin, InvalidStatement{});
  }
  return push(begin, CallStatement{{}, value});
}

}  // namespace aqua::syntax

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

#include "compiler/syntax/declaration_parser.h"
#include "compiler/syntax/words.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

namespace {

// Of blanks in most editors: where tabs and spaces are mixed, what the author sees decides.
std::size_t visible_width(std::string_view indentation) {
  constexpr std::size_t kTabWidth = 4;
  std::size_t width = 0;
  for (const char c : indentation) width += c == '\t' ? kTabWidth : 1;
  return width;
}

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

// --- blocks -----------------------------------------------------------------------

Block StatementParser::arrow_body(std::uint32_t head_begin) { return body(head_begin, true); }

void StatementParser::discard_block(std::string_view outer) {
  Block block;
  if (!cursor_.is_at_end() && cursor_.indentation().size() > outer.size()) {
    lines(block, outer, true);
  }
}

Block StatementParser::body(std::uint32_t head_begin, bool is_arrow) {
  Block block;
  const std::string_view outer = cursor_.statement_indentation();
  const bool head_failed = cursor_.has_failed();
  const Span head = cursor_.span_from(head_begin);
  bool needs_lines = !head_failed;
  bool is_reported = false;  // a block on the line of its head
  if (!head_failed && !cursor_.accept(TokenKind::kColon)) {
    const Span place = cursor_.after_previous();
    if (cursor_.is(TokenKind::kLineEnd)) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kColonMissing, place, "a colon is missing here", {},
                         "the line before a block ends with ':'");
      cursor_.edit(diagnostic, place, ":");
    } else if (cursor_.is(TokenKind::kOpenCurly) || cursor_.is_word("then") ||
               cursor_.is_word("do")) {
      Diagnostic& diagnostic = cursor_.report(
          DiagnosticKind::kForeignSyntax, cursor_.token().span,
          fmt::format("a block begins with ':', not with {}", cursor_.describe_now()), {},
          "its statements stand on lines of their own, further in");
      cursor_.edit(diagnostic, cursor_.token().span, ":");
      if (cursor_.is(TokenKind::kOpenCurly)) {
        cursor_.open_brace(diagnostic);
        is_reported = true;
      }
      cursor_.advance();
      cursor_.accept(TokenKind::kColon);
    } else {
      finish(Rest::kOfHead);
      needs_lines = false;
    }
  }
  if (!cursor_.has_failed() && !cursor_.is(TokenKind::kLineEnd)) {
    if (!is_reported) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kBlockOnSameLine, cursor_.token().span,
                         "the statements of a block stand on lines of their own", {},
                         "break the line after ':' and indent what follows");
      const Span gap{cursor_.previous().span.end, cursor_.begin()};
      cursor_.edit(diagnostic, gap, fmt::format("\n{}  ", outer));
    }
    const bool outer_level = std::exchange(is_arrow_level_, is_arrow);
    Tail tail;
    line(block, tail);
    is_arrow_level_ = outer_level;
    needs_lines = false;
  }
  const bool has_lines = !cursor_.is_at_end() && cursor_.indentation().size() > outer.size();
  if (has_lines) {
    lines(block, outer, is_arrow);
  } else if (needs_lines) {
    cursor_.report(DiagnosticKind::kEmptyBlock, head, "this block is empty", {},
                   "its statements stand on the lines below, further in");
  }
  return block;
}

void StatementParser::lines(Block& block, std::string_view outer, bool is_arrow) {
  const Nesting nesting(cursor_);
  if (!nesting.fits()) {
    cursor_.begin_statement();
    cursor_.fail_nesting(cursor_.token().span);
    while (!cursor_.is_at_end() &&
           (!cursor_.token().starts_line || cursor_.indentation().size() > outer.size())) {
      cursor_.advance();
    }
    return;
  }
  const bool outer_level = std::exchange(is_arrow_level_, is_arrow);
  std::optional<std::string_view> own;
  std::string_view accepted;  // an indentation that was reported
  std::optional<std::size_t> report;
  Tail tail;
  while (!cursor_.is_at_end() && !cursor_.reporter().is_full()) {
    const std::string_view indentation = cursor_.indentation();
    if (indentation.size() <= outer.size() && outer.starts_with(indentation)) break;
    const Span blanks{cursor_.begin() - static_cast<std::uint32_t>(indentation.size()),
                      cursor_.begin()};
    const bool is_reported =
        indentation == accepted || indentation.find_first_not_of(" \t") != std::string_view::npos;
    const bool is_mixed = !indentation.starts_with(outer) ||
                          (own && !indentation.starts_with(*own) && !own->starts_with(indentation));
    if (!is_reported && (is_mixed || (own && indentation != *own))) {
      cursor_.begin_statement();
      const bool is_deeper = own && indentation.size() > own->size();
      Diagnostic& diagnostic =
          is_mixed
              ? cursor_.report(
                    DiagnosticKind::kMixedIndentation, cursor_.token().span,
                    "this line mixes tabs and spaces in another way than the lines above", {},
                    "indent the whole file with spaces only, or with tabs only")
              : cursor_.report(DiagnosticKind::kInconsistentIndentation, cursor_.token().span,
                               is_deeper ? "this line is further in than the block it stands in"
                                         : "this line is less far in than the block it stands in",
                               {},
                               is_deeper ? "only a line that ends with ':' opens a block"
                                         : "all lines of a block begin in the same column");
      if (own) cursor_.edit(diagnostic, blanks, std::string(*own));
      report = own ? cursor_.last_report(diagnostic) : std::nullopt;
      accepted = indentation;
    } else if (own && report && indentation == accepted) {
      cursor_.reporter().add_edit_to(*report, blanks, std::string(*own));
    }
    if (!indentation.starts_with(outer) && visible_width(indentation) <= visible_width(outer))
      break;
    if (!own) own = indentation;
    const std::size_t before = cursor_.index();
    line(block, tail);
    if (cursor_.index() == before) cursor_.advance();
  }
  is_arrow_level_ = outer_level;
}

void StatementParser::line(Block& block, Tail& tail) {
  cursor_.begin_statement();
  const std::string_view indentation = cursor_.statement_indentation();
  // "}" and "} else {" after a block that began with "{"
  if (cursor_.is(TokenKind::kCloseCurly) && cursor_.close_brace()) {
    if (cursor_.is(TokenKind::kLineEnd)) return;
    cursor_.begin_statement();
  }
  const std::uint32_t begin = cursor_.begin();
  if (!attach(block, tail)) {
    const std::uint32_t outer_peak = cursor_.begin_subtree();
    tail = Tail();
    tail.last = statement(tail);
    block.statements.push_back(tail.last);
    tail.peak = cursor_.peak();
    cursor_.end_subtree(outer_peak);
  }
  if (!cursor_.token().starts_line && !cursor_.is_at_end()) cursor_.give_up();
  // Lines that a broken head was meant to open.
  if (cursor_.has_failed()) discard_block(indentation);
  if (block.statements.size() <= 1) block.span.begin = begin;
  block.span.end = std::max(begin, cursor_.previous().span.end);
}

// --- lines that belong to the statement before ---------------------------------------

// Whether "try", "else" or "otherwise" opens a block and is no variable.
bool StatementParser::is_block_word() const {
  const TokenKind next = cursor_.next();
  if (next == TokenKind::kLineEnd || next == TokenKind::kOpenCurly) return true;
  if (next == TokenKind::kIdentifier || next == TokenKind::kString) return true;
  if (next != TokenKind::kColon) return false;
  const TokenKind after = cursor_.next(2);
  if (after == TokenKind::kStar || after == TokenKind::kPercent) return false;
  return !(after == TokenKind::kIdentifier && cursor_.next(3) == TokenKind::kLineEnd &&
           is_upper(cursor_.text(cursor_.token(2).span)));
}

// Whether a word is followed by what makes it a keyword, not the name of a variable or function.
bool StatementParser::is_heading_word() const {
  const Token& after = cursor_.token(1);
  switch (cursor_.next()) {
    case TokenKind::kIdentifier:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kString:
    case TokenKind::kInitPeerId:
    case TokenKind::kLineEnd: return true;
    case TokenKind::kOpenRound: return after.after_blank || cursor_.line_ends_with_colon();
    case TokenKind::kBang:
    case TokenKind::kQuestion:
    case TokenKind::kOpenSquare:
    case TokenKind::kStar:
    case TokenKind::kMinus: return after.after_blank;
    case TokenKind::kColon: return cursor_.next(2) == TokenKind::kLineEnd;
    default: return false;
  }
}

bool StatementParser::attach(Block& block, Tail& tail) {
  if (!cursor_.is(TokenKind::kIdentifier)) return false;
  const std::string_view word = cursor_.text();
  switch (word.front()) {
    case 'e':
      if (word == "else") {
        if (!is_block_word()) return false;
      } else if (word == "elif" || word == "elseif" || word == "elsif") {
        if (!is_heading_word()) return false;
      } else if (word == "except") {
        if (!is_block_word()) return false;
        break;
      } else {
        return false;
      }
      if (tail.open_if.is_none()) {
        stray_block(block, DiagnosticKind::kStrayElse,
                    tail.has_else ? "the 'if' before has its 'else' already"
                                  : "no 'if' comes directly before this 'else'",
                    tail.has_else ? "take one of them away"
                                  : "'else:' follows the block of its 'if', in the same column");
      } else {
        attach_else(tail);
      }
      return true;
    case 'c':
      if (word != "catch" || !is_block_word()) return false;
      break;
    case 'o':
    case 'f':
      if ((word != "otherwise" && word != "finally") || !is_block_word()) return false;
      if (word == "finally" && tail.open_try.is_none()) return false;
      if (tail.last.is_none()) {
        stray_block(block, DiagnosticKind::kStrayOtherwise,
                    "no statement comes before this 'otherwise'",
                    "'otherwise:' follows the statement that may fail, in the same column");
      } else {
        attach_otherwise(block, tail);
      }
      return true;
    case 'p':
      if (word != "par" || cursor_.next() != TokenKind::kIdentifier) {
        if (word != "par" ||
            (cursor_.next() != TokenKind::kString && cursor_.next() != TokenKind::kLineEnd)) {
          return false;
        }
      }
      attach_par(block, tail);
      return true;
    default: return false;
  }
  if (tail.open_try.is_none() || std::get<Try>(at(tail.open_try).node).otherwise.has_value()) {
    stray_block(block, DiagnosticKind::kStrayCatch, "no 'try' comes directly before this 'catch'",
                "'catch e:' follows the block of its 'try', before 'otherwise:'");
  } else {
    attach_catch(tail);
  }
  return true;
}

// Reads a block that nothing before it wants.
void StatementParser::stray_block(Block& block, DiagnosticKind kind, std::string message,
                                  std::string hint) {
  const std::uint32_t begin = cursor_.begin();
  cursor_.report(kind, cursor_.token().span, std::move(message), {}, std::move(hint));
  cursor_.give_up();
  block.statements.push_back(push(begin, InvalidStatement{}));
}

// The statement before now reaches to here.
void StatementParser::extend(Tail& tail, StatementId inner) {
  const std::uint32_t end = cursor_.previous().span.end;
  at(tail.last).span.end = end;
  at(inner).span.end = end;
}

void StatementParser::attach_else(Tail& tail) {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  const Span word_span = cursor_.token().span;
  const bool is_one_word = cursor_.text() != "else";
  const StatementId owner = tail.open_if;
  Span else_span = word_span;
  if (is_one_word) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                                            fmt::format("Aqua has no {}", quoted(cursor_.text())),
                                            {}, "write 'else if'");
    cursor_.edit(diagnostic, word_span, "else if");
  }
  cursor_.advance();
  Block block;
  if (is_one_word || (cursor_.is_word("if") && is_heading_word())) {
    const std::uint32_t if_begin = is_one_word ? begin : cursor_.begin();
    if (!is_one_word) cursor_.advance();
    else_span = cursor_.span_from(begin);
    const std::uint32_t levels = tail.inner_depth + 1;
    cursor_.descend(levels);
    if (cursor_.peak() > kNestingDepthMax) {
      cursor_.ascend(levels);
      cursor_.end_subtree(outer_peak);
      cursor_.fail_nesting(word_span);
      return;
    }
    If node;
    node.condition = expressions_.condition();
    const Span head = cursor_.span_from(if_begin);
    node.then = body(begin, false);
    cursor_.ascend(levels);
    const StatementId inner = push(if_begin, head, std::move(node));
    block.statements.push_back(inner);
    block.span = at(inner).span;
    tail.open_if = inner;
    tail.inner_depth = levels;
  } else {
    cursor_.descend(tail.inner_depth);
    block = body(begin, false);
    cursor_.ascend(tail.inner_depth);
    tail.open_if = StatementId();
    tail.has_else = true;
  }
  If& node = std::get<If>(at(owner).node);
  node.otherwise = std::move(block);
  node.else_span = else_span;
  extend(tail, owner);
  tail.peak = std::max(tail.peak, cursor_.peak());
  cursor_.end_subtree(outer_peak);
}

void StatementParser::attach_catch(Tail& tail) {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  if (!cursor_.is_word("catch")) {
    Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, cursor_.token().span,
                                            "Aqua has no 'except'", {}, "write 'catch'");
    cursor_.edit(diagnostic, cursor_.token().span, "catch");
  }
  cursor_.advance();
  Catch node;
  node.error = Name{{}, cursor_.after_previous()};
  if (cursor_.is(TokenKind::kIdentifier)) {
    node.error = cursor_.take_name();
    check_lower_case(cursor_, node.error, "an error");
  } else {
    const Span place = cursor_.after_previous();
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kNameExpected, place, "the name of the error is missing", {},
                       "write 'catch e:'");
    cursor_.edit(diagnostic, place, " e");
  }
  cursor_.descend(tail.inner_depth);
  node.body = body(begin, false);
  cursor_.ascend(tail.inner_depth);
  std::get<Try>(at(tail.open_try).node).catches.push_back(std::move(node));
  extend(tail, tail.open_try);
  tail.peak = std::max(tail.peak, cursor_.peak());
  cursor_.end_subtree(outer_peak);
}

// The last statement becomes part of another one.
bool StatementParser::may_wrap(Tail& tail, Span place) {
  if (++tail.peak <= kNestingDepthMax) return true;
  cursor_.fail_nesting(place);
  return false;
}

void StatementParser::attach_otherwise(Block& block, Tail& tail) {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  const Span word_span = cursor_.token().span;
  if (!cursor_.is_word("otherwise")) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, word_span, "Aqua has no 'finally'", {},
                       "what comes after 'try' runs anyway; 'otherwise:' runs after an error only");
    cursor_.edit(diagnostic, word_span, "otherwise");
  }
  cursor_.advance();
  const bool is_of_try =
      tail.open_try.has_value() && !std::get<Try>(at(tail.open_try).node).otherwise.has_value();
  if (is_of_try) {
    cursor_.descend(tail.inner_depth);
    Block body_of_try = body(begin, false);
    cursor_.ascend(tail.inner_depth);
    std::get<Try>(at(tail.open_try).node).otherwise = std::move(body_of_try);
    extend(tail, tail.open_try);
    tail.peak = std::max(tail.peak, cursor_.peak());
  } else {
    const bool fits = may_wrap(tail, word_span);
    Block body_of_otherwise = body(begin, false);
    if (fits) {
      const Statement& first = at(tail.last);
      const StatementId wrapped =
          push(first.span.begin, first.head, Otherwise{tail.last, std::move(body_of_otherwise)});
      block.statements.back() = wrapped;
      tail = Tail{.last = wrapped,
                  .open_if = {},
                  .open_try = {},
                  .inner_depth = 0,
                  .peak = std::max(tail.peak, cursor_.peak())};
    }
  }
  cursor_.end_subtree(outer_peak);
  cursor_.raise_peak(tail.peak);
}

void StatementParser::attach_par(Block& block, Tail& tail) {
  const std::uint32_t outer_peak = cursor_.begin_subtree();
  const std::uint32_t begin = cursor_.begin();
  const Span word_span = cursor_.token().span;
  cursor_.advance();
  const bool is_stray = tail.last.is_none();
  if (is_stray) {
    cursor_.report(DiagnosticKind::kStrayPar, word_span,
                   "no statement comes before this 'par' in its block", {},
                   "'par' runs its statement at the same time as the one before; to run one beside "
                   "all that follows, write 'co'");
  }
  const bool outer_level = std::exchange(is_arrow_level_, false);
  cursor_.descend(1);
  Tail inner;
  const StatementId branch = statement(inner);
  cursor_.ascend(1);
  is_arrow_level_ = outer_level;
  if (is_stray) {
    block.statements.push_back(branch);
    tail = inner;
    tail.last = branch;
    tail.peak = cursor_.peak();
    cursor_.end_subtree(outer_peak);
    return;
  }
  inner.last = tail.last;
  inner.inner_depth += 1;
  if (auto* group = std::get_if<Par>(&at(tail.last).node)) {
    group->branches.push_back(branch);
    at(tail.last).span.end = cursor_.previous().span.end;
    inner.peak = std::max(tail.peak, cursor_.peak());
  } else if (may_wrap(tail, word_span)) {
    const Statement& first = at(tail.last);
    inner.last = push(first.span.begin, first.head, Par{{tail.last, branch}});
    block.statements.back() = inner.last;
    inner.peak = std::max(tail.peak, cursor_.peak());
  }
  tail = inner;
  (void)begin;
  cursor_.end_subtree(outer_peak);
  cursor_.raise_peak(tail.peak);
}

// --- statements -----------------------------------------------------------------------

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

// --- mistakes ---------------------------------------------------------------------------

// Goes over the line and the block below it.
StatementId StatementParser::invalid_block() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.give_up();
  return push(begin, InvalidStatement{});
}

// Words that begin statements in other languages. None where the line begins with something else.
StatementId StatementParser::foreign_statement(Tail& tail) {
  const std::string_view word = cursor_.text();
  const Span word_span = cursor_.token().span;
  const TokenKind next = cursor_.next();
  const bool is_alone = next == TokenKind::kLineEnd;
  const bool has_name = next == TokenKind::kIdentifier;
  const bool has_value = is_heading_word();

  struct Advice {
    std::string_view word;
    std::string_view hint;
  };
  if (has_name && (word == "let" || word == "var" || word == "val" || word == "const" ||
                   word == "mut" || word == "await" || word == "call")) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                       fmt::format("Aqua has no {} in statements", quoted(word)), {},
                       word == "await" || word == "call" ? "a call waits for its result by itself"
                                                         : "a value gets its name with '=' alone");
    cursor_.edit(diagnostic, {word_span.begin, cursor_.token(1).span.begin}, "");
    cursor_.advance();
    return statement(tail);
  }
  if (word == "return" && has_value) {
    if (is_alone) {
      cursor_.fail(DiagnosticKind::kForeignSyntax, word_span, "Aqua has no 'return'", {},
                   "a function without results ends by itself: take the line away");
      return push(word_span.begin, InvalidStatement{});
    }
    if (is_arrow_level_) {
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                                              "Aqua has no 'return'", {}, "write '<-'");
      cursor_.edit(diagnostic, word_span, "<-");
    }
    return return_statement();
  }
  if (has_name && (word == "foreach" || word == "each")) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                       fmt::format("Aqua has no {}", quoted(word)), {}, "write 'for'");
    cursor_.edit(diagnostic, word_span, "for");
    return for_statement();
  }
  constexpr Advice kBlocks[] = {
      {"while", "a loop goes over a collection: 'for x <- xs:'"},
      {"until", "a loop goes over a collection: 'for x <- xs:'"},
      {"loop", "a loop goes over a collection: 'for x <- xs:'"},
      {"repeat", "a loop goes over a collection: 'for x <- xs:'"},
      {"unless", "write 'if !condition:'"},
      {"switch", "write 'if', 'else if' and 'else'"},
      {"match", "write 'if', 'else if' and 'else'"},
      {"case", "write 'if', 'else if' and 'else'"},
      {"async", "to run something beside what follows, write 'co'"},
      {"parallel", "to run statements at the same time, begin the second with 'par'"},
      {"function", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
      {"def", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
      {"fn", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
  };
  constexpr Advice kLines[] = {
      {"break", "'for x <- xs try:' stops after the first success"},
      {"continue", "put what follows into an 'if'"},
      {"pass", "leave the block out"},
      {"throw", "an error comes from a call that fails"},
      {"raise", "an error comes from a call that fails"},
      {"delete", "values live as long as the script"},
      {"print", "output needs a service that prints"},
      {"yield", "write values to a stream: 's <<- x'"},
  };
  if (has_value || next == TokenKind::kOpenCurly) {
    for (const Advice& advice : kBlocks) {
      if (advice.word != word) continue;
      cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                     fmt::format("Aqua has no {}", quoted(word)), {}, std::string(advice.hint));
      return invalid_block();
    }
    for (const Advice& advice : kLines) {
      if (advice.word != word || next == TokenKind::kOpenRound) continue;
      cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                     fmt::format("Aqua has no {}", quoted(word)), {}, std::string(advice.hint));
      return invalid_block();
    }
  }
  if (has_name && word == "par") {
    cursor_.report(DiagnosticKind::kStrayPar, word_span,
                   "'par' stands at the beginning of the line only", {},
                   "write one 'par' per statement");
    cursor_.advance();
    return statement(tail);
  }
  if (has_name || next == TokenKind::kString) {
    if (declarations_.declaration()) {
      return push(word_span.begin, InvalidStatement{});
    }
  }
  return {};
}

// Everything that may be left of a line, most likely first.
void StatementParser::finish(Rest rest) {
  if (cursor_.has_failed() || cursor_.is(TokenKind::kLineEnd)) return;
  const Token& token = cursor_.token();
  const Token& previous = cursor_.previous();
  const std::string_view text = cursor_.text();
  switch (cursor_.now()) {
    case TokenKind::kInvalid: cursor_.give_up(); return;
    case TokenKind::kSemicolon: {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kForeignSyntax, token.span,
                         "a statement ends with its line, without ';'", {}, "take it away");
      cursor_.advance();
      const bool is_last = cursor_.is(TokenKind::kLineEnd);
      const std::uint32_t end = is_last ? token.span.end : cursor_.begin();
      cursor_.edit(diagnostic, {token.span.begin, end},
                   is_last ? std::string() : fmt::format("\n{}", cursor_.statement_indentation()));
      if (!is_last) cursor_.give_up();
      return;
    }
    case TokenKind::kCloseRound:
    case TokenKind::kCloseSquare:
    case TokenKind::kCloseCurly: {
      if (cursor_.is(TokenKind::kCloseCurly) && cursor_.close_brace()) return finish(rest);
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kBracketSurplus, token.span,
                                              "this bracket closes nothing", {}, "take it away");
      cursor_.edit(diagnostic, token.span, "");
      cursor_.give_up();
      return;
    }
    case TokenKind::kColon:
      if (cursor_.next() == TokenKind::kLineEnd) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kColonSurplus, token.span, "this line opens no block",
                           {}, "take the colon away");
        cursor_.edit(diagnostic, token.span, "");
        cursor_.give_up();
        return;
      }
      break;
    case TokenKind::kForeign:
      cursor_.fail(DiagnosticKind::kForeignOperator, token.span,
                   fmt::format("Aqua has no operator {}", quoted(text)), {},
                   text == "++" || text.ends_with('=')
                       ? "values do not change: give the new one a name of its own"
                       : "");
      return;
    case TokenKind::kQuestion:
      if (rest == Rest::kOfCall && ExpressionParser::starts_expression(cursor_.next())) {
        cursor_.fail(DiagnosticKind::kForeignOperator, token.span, "Aqua has no operator '? :'", {},
                     "write 'if' and 'else', each with a push to one stream");
        return;
      }
      break;
    case TokenKind::kLeftArrow: {
      if (cursor_.next() == TokenKind::kInteger && !cursor_.token(1).after_blank) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kForeignOperator, token.span,
                           "'<-' is an arrow, not a comparison with a negative number", {},
                           "put a blank between '<' and '-'");
        cursor_.edit(diagnostic, token.span, "< -");
        cursor_.give_up();
        return;
      }
      break;
    }
    case TokenKind::kIdentifier:
    case TokenKind::kString:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kInitPeerId:
      if (rest == Rest::kOfCall && previous.kind == TokenKind::kIdentifier) {
        const std::string_view callee = cursor_.text(previous.span);
        cursor_.fail(DiagnosticKind::kCallBracketsMissing, {previous.span.begin, token.span.end},
                     "the arguments of a call stand in brackets", {},
                     fmt::format("write '{}({})'", callee, text.size() < 40 ? text : "..."));
        return;
      }
      break;
    default: break;
  }
  if (cursor_.is(TokenKind::kOpenCurly) && cursor_.next() == TokenKind::kLineEnd) {
    cursor_.fail(
        DiagnosticKind::kForeignSyntax, token.span, "a call opens no block", {},
        "blocks are opened by ':' after on, for, parseq, if, else, try, catch and otherwise");
    return;
  }
  cursor_.fail(DiagnosticKind::kTextAfterStatement, token.span,
               fmt::format("{} has no place here", cursor_.describe_now()), {},
               rest == Rest::kOfHead ? "the line should end with ':' before it"
                                     : "the line should end before it");
}

}  // namespace aqua::syntax

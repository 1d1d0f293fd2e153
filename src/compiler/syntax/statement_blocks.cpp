#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "compiler/syntax/statement_parser.h"
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

}  // namespace

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

}  // namespace aqua::syntax

#include "compiler/syntax/cursor.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace aqua::syntax {

using diagnostics::Diagnostic;

std::string_view Cursor::indentation_of(const Token& first_of_line) const {
  const std::string_view before = text_.substr(0, first_of_line.span.begin);
  const std::size_t line_break = before.rfind('\n');
  std::size_t begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  if (begin < before.size() && before[begin] == '\r') ++begin;
  if (begin == 0 && before.starts_with("\xEF\xBB\xBF")) begin = 3;
  // Blanks that are reported already count as well.
  if (first_of_line.starts_line) return before.substr(begin);
  const std::size_t end = before.find_first_not_of(" \t", begin);
  return before.substr(begin, end == std::string_view::npos ? end : end - begin);
}

bool Cursor::line_ends_with_colon() const {
  std::size_t last = at_;
  while (last + 1 < tokens_.size() && !tokens_[last + 1].starts_line) ++last;
  return tokens_[last].kind == TokenKind::kColon;
}

Span Cursor::rest_of_line() const {
  std::size_t last = at_;
  while (last + 1 < tokens_.size() && !tokens_[last + 1].starts_line) ++last;
  return {tokens_[at_].span.begin, tokens_[last].span.end};
}

Diagnostic& Cursor::report(DiagnosticKind kind, Span place, std::string message, std::string label,
                           std::string hint) {
  // What comes second at the same place is a consequence of the first.
  if (has_failed_ || place.begin == reported_at_) {
    forgotten_ = Diagnostic();
    return forgotten_;
  }
  reported_at_ = place.begin;
  return reporter_.add(kind, place, std::move(message), std::move(label), std::move(hint));
}

void Cursor::give_up() {
  if (has_failed_) return;
  has_failed_ = true;
  std::ptrdiff_t open = 0;
  const auto count = [this, &open](std::size_t index) {
    switch (tokens_[index].kind) {
      case TokenKind::kOpenRound:
      case TokenKind::kOpenSquare:
      case TokenKind::kOpenCurly: ++open; break;
      case TokenKind::kCloseRound:
      case TokenKind::kCloseSquare:
      case TokenKind::kCloseCurly: --open; break;
      default: break;
    }
  };
  for (std::size_t i = statement_; i < at_; ++i) count(i);
  const std::string_view own = statement_indentation();
  while (!is_at_end()) {
    const Token& current = tokens_[at_];
    if (current.starts_line && at_ != line_) {
      // Lines further in belong to the bracket that is open.
      if (current.starts_declaration || open <= 0) break;
      if (at_ > 0 && tokens_[at_ - 1].kind == TokenKind::kColon) break;  // a head ended there
      const bool closes = current.kind == TokenKind::kCloseRound ||
                          current.kind == TokenKind::kCloseSquare ||
                          current.kind == TokenKind::kCloseCurly;
      if (!closes && indentation_of(current).size() <= own.size()) break;
    }
    count(at_);
    ++at_;
  }
  brackets_ = 0;
}

bool Cursor::is_deeper_line() const {
  return indentation_of(tokens_[at_]).size() > statement_indentation().size();
}

void Cursor::continue_deeper_line() {
  if (is(TokenKind::kLineEnd) && is_deeper_line()) continue_line();
}

void Cursor::continue_value() {
  if (!is(TokenKind::kLineEnd)) return;
  if (!is_deeper_line()) {
    const TokenKind kind = tokens_[at_].kind;
    if (kind == TokenKind::kLeftArrow || kind == TokenKind::kRightArrow) return;
    if (kind == TokenKind::kIdentifier && !tokens_[at_ + 1].starts_line) {
      switch (tokens_[at_ + 1].kind) {
        case TokenKind::kAssign:
        case TokenKind::kLeftArrow:
        case TokenKind::kPush: return;
        case TokenKind::kColon:
          if (!tokens_[at_ + 2].starts_line) return;
          break;
        default: break;
      }
    }
  }
  continue_line();
}

std::string Cursor::describe_now() const {
  const TokenKind kind = now();
  switch (kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kForeign:
    case TokenKind::kString: return quoted(text());
    default: return std::string(describe(kind));
  }
}

void Cursor::fail_nesting(Span place) {
  if (std::exchange(has_reported_nesting_, true)) return give_up();
  fail(DiagnosticKind::kNestedTooDeep, place,
       fmt::format("more than {} blocks, brackets and operators inside each other",
                   kNestingDepthMax),
       {}, "give parts of it names of their own, or move them into functions");
}

}  // namespace aqua::syntax

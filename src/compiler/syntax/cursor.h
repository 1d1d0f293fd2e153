#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/syntax/reporter.h"
#include "compiler/syntax/token.h"
#include "compiler/syntax/tree.h"

namespace aqua::syntax {

// The reading position, the layout of lines, and what all parts of the parser share when they meet
// a mistake.
//
// A statement ends with its line; a line goes on inside brackets and wherever continue_line() says
// so. After a mistake that nothing can be made of, fail() goes to the end of the statement and stays
// silent until the next one begins: whoever is in the middle of something sees a line end and may
// just return.
class Cursor {
 public:
  Cursor(std::string_view text, std::vector<Token> tokens, Tree& tree, Reporter& reporter)
      : text_(text), tokens_(std::move(tokens)), tree_(tree), reporter_(reporter) {}

  Tree& tree() { return tree_; }
  Reporter& reporter() { return reporter_; }

  // --- tokens

  // The current token, or kLineEnd after the last one of the statement.
  TokenKind now() const {
    const Token& current = tokens_[at_];
    return is_line_end(at_) ? TokenKind::kLineEnd : current.kind;
  }
  // What follows the current token.
  TokenKind next(std::size_t distance = 1) const {
    const std::size_t index = at_ + distance;
    if (index >= tokens_.size()) return TokenKind::kLineEnd;
    for (std::size_t i = at_ + 1; i <= index; ++i) {
      if (is_line_end(i)) return TokenKind::kLineEnd;
    }
    return tokens_[index].kind;
  }
  const Token& token(std::size_t distance = 0) const {
    return tokens_[at_ + distance < tokens_.size() ? at_ + distance : tokens_.size() - 1];
  }
  const Token& previous() const { return tokens_[at_ == 0 ? 0 : at_ - 1]; }
  std::size_t index() const { return at_; }
  const Token& at(std::size_t index) const { return tokens_[index]; }
  std::size_t token_count() const { return tokens_.size(); }

  bool is(TokenKind kind) const { return now() == kind; }
  bool is_word(std::string_view word) const { return is(TokenKind::kIdentifier) && text() == word; }
  bool next_is_word(std::string_view word) const {
    return next() == TokenKind::kIdentifier && text(token(1).span) == word;
  }
  bool is_at_end() const { return tokens_[at_].kind == TokenKind::kEnd; }

  void advance() {
    if (tokens_[at_].kind != TokenKind::kEnd) ++at_;
  }
  bool accept(TokenKind kind) {
    if (now() != kind) return false;
    advance();
    return true;
  }
  bool accept_word(std::string_view word) {
    if (!is_word(word)) return false;
    advance();
    return true;
  }

  std::string_view text() const { return text(tokens_[at_].span); }
  std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  Name take_name() {
    const Name name{text(), tokens_[at_].span};
    advance();
    return name;
  }
  // From `begin` to the end of the last token that was read.
  Span span_from(std::uint32_t begin) const {
    const std::uint32_t end = previous().span.end;
    return {begin, end < begin ? begin : end};
  }
  std::uint32_t begin() const { return tokens_[at_].span.begin; }
  // The place just after the last token that was read.
  Span after_previous() const {
    const std::uint32_t end = previous().span.end;
    return {end, end};
  }

  // --- lines

  // The next line belongs to the statement if it is further in.
  void continue_deeper_line();
  // The next line belongs to the statement unless it is clearly another one: what should stand
  // before it was forgotten.
  void continue_value();
  // Whether the current token, the first of its line, is further in than the statement.
  bool is_deeper_line() const;
  // A statement begins with the current token.
  void begin_statement() {
    statement_ = line_ = at_;
    brackets_ = 0;
    has_failed_ = false;
  }
  // The next line belongs to the statement.
  void continue_line() {
    const Token& first = tokens_[at_];
    if (has_failed_ || first.starts_declaration || first.kind == TokenKind::kEnd) return;
    if (is_line_end(at_)) line_ = at_;
  }
  void open_bracket() {
    ++brackets_;
    advance();
  }
  void close_bracket() {
    advance();
    leave_bracket();
  }
  // After the last token of a bracket that may be missing.
  void leave_bracket() {
    if (brackets_ > 0) --brackets_;
  }
  std::string_view indentation() const { return indentation_of(tokens_[at_]); }
  std::string_view indentation_of(const Token& first_of_line) const;
  std::string_view statement_indentation() const { return indentation_of(tokens_[statement_]); }
  // Whether the line of text ends with a colon.
  bool line_ends_with_colon() const;
  // The line of text from the current token on, without a comment.
  Span rest_of_line() const;

  // --- mistakes

  diagnostics::Diagnostic& report(DiagnosticKind kind, Span place, std::string message,
                                  std::string label = {}, std::string hint = {});
  // Reports unless the statement failed already; then goes to its end.
  void fail(DiagnosticKind kind, Span place, std::string message, std::string label = {},
            std::string hint = {}) {
    if (!has_failed_) report(kind, place, std::move(message), std::move(label), std::move(hint));
    give_up();
  }
  // As fail() after a mistake that was reported.
  void give_up();
  bool has_failed() const { return has_failed_; }
  void edit(diagnostics::Diagnostic& diagnostic, Span place, std::string replacement) {
    reporter_.add_edit(diagnostic, place, std::move(replacement));
  }
  // The diagnostic that report() returned last, so that later lines can add to its correction. None
  // where it was suppressed.
  std::optional<std::size_t> last_report(const diagnostics::Diagnostic& reported) const {
    if (reported.code.empty() || reporter_.is_full()) return std::nullopt;
    return reporter_.count() - 1;
  }
  // A block was opened with a brace, which was reported; the one that closes it goes with it.
  void open_brace(const diagnostics::Diagnostic& reported) {
    if (const auto index = last_report(reported)) braces_.push_back(*index);
  }
  bool close_brace() {
    if (braces_.empty()) return false;
    reporter_.add_edit_to(braces_.back(), tokens_[at_].span, {});
    braces_.pop_back();
    advance();
    return true;
  }
  // The current token for a message.
  std::string describe_now() const;

  // --- depth

  // How deep the tree is where the parser stands, and the deepest place of the subtree it makes.
  bool enter() {
    ++depth_;
    if (depth_ > peak_) peak_ = depth_;
    return depth_ <= kNestingDepthMax;
  }
  void leave() { --depth_; }
  void descend(std::uint32_t levels) {
    depth_ += levels;
    raise_peak(depth_);
  }
  void ascend(std::uint32_t levels) { depth_ -= levels; }
  // The subtree that was made becomes a child of one more node.
  bool wrap() { return ++peak_ <= kNestingDepthMax; }
  std::uint32_t begin_subtree() { return std::exchange(peak_, depth_); }
  void end_subtree(std::uint32_t outer_peak) {
    if (outer_peak > peak_) peak_ = outer_peak;
  }
  std::uint32_t peak() const { return peak_; }
  void raise_peak(std::uint32_t peak) {
    if (peak > peak_) peak_ = peak;
  }
  // Said once per declaration.
  void fail_nesting(Span place);
  void begin_declaration() { has_reported_nesting_ = false; }

 private:
  bool is_line_end(std::size_t index) const {
    const Token& token = tokens_[index];
    if (!token.starts_line || index == line_) return false;
    return brackets_ == 0 || token.starts_declaration;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  Tree& tree_;
  Reporter& reporter_;
  std::size_t at_ = 0;
  std::size_t statement_ = 0;  // its first token
  std::size_t line_ = 0;       // a first token of a line that does not end the statement
  std::uint32_t brackets_ = 0;
  bool has_failed_ = false;
  bool has_reported_nesting_ = false;
  std::uint32_t depth_ = 0;
  std::uint32_t peak_ = 0;
  std::uint32_t reported_at_ = 0xFFFFFFFF;
  std::vector<std::size_t> braces_;  // diagnostics of those that are open
  diagnostics::Diagnostic forgotten_;
};

// Counts a level of nesting while it lives.
class Nesting {
 public:
  explicit Nesting(Cursor& cursor) : cursor_(cursor), fits_(cursor.enter()) {}
  ~Nesting() { cursor_.leave(); }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  bool fits() const { return fits_; }

 private:
  Cursor& cursor_;
  bool fits_;
};

}  // namespace aqua::syntax

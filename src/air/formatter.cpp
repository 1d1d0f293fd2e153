#include "air/formatter.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "air/characters.h"
#include "air/lexer.h"
#include "air/parser.h"

namespace aqua::air {

using diagnostics::Diagnostic;

namespace {

constexpr std::size_t kIndentWidth = 2;
constexpr std::size_t kContinuationWidth = 4;
constexpr std::uint32_t kIndentLevelsMax = 20;

// The same instruction nested in itself reads like one list.
bool reads_as_list(Keyword keyword) {
  return keyword == Keyword::kSeq || keyword == Keyword::kPar || keyword == Keyword::kXor ||
         keyword == Keyword::kNew;
}

struct OpenInstruction {
  Keyword keyword = Keyword::kNull;
  std::uint32_t level = 0;
  std::uint32_t inner_brackets = 0;  // of the service and function of a call, of the key of an ap
};

// Writes the tokens in their order; structure decides only about spaces and line ends.
class Formatter {
 public:
  // `text` is a script without mistakes of syntax, followed by a NUL byte.
  explicit Formatter(std::string_view text) : text_(text), lexer_(text, no_errors_) {}

  std::string run();

 private:
  void write_gap(const Token& token, std::size_t indent);
  void write_token(const Token& token, std::size_t indent);
  void write_comment(std::string_view comment, bool on_own_line, std::size_t indent);
  void end_line();

  std::size_t indent_of(const Token& token) const;
  std::uint32_t child_level(Keyword keyword) const;
  static std::size_t columns(std::uint32_t level) {
    return kIndentWidth * std::min(level, kIndentLevelsMax);
  }
  bool opens_instruction(const Token& token) const {
    return token.kind == TokenKind::kOpenRound && following_.kind == TokenKind::kKeyword;
  }
  bool closes_instruction(const Token& token) const {
    return token.kind == TokenKind::kCloseRound && open_.back().inner_brackets == 0;
  }

  std::string_view text_;
  ErrorList no_errors_;
  Lexer lexer_;
  Token following_;  // after the token that is being written
  std::uint32_t gap_begin_ = 0;
  std::vector<OpenInstruction> open_;
  std::string out_;
  bool at_line_start_ = true;
  bool glues_next_ = false;  // after an opening bracket
};

std::string Formatter::run() {
  out_.reserve(text_.size() + text_.size() / 4);
  following_ = lexer_.next();
  while (true) {
    const Token token = following_;
    if (token.kind != TokenKind::kEnd) following_ = lexer_.next();
    const std::size_t indent = indent_of(token);
    write_gap(token, closes_instruction(token) ? indent + kIndentWidth : indent);
    if (token.kind == TokenKind::kEnd) break;
    write_token(token, indent);
    gap_begin_ = token.span.end;
  }
  end_line();
  return std::move(out_);
}

std::size_t Formatter::indent_of(const Token& token) const {
  if (opens_instruction(token)) return columns(child_level(following_.keyword));
  if (open_.empty()) return 0;
  const std::size_t own = columns(open_.back().level);
  return closes_instruction(token) ? own : own + kContinuationWidth;
}

std::uint32_t Formatter::child_level(Keyword keyword) const {
  if (open_.empty()) return 0;
  const OpenInstruction& parent = open_.back();
  return parent.keyword == keyword && reads_as_list(keyword) ? parent.level : parent.level + 1;
}

void Formatter::write_token(const Token& token, std::size_t indent) {
  const bool opens = token.kind == TokenKind::kOpenRound || token.kind == TokenKind::kOpenSquare;
  const bool closes = token.kind == TokenKind::kCloseRound || token.kind == TokenKind::kCloseSquare;
  if (opens_instruction(token)) {
    end_line();
    const Keyword keyword = following_.keyword;
    open_.push_back(OpenInstruction{.keyword = keyword, .level = child_level(keyword)});
  } else if (token.kind == TokenKind::kOpenRound) {
    ++open_.back().inner_brackets;
  } else if (token.kind == TokenKind::kCloseRound) {
    if (open_.back().inner_brackets > 0) {
      --open_.back().inner_brackets;
    } else {
      open_.pop_back();
    }
  }
  if (at_line_start_) {
    out_.append(indent, ' ');
  } else if (!closes && !glues_next_) {
    out_ += ' ';
  }
  out_ += lexer_.text(token.span);
  at_line_start_ = false;
  glues_next_ = opens;
}

// The comments before the token. Of blank lines between them one is kept.
void Formatter::write_gap(const Token& token, std::size_t indent) {
  const std::string_view gap = text_.substr(gap_begin_, token.span.begin - gap_begin_);
  bool on_own_line = gap_begin_ == 0;
  bool after_comment = false;
  std::uint32_t blank_lines = 0;
  for (std::size_t at = 0; at < gap.size(); ++at) {
    if (gap[at] == '\n') {
      // The end of a comment's own line is not seen here.
      if (on_own_line) ++blank_lines;
      on_own_line = true;
    }
    if (gap[at] != ';') continue;
    if (after_comment && blank_lines > 0) out_ += '\n';
    const std::size_t end = std::min(gap.find('\n', at), gap.size());
    write_comment(gap.substr(at, end - at), on_own_line, indent);
    at = end;
    on_own_line = true;
    after_comment = true;
    blank_lines = 0;
  }
}

void Formatter::write_comment(std::string_view comment, bool on_own_line, std::size_t indent) {
  while (has_class(comment.back(), kSpace)) comment.remove_suffix(1);
  if (on_own_line) {
    end_line();
    out_.append(indent, ' ');
  } else if (!at_line_start_) {
    out_ += ' ';
  }
  out_ += comment;
  at_line_start_ = false;
  end_line();
}

void Formatter::end_line() {
  if (at_line_start_) return;
  out_ += '\n';
  at_line_start_ = true;
  glues_next_ = false;
}

}  // namespace

base::Result<std::string, std::vector<Diagnostic>> format_script(std::string_view text) {
  auto tree = parse_syntax(text);
  if (!tree) return std::unexpected(std::move(tree.error()));
  return Formatter(std::string(text)).run();
}

}  // namespace aqua::air

#include "compiler/syntax/lexer.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/utf8.h"

namespace aqua::syntax {

using diagnostics::CodePoint;
using diagnostics::Diagnostic;
using diagnostics::Span;

std::string_view name_of(TokenKind kind) {
  constexpr std::string_view kNames[] = {
#define AQUA_SYNTAX_TOKEN(name, text) #name,
      AQUA_SYNTAX_TOKEN_KINDS(AQUA_SYNTAX_TOKEN)
#undef AQUA_SYNTAX_TOKEN
  };
  return kNames[static_cast<std::size_t>(kind)].substr(1);
}

std::string_view describe(TokenKind kind) {
  constexpr std::string_view kTexts[] = {
#define AQUA_SYNTAX_TOKEN(name, text) text,
      AQUA_SYNTAX_TOKEN_KINDS(AQUA_SYNTAX_TOKEN)
#undef AQUA_SYNTAX_TOKEN
  };
  return kTexts[static_cast<std::size_t>(kind)];
}

namespace {

constexpr std::string_view kInitPeerIdText = "%init_peer_id%";

// In Aqua a token takes about this many bytes.
constexpr std::size_t kBytesPerToken = 4;

// Of the places of one kind of foreign comment, so many are labelled; all are edited.
constexpr std::size_t kCommentLabelsMax = 4;

enum CharacterClass : std::uint8_t {
  kLetter = 1,
  kDigit = 2,
  kUnderscore = 4,
  kNotAscii = 8,
};

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['_'] = kUnderscore;
  for (int c = 0x80; c < 0x100; ++c) classes[c] = kNotAscii;
  return classes;
}();

bool has_class(char c, int classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
bool is_name_part(char c) { return has_class(c, kLetter | kDigit | kUnderscore); }

bool is_declaration_word(std::string_view word) {
  constexpr std::string_view kWords[] = {"func",   "service", "data", "ability", "const", "alias",
                                         "import", "use",     "aqua", "export",  "module"};
  for (const std::string_view candidate : kWords) {
    if (word == candidate) return true;
  }
  return false;
}

// What people mean who copy text from a word processor or a web page.
struct Lookalike {
  char32_t code_point;
  std::string_view replacement;
};
constexpr Lookalike kLookalikes[] = {
    {U'\u2192', "->"}, {U'\u2190', "<-"}, {U'\u21D2', "->"}, {U'\u2264', "<="}, {U'\u2265', ">="},
    {U'\u2260', "!="}, {U'\u00D7', "*"},  {U'\u2212', "-"},  {U'\u2013', "-"},  {U'\u2014', "--"},
    {U'\u2227', "&&"}, {U'\u2228', "||"}, {U'\u00AC', "!"},  {U'\u00F7', "/"},
};

bool is_unusual_blank(char32_t c) {
  return c == 0x0B || c == 0x0C || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200D) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

bool is_double_quote(char32_t c) { return c >= 0x201C && c <= 0x201F; }
bool is_single_quote(char32_t c) { return c == '\'' || c == '`' || (c >= 0x2018 && c <= 0x201B); }

// Code points above ASCII that are no punctuation we know of count as letters of a name, so that
// one word gives one diagnostic.
bool is_letter_like(char32_t c) {
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return false;
  if (c >= 0x2000 && c < 0x2C00) return false;
  return c < 0x3000 || (c >= 0x3040 && c < 0xE000) || (c >= 0x10000 && c < 0x1F000);
}

class Lexer {
 public:
  Lexer(std::string_view text, Reporter& reporter)
      : begin_(text.data()), end_(begin_ + text.size()), at_(begin_), reporter_(reporter) {
    tokens_.reserve(text.size() / kBytesPerToken + 1);
  }

  std::vector<Token> run() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (std::string_view(begin_, end_).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    line_begin_ = at_;
    while (skip_blanks(), at_ != end_) token();
    starts_line_ = true;
    push(TokenKind::kEnd, end_, end_);
    report_comments();
    return std::move(tokens_);
  }

 private:
  char peek(std::ptrdiff_t offset) const { return end_ - at_ > offset ? at_[offset] : '\0'; }
  Span span_of(const char* begin, const char* end) const {
    return {static_cast<std::uint32_t>(begin - begin_), static_cast<std::uint32_t>(end - begin_)};
  }
  CodePoint code_point(const char* at) const {
    return diagnostics::decode_utf8({at, static_cast<std::size_t>(end_ - at)});
  }
  const char* find(char c, const char* from) const {
    const void* found = std::memchr(from, c, static_cast<std::size_t>(end_ - from));
    return found == nullptr ? end_ : static_cast<const char*>(found);
  }

  void skip_blanks();
  void token();
  void push(TokenKind kind, const char* begin, const char* end);
  // The token of the next `size` bytes.
  void take(TokenKind kind, std::ptrdiff_t size) {
    push(kind, at_, at_ + size);
    at_ += size;
  }

  void identifier();
  void number();
  void string();
  void foreign_string(bool is_double);
  void foreign_comment();
  void report_comments();
  void other();

  const char* begin_;
  const char* end_;
  const char* at_;
  Reporter& reporter_;
  std::vector<Token> tokens_;
  const char* line_begin_ = nullptr;
  bool starts_line_ = true;
  bool after_blank_ = false;
  std::vector<Span> foreign_comments_;  // the marks to be replaced
};

void Lexer::push(TokenKind kind, const char* begin, const char* end) {
  if (!tokens_.empty() && tokens_.back().starts_declaration) {
    tokens_.back().starts_declaration =
        !starts_line_ && after_blank_ &&
        (kind == TokenKind::kIdentifier || kind == TokenKind::kString);
  }
  Token& token = tokens_.emplace_back();
  token.kind = kind;
  token.starts_line = starts_line_;
  token.after_blank = after_blank_;
  token.span = span_of(begin, end);
  token.starts_declaration = kind == TokenKind::kIdentifier && begin == line_begin_ &&
                             is_declaration_word({begin, static_cast<std::size_t>(end - begin)});
  starts_line_ = false;
  after_blank_ = false;
}

void Lexer::skip_blanks() {
  while (at_ != end_) {
    switch (*at_) {
      case ' ':
      case '\t': break;
      case '\r':
        // "\n\r" is a line break too; alone it is nothing but a blank.
        if (at_ == line_begin_) line_begin_ = at_ + 1;
        break;
      case '\n':
        starts_line_ = true;
        line_begin_ = at_ + 1;
        break;
      case '-':
        if (peek(1) != '-') return;
        at_ = find('\n', at_);
        continue;
      default: return;
    }
    after_blank_ = true;
    ++at_;
  }
}

void Lexer::token() {
  const char c = *at_;
  if (has_class(c, kLetter | kUnderscore)) return identifier();
  if (has_class(c, kDigit)) return number();
  switch (c) {
    case '"': return string();
    case '(': return take(TokenKind::kOpenRound, 1);
    case ')': return take(TokenKind::kCloseRound, 1);
    case '[': return take(TokenKind::kOpenSquare, 1);
    case ']': return take(TokenKind::kCloseSquare, 1);
    case '{': return take(TokenKind::kOpenCurly, 1);
    case '}': return take(TokenKind::kCloseCurly, 1);
    case ',': return take(TokenKind::kComma, 1);
    case '.': return take(TokenKind::kDot, 1);
    case ';': return take(TokenKind::kSemicolon, 1);
    case '?': return take(TokenKind::kQuestion, 1);
    case ':':
      if (peek(1) == '=') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kColon, 1);
    case '!':
      if (peek(1) != '=') return take(TokenKind::kBang, 1);
      if (peek(2) == '=') return take(TokenKind::kForeign, 3);
      return take(TokenKind::kNotEqual, 2);
    case '=':
      if (peek(1) == '>') return take(TokenKind::kForeign, 2);
      if (peek(1) != '=') return take(TokenKind::kAssign, 1);
      if (peek(2) == '=') return take(TokenKind::kForeign, 3);
      return take(TokenKind::kEqual, 2);
    case '<':
      if (peek(1) == '-') return take(TokenKind::kLeftArrow, 2);
      if (peek(1) == '=') return take(TokenKind::kLessOrEqual, 2);
      if (peek(1) == '<' && peek(2) == '-') return take(TokenKind::kPush, 3);
      if (peek(1) == '<') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kLess, 1);
    case '>':
      if (peek(1) == '=') return take(TokenKind::kGreaterOrEqual, 2);
      if (peek(1) == '>') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kGreater, 1);
    case '-':
      if (peek(1) == '>') return take(TokenKind::kRightArrow, 2);
      if (peek(1) == '=') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kMinus, 1);
    case '+':
      if (peek(1) == '=' || peek(1) == '+') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kPlus, 1);
    case '*':
      if (peek(1) == '*') return take(TokenKind::kPower, 2);
      if (peek(1) == '=') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kStar, 1);
    case '/':
      if (peek(1) == '/' || peek(1) == '*') return foreign_comment();
      if (peek(1) == '=') return take(TokenKind::kForeign, 2);
      return take(TokenKind::kSlash, 1);
    case '#': return foreign_comment();
    case '%':
      if (std::string_view(at_, end_).starts_with(kInitPeerIdText)) {
        return take(TokenKind::kInitPeerId, kInitPeerIdText.size());
      }
      return take(TokenKind::kPercent, 1);
    case '&':
      return take(peek(1) == '&' ? TokenKind::kAnd : TokenKind::kForeign, peek(1) == '&' ? 2 : 1);
    case '|':
      return take(peek(1) == '|' ? TokenKind::kOr : TokenKind::kForeign, peek(1) == '|' ? 2 : 1);
    case '\'':
    case '`': return foreign_string(false);
    default: return other();
  }
}

void Lexer::identifier() {
  const char* at = at_;
  while (at != end_ && is_name_part(*at)) ++at;
  // Letters of other alphabets are read as part of the word and reported with it.
  bool is_ascii = true;
  while (at != end_ && has_class(*at, kNotAscii)) {
    const CodePoint c = code_point(at);
    if (!is_letter_like(c.value)) break;
    is_ascii = false;
    at += c.size_bytes;
    while (at != end_ && is_name_part(*at)) ++at;
  }
  const Span span = span_of(at_, at);
  const std::string_view word(at_, at);
  if (!is_ascii) {
    reporter_.add(DiagnosticKind::kMalformedName, span,
                  fmt::format("{} has letters that a name can not have", quoted(word)), {},
                  "a name has letters a to z, digits and '_'");
  } else if (word.front() == '_') {
    const std::size_t letter = word.find_first_not_of('_');
    const bool has_letter = letter != std::string_view::npos && has_class(word[letter], kLetter);
    const std::string_view rest = has_letter ? word.substr(letter) : std::string_view();
    Diagnostic& diagnostic = reporter_.add(
        DiagnosticKind::kMalformedName, span, "a name starts with a letter", {},
        has_letter ? fmt::format("call it {}", quoted(rest)) : "give it a name of letters");
    if (has_letter) reporter_.add_edit(diagnostic, span, std::string(rest));
  }
  push(TokenKind::kIdentifier, at_, at);
  at_ = at;
}

void Lexer::number() {
  const char* at = at_;
  while (at != end_ && has_class(*at, kDigit)) ++at;
  const char* const dot = at;
  bool is_float = false;
  if (at != end_ && *at == '.' && at + 1 != end_ && has_class(at[1], kDigit)) {
    is_float = true;
    ++at;
    while (at != end_ && has_class(*at, kDigit)) ++at;
  }
  const char* const digits_end = at;
  while (at != end_ && is_name_part(*at)) ++at;
  const TokenKind kind = is_float ? TokenKind::kFloat : TokenKind::kInteger;
  const Span span = span_of(at_, at);
  const std::string_view word(at_, at);
  if (at != digits_end) {
    std::string plain;
    for (const char c : word) {
      if (c != '_') plain += c;
    }
    const bool only_underscores = plain.find_first_not_of("0123456789.") == std::string::npos;
    const bool is_hexadecimal = word.starts_with("0x") || word.starts_with("0X");
    std::string hint = only_underscores ? fmt::format("write {}", quoted(plain))
                       : is_hexadecimal
                           ? "numbers are decimal"
                           : "a number has only digits and a dot, a name starts with a letter";
    Diagnostic& diagnostic = reporter_.add(
        DiagnosticKind::kMalformedNumber, span,
        fmt::format("{} is neither a number nor a name", quoted(word)), {}, std::move(hint));
    if (only_underscores) reporter_.add_edit(diagnostic, span, plain);
  } else if (*at_ == '0' && dot - at_ > 1) {
    std::size_t zeros = 0;
    while (at_ + zeros + 1 < dot && at_[zeros] == '0') ++zeros;
    const std::string_view rest = word.substr(zeros);
    Diagnostic& diagnostic =
        reporter_.add(DiagnosticKind::kMalformedNumber, span, "a number has no zeros in front", {},
                      fmt::format("write {}", quoted(rest)));
    reporter_.add_edit(diagnostic, span, std::string(rest));
  } else if (!is_float && at != end_ && *at == '.' &&
             (at + 1 == end_ || !has_class(at[1], kLetter | kUnderscore | kNotAscii))) {
    const Span with_dot = span_of(at_, at + 1);
    Diagnostic& diagnostic =
        reporter_.add(DiagnosticKind::kMalformedNumber, with_dot,
                      "digits are missing after the dot", {}, fmt::format("write '{}.0'", word));
    reporter_.add_edit(diagnostic, with_dot, fmt::format("{}.0", word));
    ++at;
  }
  push(kind, at_, at);
  at_ = at;
}

// A string may go over several lines. One that someone forgot to close ends, most likely, at the
// quote that opens the next one: then a word follows its end.
void Lexer::string() {
  const char* const closing = find('"', at_ + 1);
  const char* const line_end = find('\n', at_ + 1);
  const bool is_multiline = line_end < closing;
  const bool is_unclosed =
      closing == end_ ||
      (is_multiline && closing + 1 != end_ &&
       (is_name_part(closing[1]) || closing[1] == '"' || closing[1] == '/' || closing[1] == '@'));
  if (is_unclosed) {
    const char* stop = line_end;
    while (stop > at_ + 1 && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t')) --stop;
    // Brackets, commas and a colon at the end of the line hardly belong to the text.
    while (stop > at_ + 1 && std::string_view(")]}:,").find(stop[-1]) != std::string_view::npos) {
      --stop;
    }
    Diagnostic& diagnostic = reporter_.add(DiagnosticKind::kUnclosedString, span_of(at_, stop),
                                           "this string is not closed", {}, "add the closing '\"'");
    reporter_.add_edit(diagnostic, span_of(stop, stop), "\"");
    push(TokenKind::kString, at_, stop);
    at_ = stop;
    return;
  }
  // "say \"hi\"": what the author takes for one string goes on to the last quote of the line.
  if (!is_multiline && closing[-1] == '\\' && closing - at_ > 1) {
    const char* last = closing;
    for (const char* at = closing + 1; at < line_end; ++at) {
      if (*at == '"') last = at;
      if (*at == '"' && at[-1] != '\\') break;
    }
    if (last != closing) {
      reporter_.add(DiagnosticKind::kEscapeInString, span_of(closing - 1, closing + 1),
                    "a string has no escapes: this quote ends it", {},
                    "a string can not hold '\"'; a backslash stands for itself");
      push(TokenKind::kString, at_, last + 1);
      at_ = last + 1;
      return;
    }
  }
  push(TokenKind::kString, at_, closing + 1);
  at_ = closing + 1;
}

void Lexer::foreign_string(bool is_double) {
  const CodePoint opening = code_point(at_);
  const char* const line_end = find('\n', at_);
  const char* at = at_ + opening.size_bytes;
  const char* closing = nullptr;
  std::uint32_t closing_size = 0;
  while (at < line_end) {
    const CodePoint c = code_point(at);
    const bool closes =
        is_double ? is_double_quote(c.value) || c.value == '"' : is_single_quote(c.value);
    if (closes) {
      closing = at;
      closing_size = c.size_bytes;
      break;
    }
    at += c.size_bytes;
  }
  if (closing == nullptr) {
    reporter_.add(DiagnosticKind::kUnclosedString, span_of(at_, at_ + opening.size_bytes),
                  "this quote opens a string that is not closed", {},
                  "strings stand between '\"' and '\"'");
    push(TokenKind::kString, at_, line_end);
    at_ = line_end;
    return;
  }
  const std::string_view inner(at_ + opening.size_bytes, closing);
  const Span span = span_of(at_, closing + closing_size);
  const bool fits = inner.find('"') == std::string_view::npos;
  const std::string corrected = fmt::format("\"{}\"", inner);
  Diagnostic& diagnostic = reporter_.add(
      DiagnosticKind::kForeignQuotes, span, "strings stand between straight double quotes", {},
      fits && inner.size() < 60 ? fmt::format("write {}", corrected) : std::string());
  if (fits) reporter_.add_edit(diagnostic, span, corrected);
  push(TokenKind::kString, at_, closing + closing_size);
  at_ = closing + closing_size;
}

void Lexer::foreign_comment() {
  const char* const mark = at_;
  if (at_[0] == '/' && peek(1) == '*') {
    const char* at = at_ + 2;
    while (true) {
      at = find('*', at);
      if (at == end_ || at + 1 == end_) {
        at = end_;
        break;
      }
      if (at[1] == '/') break;
      ++at;
    }
    const char* const stop = at == end_ ? end_ : at + 2;
    const bool is_one_line = find('\n', mark) >= stop;
    Diagnostic& diagnostic =
        reporter_.add(DiagnosticKind::kForeignComment, span_of(mark, mark + 2),
                      "comments start with '--' and go on to the end of the line", {},
                      "there is no comment over several lines: start each of them with '--'");
    if (is_one_line && find('\n', stop) == stop) {
      reporter_.add_edit(diagnostic, span_of(mark, mark + 2), "--");
      reporter_.add_edit(diagnostic, span_of(stop - 2, stop), "");
    }
    at_ = stop;
    for (const char* line = find('\n', mark); line < stop; line = find('\n', line + 1)) {
      starts_line_ = true;
      line_begin_ = line + 1;
    }
    after_blank_ = true;
    return;
  }
  while (at_ != end_ && *at_ == *mark) ++at_;
  foreign_comments_.push_back(span_of(mark, at_));
  at_ = find('\n', at_);
}

// Who writes one comment in the manner of another language writes all of them so: one mistake.
void Lexer::report_comments() {
  if (foreign_comments_.empty()) return;
  const Span first = foreign_comments_.front();
  Diagnostic& diagnostic =
      reporter_.add(DiagnosticKind::kForeignComment, first, "comments start with '--'",
                    foreign_comments_.size() == 1
                        ? std::string()
                        : fmt::format("here and in {} more places", foreign_comments_.size() - 1),
                    begin_[first.begin] == '/' ? "write '--' instead; for a division, a single '/'"
                                               : "write '--' instead");
  for (std::size_t i = 0; i < foreign_comments_.size(); ++i) {
    if (i > 0 && i < kCommentLabelsMax) reporter_.add_label(diagnostic, foreign_comments_[i], {});
    reporter_.add_edit(diagnostic, foreign_comments_[i], "--");
  }
}

void Lexer::other() {
  const CodePoint c = code_point(at_);
  const Span span = span_of(at_, at_ + c.size_bytes);
  const std::string_view character(at_, c.size_bytes);
  if (c.value == 0x22A4) return take(TokenKind::kTop, c.size_bytes);
  if (c.value == 0x22A5) return take(TokenKind::kBottom, c.size_bytes);
  if (is_unusual_blank(c.value)) {
    const char* at = at_;
    std::size_t count = 0;
    while (at != end_) {
      const CodePoint next = code_point(at);
      if (!is_unusual_blank(next.value)) break;
      at += next.size_bytes;
      ++count;
    }
    const bool is_first_of_line = starts_line_;
    const Span run = span_of(at_, at);
    Diagnostic& diagnostic = reporter_.add(
        DiagnosticKind::kUnusualBlank, run,
        fmt::format("this blank is the character U+{:04X}", static_cast<std::uint32_t>(c.value)),
        {}, is_first_of_line ? "lines are indented with spaces or tabs" : "write a space");
    reporter_.add_edit(diagnostic, run, std::string(count, ' '));
    at_ = at;
    after_blank_ = true;
    return;
  }
  if (is_double_quote(c.value)) return foreign_string(true);
  if (is_single_quote(c.value)) return foreign_string(false);
  if (is_letter_like(c.value)) return identifier();
  for (const Lookalike& lookalike : kLookalikes) {
    if (lookalike.code_point != c.value) continue;
    Diagnostic& diagnostic =
        reporter_.add(DiagnosticKind::kInvalidCharacter, span,
                      fmt::format("Aqua has no character {}", quoted(character)), {},
                      fmt::format("write '{}'", lookalike.replacement));
    reporter_.add_edit(diagnostic, span, std::string(lookalike.replacement));
    return take(TokenKind::kInvalid, c.size_bytes);
  }
  // A run of the same character is one mistake.
  const char* at = at_;
  while (at != end_ && std::string_view(at, end_).starts_with(character)) at += c.size_bytes;
  std::string message = c.value < 0x20 || c.value == 0x7F
                            ? fmt::format("the control character U+{:04X} is no part of Aqua",
                                          static_cast<std::uint32_t>(c.value))
                            : fmt::format("Aqua has no character {}", quoted(character));
  std::string_view hint;
  if (c.value == '\\') hint = "lines go on by themselves inside brackets and after operators";
  if (c.value == '$') hint = "streams are written without a sigil";
  if (c.value == '^') hint = "the power is written '**'";
  if (c.value == '~') hint = "the negation of a condition is written '!'";
  reporter_.add(DiagnosticKind::kInvalidCharacter, span_of(at_, at), std::move(message), {},
                std::string(hint));
  take(TokenKind::kInvalid, at - at_);
}

}  // namespace

std::vector<Token> scan(std::string_view text, Reporter& reporter) {
  return Lexer(text, reporter).run();
}

}  // namespace aqua::syntax

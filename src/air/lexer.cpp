#include "air/lexer.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "air/characters.h"
#include "base/utf8.h"

namespace aqua::air {

using base::CodePoint;
using base::decode_utf8;
using diagnostics::Span;

namespace {

constexpr std::string_view kInitPeerIdText = "%init_peer_id%";
constexpr std::string_view kLastErrorText = "%last_error%";
constexpr std::string_view kErrorSlotText = ":error:";
constexpr std::string_view kTimestampText = "%timestamp%";
constexpr std::string_view kTtlText = "%ttl%";

// A float is at most this long, sign and dot included.
constexpr std::size_t kFloatSizeMax = 11;

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// The character at `at`, ASCII or not.
CodePoint character_at(const char* at, const char* end) {
  if (!has_class(*at, kNotAscii)) return {static_cast<char32_t>(*at), 1};
  return decode_utf8(view(at, end));
}

bool is_numeric(CodePoint c) {
  return c.value < 0x80 ? has_class(static_cast<char>(c.value), kDigit)
                        : is_unicode_numeric(c.value);
}

bool is_name_part(CodePoint c) {
  return c.value < 0x80 ? has_class(static_cast<char>(c.value), kNamePart)
                        : is_unicode_alphanumeric(c.value);
}

bool is_lens_part(CodePoint c) {
  return c.value < 0x80 ? has_class(static_cast<char>(c.value), kNamePart | kLensPart)
                        : is_unicode_alphanumeric(c.value);
}

}  // namespace

Lexer::Lexer(std::string_view text, ErrorList& errors)
    : begin_(text.data()), end_(text.data() + text.size()), at_(begin_), errors_(errors) {}

Token Lexer::next() {
  const char* const at = skip_blanks(at_);
  switch (*at) {
    case '(': return single(TokenKind::kOpenRound, at);
    case ')': return single(TokenKind::kCloseRound, at);
    case '[': return single(TokenKind::kOpenSquare, at);
    case ']': return single(TokenKind::kCloseSquare, at);
    case '"': return literal(at);
    case '\0':
      if (at == end_) {
        at_ = at;
        return make(TokenKind::kEnd, at, at);
      }
      break;
  }
  return word(at);
}

const char* Lexer::skip_blanks(const char* at) const {
  while (true) {
    if (has_class(*at, kSpace)) {
      ++at;
    } else if (*at == ';') {
      const void* const line_end = std::memchr(at, '\n', static_cast<std::size_t>(end_ - at));
      if (line_end == nullptr) return end_;
      at = static_cast<const char*>(line_end) + 1;
    } else if (has_class(*at, kNotAscii)) {
      const CodePoint c = decode_utf8(view(at, end_));
      if (!is_unicode_space(c.value)) return at;
      at += c.size_bytes;
    } else {
      return at;
    }
  }
}

// A word goes on until a blank, or until a closing bracket that the word itself did not open.
const char* Lexer::word_end(const char* at) const {
  std::uint32_t round = 0;
  std::uint32_t square = 0;
  while (at != end_) {
    switch (*at) {
      case '(': ++round; break;
      case '[': ++square; break;
      case ')':
        if (round == 0) return at;
        --round;
        break;
      case ']':
        if (square == 0) return at;
        --square;
        break;
      default:
        if (has_class(*at, kSpace)) return at;
        if (has_class(*at, kNotAscii)) {
          const CodePoint c = decode_utf8(view(at, end_));
          if (is_unicode_space(c.value)) return at;
          at += c.size_bytes - 1;
        }
    }
    ++at;
  }
  return at;
}

Token Lexer::single(TokenKind kind, const char* at) {
  at_ = at + 1;
  return make(kind, at, at_);
}

Token Lexer::literal(const char* quote) {
  const auto rest = static_cast<std::size_t>(end_ - quote - 1);
  const void* const closing = std::memchr(quote + 1, '"', rest);
  if (closing == nullptr) {
    at_ = end_;
    return invalid(DiagnosticKind::kUnclosedString, quote, end_, quote, "this string is not closed",
                   "add the closing '\"'; AIR strings have no escapes");
  }
  at_ = static_cast<const char*>(closing) + 1;
  return make(TokenKind::kLiteral, quote, at_);
}

Token Lexer::word(const char* begin) {
  const char* at = begin;
  while (has_class(*at, kNamePart)) ++at;
  if (has_class(*at, kSpace | kClosing) || at == end_) {
    at_ = at;
    return plain_word(begin, at);
  }
  at_ = word_end(at);
  return general_word(begin, at_);
}

// Only letters, digits, '_' and '-' of ASCII.
Token Lexer::plain_word(const char* begin, const char* end) {
  if (has_class(*begin, kDigit) || *begin == '-') {
    const char* at = begin + 1;
    while (at != end && has_class(*at, kDigit)) ++at;
    return at == end ? integer(begin, end) : make(TokenKind::kScalar, begin, end);
  }
  const std::string_view text = view(begin, end);
  if (const auto keyword = find_keyword(text)) {
    Token token = make(TokenKind::kKeyword, begin, end);
    token.keyword = *keyword;
    return token;
  }
  if (text == "true" || text == "false") {
    Token token = make(TokenKind::kBoolean, begin, end);
    token.boolean = text == "true";
    return token;
  }
  return make(TokenKind::kScalar, begin, end);
}

Token Lexer::general_word(const char* begin, const char* end) {
  const std::string_view text = view(begin, end);
  if (*begin == '%' || *begin == ':') {
    if (text == kInitPeerIdText) return make(TokenKind::kInitPeerId, begin, end);
    if (text.starts_with(kErrorSlotText)) {
      return slot_word(TokenKind::kErrorSlot, TokenKind::kErrorSlotWithLens, begin,
                       begin + kErrorSlotText.size(), end);
    }
    if (text.starts_with(kLastErrorText)) {
      return slot_word(TokenKind::kLastError, TokenKind::kLastErrorWithLens, begin,
                       begin + kLastErrorText.size(), end);
    }
    if (text == kTimestampText) return make(TokenKind::kTimestamp, begin, end);
    if (text == kTtlText) return make(TokenKind::kTtl, begin, end);
  }
  return number_or_name(begin, end);
}

Token Lexer::slot_word(TokenKind bare, TokenKind with_lens, const char* begin, const char* lens,
                       const char* end) {
  if (lens == end) return make(bare, begin, end);
  return lens_word(with_lens, begin, lens, end);
}

// A word counts as a number until a character comes that no number has; then it is a name, unless
// there was a dot already.
Token Lexer::number_or_name(const char* begin, const char* end) {
  const char* at = begin;
  const char* dot = nullptr;
  bool any_digit = false;
  if (*at == '+' || *at == '-') ++at;
  while (at != end) {
    const CodePoint c = character_at(at, end);
    if (is_numeric(c)) {
      any_digit = true;
    } else if (c.value == '.' && dot == nullptr) {
      if (!any_digit) {
        return invalid(DiagnosticKind::kLeadingDot, begin, end, at,
                       "a dot without anything before it",
                       "a number starts with a digit: 0.5; a lens follows a name: x.$.field");
      }
      dot = at;
    } else if (dot != nullptr) {
      return invalid(DiagnosticKind::kMalformedNumber, begin, end, at,
                     "a number has only digits and one dot",
                     "the name of a variable with a lens must not consist of digits");
    } else {
      return name_word(begin, at, end);
    }
    at += c.size_bytes;
  }
  return dot == nullptr ? integer(begin, end) : real(begin, end);
}

// [begin, at) looked like a number; `at` is the first character that tells otherwise.
Token Lexer::name_word(const char* begin, const char* at, const char* end) {
  Sigil sigil = Sigil::kNone;
  const char* lens = nullptr;
  for (; at != end && lens == nullptr; at += character_at(at, end).size_bytes) {
    const CodePoint c = character_at(at, end);
    if (is_name_part(c)) continue;
    const std::ptrdiff_t offset = at - begin;
    if (offset == 0 && c.value == '$') {
      sigil = Sigil::kStream;
    } else if (offset == 0 && c.value == '#') {
      sigil = Sigil::kCanon;
    } else if (offset == 0 && c.value == '%') {
      sigil = Sigil::kStreamMap;
    } else if (offset == 1 && c.value == '$' && sigil == Sigil::kCanon) {
      // "#$": a canon stream, the second sigil is part of its name.
    } else if (offset == 1 && c.value == '%') {
      sigil = Sigil::kCanonMap;
    } else if (c.value == '.') {
      if (sigil != Sigil::kNone && offset <= 2) {
        return invalid(DiagnosticKind::kOneLetterNameWithLens, begin, end, begin,
                       "a name with a sigil needs two letters before a lens",
                       "the published VM reads '#c.$.a' as a canon with an empty name; "
                       "rename it, for example '#cc.$.a'");
      }
      lens = at;
      break;
    } else {
      return invalid(
          DiagnosticKind::kInvalidCharacter, begin, end, at,
          fmt::format("{} can not be part of a name", quoted(view(at, at + c.size_bytes))),
          "a name has only letters, digits, '_' and '-', after the sigil '$', '%' or '#'");
    }
  }

  const std::ptrdiff_t size = (lens == nullptr ? end : lens) - begin;
  const bool two_sigils = size == 2 && !has_class(begin[1], kNamePart | kNotAscii);
  if (sigil != Sigil::kNone && (size == 1 || two_sigils)) {
    return invalid(DiagnosticKind::kEmptyName, begin, end, begin, "a sigil without a name",
                   "a name follows the sigil, for example '$stream'");
  }

  struct Kinds {
    TokenKind bare;
    TokenKind with_lens;
  };
  constexpr Kinds kKinds[] = {{TokenKind::kScalar, TokenKind::kScalarWithLens},
                              {TokenKind::kStream, TokenKind::kStreamWithLens},
                              {TokenKind::kStreamMap, TokenKind::kStreamMapWithLens},
                              {TokenKind::kCanon, TokenKind::kCanonWithLens},
                              {TokenKind::kCanonMap, TokenKind::kCanonMapWithLens}};
  const Kinds kinds = kKinds[static_cast<std::size_t>(sigil)];
  if (lens == nullptr) return make(kinds.bare, begin, end);
  return lens_word(kinds.with_lens, begin, lens, end);
}

// Checks the characters of the lens; its grammar is the parser's business.
Token Lexer::lens_word(TokenKind with_lens, const char* begin, const char* lens, const char* end) {
  for (const char* at = lens; at != end;) {
    const CodePoint c = character_at(at, end);
    const bool is_last_bang = c.value == '!' && at + 1 == end;
    if (!is_lens_part(c) && !is_last_bang) {
      return invalid(
          DiagnosticKind::kInvalidCharacter, begin, end, at,
          fmt::format("{} can not be part of a lens", quoted(view(at, at + c.size_bytes))),
          c.value == '!' ? "'!' stands only at the end of a lens, and does nothing" : "");
    }
    at += c.size_bytes;
  }
  Token token = make(with_lens, begin, end);
  token.lens_begin = static_cast<std::uint32_t>(lens - begin_);
  return token;
}

Token Lexer::integer(const char* begin, const char* end) {
  Token token = make(TokenKind::kInteger, begin, end);
  const char* const digits = *begin == '+' ? begin + 1 : begin;
  const auto [rest, error] = std::from_chars(digits, end, token.integer);
  if (error == std::errc::result_out_of_range) {
    return invalid(DiagnosticKind::kNumberOutOfRange, begin, end, begin,
                   "this integer does not fit into 64 bits",
                   "the range is -9223372036854775808 to 9223372036854775807");
  }
  if (error != std::errc() || rest != end) {
    return invalid(DiagnosticKind::kMalformedNumber, begin, end, begin, "this is not a number",
                   "an integer has an optional sign and digits 0 to 9");
  }
  return token;
}

Token Lexer::real(const char* begin, const char* end) {
  if (static_cast<std::size_t>(end - begin) > kFloatSizeMax) {
    return invalid(
        DiagnosticKind::kFloatTooLong, begin, end, begin,
        fmt::format("a float has at most {} characters, sign and dot included", kFloatSizeMax));
  }
  Token token = make(TokenKind::kFloat, begin, end);
  const char* const digits = *begin == '+' ? begin + 1 : begin;
  const auto [rest, error] = std::from_chars(digits, end, token.real);
  if (error != std::errc() || rest != end) {
    return invalid(DiagnosticKind::kMalformedNumber, begin, end, begin, "this is not a number",
                   "a float has an optional sign, digits 0 to 9 and one dot");
  }
  return token;
}

Token Lexer::make(TokenKind kind, const char* begin, const char* end) const {
  Token token;
  token.kind = kind;
  token.span = span_of(begin, end);
  return token;
}

Token Lexer::invalid(DiagnosticKind kind, const char* begin, const char* end, const char* place,
                     std::string message, std::string hint) {
  const Span span = place == begin ? span_of(begin, end)
                                   : span_of(place, place + character_at(place, end_).size_bytes);
  errors_.add(kind, span, std::move(message), {}, std::move(hint));
  return make(TokenKind::kInvalid, begin, end);
}

Span Lexer::span_of(const char* begin, const char* end) const {
  return {static_cast<std::uint32_t>(begin - begin_), static_cast<std::uint32_t>(end - begin_)};
}

}  // namespace aqua::air

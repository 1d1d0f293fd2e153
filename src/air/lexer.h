#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "air/error_list.h"
#include "air/token.h"

namespace aqua::air {

// Cuts a script into tokens. A malformed word is reported and becomes kInvalid.
class Lexer {
 public:
  // `text` is valid UTF-8, is followed by a NUL byte and outlives the lexer.
  Lexer(std::string_view text, ErrorList& errors);

  Token next();
  // Goes on reading at `offset`, the end of a token that was read before.
  void rewind(std::uint32_t offset) { at_ = begin_ + offset; }

  std::string_view text(diagnostics::Span span) const {
    return {begin_ + span.begin, span.end - span.begin};
  }

 private:
  enum class Sigil : std::uint8_t { kNone, kStream, kStreamMap, kCanon, kCanonMap };

  const char* skip_blanks(const char* at) const;
  const char* word_end(const char* at) const;

  Token single(TokenKind kind, const char* at);
  Token literal(const char* quote);
  Token word(const char* begin);
  Token plain_word(const char* begin, const char* end);
  Token general_word(const char* begin, const char* end);
  Token slot_word(TokenKind bare, TokenKind with_lens, const char* begin, const char* lens,
                  const char* end);
  Token number_or_name(const char* begin, const char* end);
  Token name_word(const char* begin, const char* at, const char* end);
  Token lens_word(TokenKind with_lens, const char* begin, const char* lens, const char* end);
  Token integer(const char* begin, const char* end);
  Token real(const char* begin, const char* end);

  Token make(TokenKind kind, const char* begin, const char* end) const;
  Token invalid(DiagnosticKind kind, const char* begin, const char* end, const char* place,
                std::string message, std::string hint = {});
  diagnostics::Span span_of(const char* begin, const char* end) const;

  const char* begin_;
  const char* end_;
  const char* at_;
  ErrorList& errors_;
};

}  // namespace aqua::air

#pragma once

#include <cstdint>
#include <string_view>

#include "diagnostics/source.h"

// name, how a message calls it
#define AQUA_SYNTAX_TOKEN_KINDS(X)               \
  X(kEnd, "the end of the file")                 \
  X(kLineEnd, "the end of the line")             \
  X(kIdentifier, "a name")                       \
  X(kInteger, "a number")                        \
  X(kFloat, "a number")                          \
  X(kString, "a string")                         \
  X(kInitPeerId, "'%init_peer_id%'")             \
  X(kOpenRound, "'('")                           \
  X(kCloseRound, "')'")                          \
  X(kOpenSquare, "'['")                          \
  X(kCloseSquare, "']'")                         \
  X(kOpenCurly, "'{'")                           \
  X(kCloseCurly, "'}'")                          \
  X(kComma, "','")                               \
  X(kDot, "'.'")                                 \
  X(kColon, "':'")                               \
  X(kSemicolon, "';'")                           \
  X(kBang, "'!'")                                \
  X(kQuestion, "'?'")                            \
  X(kAssign, "'='")                              \
  X(kEqual, "'=='")                              \
  X(kNotEqual, "'!='")                           \
  X(kLess, "'<'")                                \
  X(kLessOrEqual, "'<='")                        \
  X(kGreater, "'>'")                             \
  X(kGreaterOrEqual, "'>='")                     \
  X(kLeftArrow, "'<-'")                          \
  X(kPush, "'<<-'")                              \
  X(kRightArrow, "'->'")                         \
  X(kPlus, "'+'")                                \
  X(kMinus, "'-'")                               \
  X(kStar, "'*'")                                \
  X(kSlash, "'/'")                               \
  X(kPercent, "'%'")                             \
  X(kPower, "'**'")                              \
  X(kAnd, "'&&'")                                \
  X(kOr, "'||'")                                 \
  X(kTop, "'\xE2\x8A\xA4'")                      \
  X(kBottom, "'\xE2\x8A\xA5'")                   \
  X(kForeign, "an operator of another language") \
  X(kInvalid, "a character that was reported")

namespace aqua::syntax {

enum class TokenKind : std::uint8_t {
#define AQUA_SYNTAX_TOKEN(name, text) name,
  AQUA_SYNTAX_TOKEN_KINDS(AQUA_SYNTAX_TOKEN)
#undef AQUA_SYNTAX_TOKEN
};

// "kComma" without the k.
std::string_view name_of(TokenKind kind);
// For messages.
std::string_view describe(TokenKind kind);

// Keywords are no tokens: any of them may be a name. Comments and line ends are none either, what
// they tell is kept with the token that follows.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  bool starts_line = false;
  bool after_blank = false;  // a blank or a line break comes before
  // In the first column, a word such as "func" followed by a name: it ends whatever was left open.
  bool starts_declaration = false;
  diagnostics::Span span;
};

}  // namespace aqua::syntax

#pragma once

#include <cstdint>

#include "air/keyword.h"
#include "diagnostics/source.h"

namespace aqua::air {

enum class TokenKind : std::uint8_t {
  kEnd,
  kOpenRound,
  kCloseRound,
  kOpenSquare,
  kCloseSquare,
  kKeyword,
  kLiteral,
  kInteger,
  kFloat,
  kBoolean,
  kInitPeerId,
  kTimestamp,
  kTtl,
  kLastError,
  kLastErrorWithLens,
  kErrorSlot,
  kErrorSlotWithLens,
  kScalar,
  kScalarWithLens,
  kStream,
  kStreamWithLens,
  kStreamMap,
  kStreamMapWithLens,
  kCanon,
  kCanonWithLens,
  kCanonMap,
  kCanonMapWithLens,
  kInvalid,     // a word that was reported already
  kEmptyArray,  // never lexed: the parser makes it of two brackets
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Keyword keyword = Keyword::kNull;  // kKeyword
  bool boolean = false;              // kBoolean
  diagnostics::Span span;
  std::uint32_t lens_begin = 0;  // the ...WithLens kinds: where the lens starts
  union {
    std::int64_t integer = 0;  // kInteger
    double real;               // kFloat
  };
};

// A set of token kinds.
class TokenSet {
 public:
  template <class... Kinds>
  constexpr explicit TokenSet(Kinds... kinds) : bits_((bit(kinds) | ... | 0u)) {}

  constexpr bool contains(TokenKind kind) const { return (bits_ & bit(kind)) != 0; }
  constexpr TokenSet operator|(TokenSet other) const {
    TokenSet sum;
    sum.bits_ = bits_ | other.bits_;
    return sum;
  }

 private:
  static constexpr std::uint32_t bit(TokenKind kind) {
    return std::uint32_t{1} << static_cast<std::uint32_t>(kind);
  }

  std::uint32_t bits_;
};

}  // namespace aqua::air

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The instructions as they are written.
#define AQUA_AIR_KEYWORDS(X) \
  X(kCall, "call")           \
  X(kCanon, "canon")         \
  X(kAp, "ap")               \
  X(kSeq, "seq")             \
  X(kPar, "par")             \
  X(kXor, "xor")             \
  X(kMatch, "match")         \
  X(kMismatch, "mismatch")   \
  X(kFold, "fold")           \
  X(kNext, "next")           \
  X(kNew, "new")             \
  X(kFail, "fail")           \
  X(kNever, "never")         \
  X(kNull, "null")

namespace aqua::air {

enum class Keyword : std::uint8_t {
#define AQUA_AIR_KEYWORD(name, text) name,
  AQUA_AIR_KEYWORDS(AQUA_AIR_KEYWORD)
#undef AQUA_AIR_KEYWORD
};

inline constexpr std::string_view kKeywordTexts[] = {
#define AQUA_AIR_KEYWORD(name, text) text,
    AQUA_AIR_KEYWORDS(AQUA_AIR_KEYWORD)
#undef AQUA_AIR_KEYWORD
};

constexpr std::string_view text_of(Keyword keyword) {
  return kKeywordTexts[static_cast<std::size_t>(keyword)];
}

inline std::optional<Keyword> find_keyword(std::string_view word) {
  if (word.size() < 2 || word.size() > 8) return std::nullopt;
  const auto if_equal = [word](Keyword keyword) -> std::optional<Keyword> {
    if (word == text_of(keyword)) return keyword;
    return std::nullopt;
  };
  switch (word[0]) {
    case 'c': return word.size() == 4 ? if_equal(Keyword::kCall) : if_equal(Keyword::kCanon);
    case 'a': return if_equal(Keyword::kAp);
    case 's': return if_equal(Keyword::kSeq);
    case 'p': return if_equal(Keyword::kPar);
    case 'x': return if_equal(Keyword::kXor);
    case 'm': return word.size() == 5 ? if_equal(Keyword::kMatch) : if_equal(Keyword::kMismatch);
    case 'f': return word[1] == 'o' ? if_equal(Keyword::kFold) : if_equal(Keyword::kFail);
    case 'n':
      if (word.size() == 3) return if_equal(Keyword::kNew);
      if (word.size() == 5) return if_equal(Keyword::kNever);
      return word[1] == 'e' ? if_equal(Keyword::kNext) : if_equal(Keyword::kNull);
    default: return std::nullopt;
  }
}

}  // namespace aqua::air

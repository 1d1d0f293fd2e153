#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Every mistake that an AIR script can contain. Codes are stable: never reuse one.
// tests/golden/air holds a case of each; diagnostic_kinds_test.cpp fails where one is missing.
#define AQUA_AIR_DIAGNOSTIC_KINDS(X) \
  X(kNotUtf8, "R0001")               \
  X(kScriptTooLong, "R0002")         \
  X(kNestedTooDeep, "R0003")         \
  X(kTooManyErrors, "R0004")         \
  X(kEmptyScript, "R0005")           \
  X(kTextAfterScript, "R0006")       \
  X(kUnclosedString, "R0010")        \
  X(kInvalidCharacter, "R0011")      \
  X(kEmptyName, "R0012")             \
  X(kOneLetterNameWithLens, "R0013") \
  X(kLeadingDot, "R0014")            \
  X(kMalformedNumber, "R0015")       \
  X(kNumberOutOfRange, "R0016")      \
  X(kFloatTooLong, "R0017")          \
  X(kMalformedLens, "R0018")         \
  X(kReservedWord, "R0019")          \
  X(kUnknownInstruction, "R0020")    \
  X(kInstructionExpected, "R0021")   \
  X(kOperandNotAllowed, "R0022")     \
  X(kOperandMissing, "R0023")        \
  X(kOperandSurplus, "R0024")        \
  X(kBracketMissing, "R0025")        \
  X(kInstructionMissing, "R0026")    \
  X(kInstructionSurplus, "R0027")    \
  X(kUndefinedVariable, "R0101")     \
  X(kUndefinedIterable, "R0102")     \
  X(kMultipleNext, "R0103")          \
  X(kNewOnIterator, "R0104")         \
  X(kMultipleIterables, "R0105")     \
  X(kFailWithZero, "R0106")          \
  X(kInstructionAfterNext, "R0107")

namespace aqua::air {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_AIR_KIND(name, code) name,
  AQUA_AIR_DIAGNOSTIC_KINDS(AQUA_AIR_KIND)
#undef AQUA_AIR_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_AIR_KIND(name, code) code,
    AQUA_AIR_DIAGNOSTIC_KINDS(AQUA_AIR_KIND)
#undef AQUA_AIR_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::air

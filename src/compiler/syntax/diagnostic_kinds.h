#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "diagnostics/diagnostic.h"

// Every mistake of grammar that an Aqua file can contain. Codes are stable: never reuse one.
// tests/golden/aqua-syntax holds a case of each; golden_test.cpp of this room fails where one is
// missing.
#define AQUA_SYNTAX_DIAGNOSTIC_KINDS(X)        \
  X(kNotUtf8, "A0001", kError)                 \
  X(kSourceTooLong, "A0002", kError)           \
  X(kNestedTooDeep, "A0003", kError)           \
  X(kTooManyErrors, "A0004", kError)           \
  X(kEmptyFile, "A0005", kError)               \
  X(kInvalidCharacter, "A0010", kError)        \
  X(kUnclosedString, "A0011", kError)          \
  X(kForeignQuotes, "A0012", kError)           \
  X(kEscapeInString, "A0013", kError)          \
  X(kForeignComment, "A0014", kError)          \
  X(kMalformedNumber, "A0015", kError)         \
  X(kMalformedName, "A0016", kError)           \
  X(kUnusualBlank, "A0017", kError)            \
  X(kColonMissing, "A0101", kError)            \
  X(kEmptyBlock, "A0102", kError)              \
  X(kBlockOnSameLine, "A0103", kError)         \
  X(kInconsistentIndentation, "A0104", kError) \
  X(kMixedIndentation, "A0105", kError)        \
  X(kUnexpectedIndentation, "A0106", kError)   \
  X(kReturnInBlock, "A0107", kError)           \
  X(kBracketUnclosed, "A0110", kError)         \
  X(kBracketSurplus, "A0111", kError)          \
  X(kCommaMissing, "A0112", kError)            \
  X(kCommaSurplus, "A0113", kError)            \
  X(kColonSurplus, "A0114", kError)            \
  X(kForeignSyntax, "A0120", kError)           \
  X(kEqualsInCondition, "A0121", kError)       \
  X(kWrongArrow, "A0122", kError)              \
  X(kCallExpected, "A0123", kError)            \
  X(kCallBracketsMissing, "A0124", kError)     \
  X(kStrayElse, "A0125", kError)               \
  X(kStrayCatch, "A0126", kError)              \
  X(kStrayOtherwise, "A0127", kError)          \
  X(kStrayPar, "A0128", kError)                \
  X(kBadTarget, "A0129", kError)               \
  X(kEmptyCollection, "A0130", kError)         \
  X(kTypedAssignment, "A0131", kError)         \
  X(kStatementExpected, "A0132", kError)       \
  X(kLoopHead, "A0133", kError)                \
  X(kTextAfterStatement, "A0134", kError)      \
  X(kDeclarationInBody, "A0135", kError)       \
  X(kValueExpected, "A0140", kError)           \
  X(kNegativeIndex, "A0141", kError)           \
  X(kForeignOperator, "A0142", kError)         \
  X(kComparisonChain, "A0143", kError)         \
  X(kNameExpected, "A0150", kError)            \
  X(kNameCase, "A0151", kError)                \
  X(kTypeExpected, "A0152", kError)            \
  X(kParameterTypeMissing, "A0153", kError)    \
  X(kForeignType, "A0154", kError)             \
  X(kNoResultsWritten, "A0155", kError)        \
  X(kDeclarationExpected, "A0160", kError)     \
  X(kHeaderAfterBody, "A0161", kError)         \
  X(kModuleKeyword, "A0162", kWarning)         \
  X(kModuleLineNotFirst, "A0163", kError)      \
  X(kPathExpected, "A0164", kError)            \
  X(kImportForm, "A0165", kError)              \
  X(kConstantValue, "A0166", kError)           \
  X(kParametersMissing, "A0167", kError)

namespace aqua::syntax {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_SYNTAX_KIND(name, code, severity) name,
  AQUA_SYNTAX_DIAGNOSTIC_KINDS(AQUA_SYNTAX_KIND)
#undef AQUA_SYNTAX_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_SYNTAX_KIND(name, code, severity) code,
    AQUA_SYNTAX_DIAGNOSTIC_KINDS(AQUA_SYNTAX_KIND)
#undef AQUA_SYNTAX_KIND
};

inline constexpr diagnostics::Severity kDiagnosticSeverities[] = {
#define AQUA_SYNTAX_KIND(name, code, severity) diagnostics::Severity::severity,
    AQUA_SYNTAX_DIAGNOSTIC_KINDS(AQUA_SYNTAX_KIND)
#undef AQUA_SYNTAX_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

constexpr diagnostics::Severity severity_of(DiagnosticKind kind) {
  return kDiagnosticSeverities[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::syntax

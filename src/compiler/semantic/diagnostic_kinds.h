#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "diagnostics/diagnostic.h"

// Every mistake of meaning that an Aqua program can contain, and how bad it is. Codes are stable:
// never reuse one. tests/golden/aqua-semantic holds a case of each.
// A02: header and modules, A03: types, A04: names, A05: calls and properties, A06: values and
// operators, A07: flow and returns.
#define AQUA_SEMANTIC_DIAGNOSTIC_KINDS(X)     \
  X(kNotDeclared, "A0202", kError)            \
  X(kDeclaredNotFound, "A0203", kError)       \
  X(kUsedModuleUnnamed, "A0204", kError)      \
  X(kImportedTwice, "A0205", kWarning)        \
  X(kUnusedImport, "A0206", kWarning)         \
  X(kExportNotFound, "A0207", kError)         \
  X(kExportNameDotted, "A0208", kError)       \
  X(kExportNotAllowed, "A0209", kError)       \
  X(kExportTwice, "A0210", kError)            \
  X(kUnknownType, "A0301", kError)            \
  X(kTypeRedefined, "A0302", kError)          \
  X(kFieldTypeNotAllowed, "A0303", kError)    \
  X(kFieldTwice, "A0304", kError)             \
  X(kMethodManyResults, "A0305", kError)      \
  X(kElementNotAllowed, "A0306", kError)      \
  X(kDeclaredTypeNotStream, "A0307", kError)  \
  X(kNotConstructible, "A0308", kError)       \
  X(kNotAService, "A0309", kError)            \
  X(kNotAnAbility, "A0310", kError)           \
  X(kUnknownName, "A0401", kError)            \
  X(kNameRedefined, "A0402", kError)          \
  X(kNotInModule, "A0403", kError)            \
  X(kUnknownService, "A0404", kError)         \
  X(kServiceWithoutId, "A0405", kError)       \
  X(kUsedBeforeDefinition, "A0406", kError)   \
  X(kTypeAsValue, "A0407", kError)            \
  X(kConstantRedefined, "A0408", kError)      \
  X(kUnusedVariable, "A0409", kWarning)       \
  X(kArgumentCount, "A0501", kError)          \
  X(kArgumentMismatch, "A0502", kError)       \
  X(kUnknownMethod, "A0503", kError)          \
  X(kNotCallable, "A0504", kError)            \
  X(kNotACall, "A0505", kError)               \
  X(kMapMethodWithArrow, "A0506", kError)     \
  X(kTooManyTargets, "A0507", kError)         \
  X(kUnusedResults, "A0508", kWarning)        \
  X(kUnknownField, "A0509", kError)           \
  X(kNotIndexable, "A0510", kError)           \
  X(kOptionWithIndex, "A0511", kError)        \
  X(kIndexNotInteger, "A0512", kError)        \
  X(kCopyOfNoStruct, "A0513", kError)         \
  X(kArgumentNamed, "A0514", kError)          \
  X(kFieldsMissing, "A0515", kError)          \
  X(kFieldGivenTwice, "A0516", kError)        \
  X(kFieldUnexpected, "A0517", kWarning)      \
  X(kFieldUnnamed, "A0518", kError)           \
  X(kNoResult, "A0519", kError)               \
  X(kTargetMismatch, "A0520", kError)         \
  X(kFieldMismatch, "A0521", kError)          \
  X(kOperandMismatch, "A0601", kError)        \
  X(kIncomparable, "A0602", kError)           \
  X(kResultTypeGuessed, "A0603", kWarning)    \
  X(kNotIterable, "A0604", kError)            \
  X(kPairOfNoMap, "A0605", kError)            \
  X(kNotAnElement, "A0606", kError)           \
  X(kPushToNoStream, "A0607", kError)         \
  X(kPushCount, "A0608", kError)              \
  X(kPushMismatch, "A0609", kError)           \
  X(kConstantNotLiteral, "A0610", kError)     \
  X(kConstantMismatch, "A0611", kError)       \
  X(kGivenConstantMalformed, "A0612", kError) \
  X(kIntegerOutOfRange, "A0613", kError)      \
  X(kFloatTooLong, "A0614", kError)           \
  X(kServiceIdNotString, "A0615", kError)     \
  X(kGivenConstantUnused, "A0616", kWarning)  \
  X(kConditionNotBool, "A0701", kError)       \
  X(kPeerNotString, "A0702", kError)          \
  X(kReturnWithoutResults, "A0703", kError)   \
  X(kReturnMissing, "A0704", kError)          \
  X(kReturnCount, "A0705", kError)            \
  X(kReturnMismatch, "A0706", kError)         \
  X(kSecondReturn, "A0707", kError)           \
  X(kNeverRuns, "A0708", kWarning)

namespace aqua::semantic {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_SEMANTIC_KIND(name, code, severity) name,
  AQUA_SEMANTIC_DIAGNOSTIC_KINDS(AQUA_SEMANTIC_KIND)
#undef AQUA_SEMANTIC_KIND
};

struct DiagnosticInfo {
  std::string_view code;
  diagnostics::Severity severity;
};

inline constexpr DiagnosticInfo kDiagnosticInfos[] = {
#define AQUA_SEMANTIC_KIND(name, code, severity) {code, diagnostics::Severity::severity},
    AQUA_SEMANTIC_DIAGNOSTIC_KINDS(AQUA_SEMANTIC_KIND)
#undef AQUA_SEMANTIC_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_SEMANTIC_KIND(name, code, severity) code,
    AQUA_SEMANTIC_DIAGNOSTIC_KINDS(AQUA_SEMANTIC_KIND)
#undef AQUA_SEMANTIC_KIND
};

constexpr const DiagnosticInfo& info_of(DiagnosticKind kind) {
  return kDiagnosticInfos[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::semantic

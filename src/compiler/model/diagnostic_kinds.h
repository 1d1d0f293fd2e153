#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// What can go wrong while functions are inlined. Codes are stable: never reuse one.
#define AQUA_MODEL_DIAGNOSTIC_KINDS(X) \
  X(kTooManyOperations, "A0901")       \
  X(kInlinedTooDeep, "A0902")

namespace aqua::model {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_MODEL_KIND(name, code) name,
  AQUA_MODEL_DIAGNOSTIC_KINDS(AQUA_MODEL_KIND)
#undef AQUA_MODEL_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_MODEL_KIND(name, code) code,
    AQUA_MODEL_DIAGNOSTIC_KINDS(AQUA_MODEL_KIND)
#undef AQUA_MODEL_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::model

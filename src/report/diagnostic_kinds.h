#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// How the run of a script can end badly. Codes are stable: never reuse one.
#define AQUA_REPORT_DIAGNOSTIC_KINDS(X) \
  X(kScriptFailed, "N0101")             \
  X(kStall, "N0102")                    \
  X(kDeadline, "N0103")

namespace aqua::report {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_REPORT_KIND(name, code) name,
  AQUA_REPORT_DIAGNOSTIC_KINDS(AQUA_REPORT_KIND)
#undef AQUA_REPORT_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_REPORT_KIND(name, code) code,
    AQUA_REPORT_DIAGNOSTIC_KINDS(AQUA_REPORT_KIND)
#undef AQUA_REPORT_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::report

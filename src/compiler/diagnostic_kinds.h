#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// What can go wrong between files, before a text is looked at. Codes are stable: never reuse one.
#define AQUA_LOADER_DIAGNOSTIC_KINDS(X) \
  X(kFileMissing, "A0921")              \
  X(kFileIsFolder, "A0922")             \
  X(kFileUnreadable, "A0923")           \
  X(kFileTooLarge, "A0924")             \
  X(kTooManyFiles, "A0925")             \
  X(kImportNotFound, "A0926")           \
  X(kImportCycle, "A0927")              \
  X(kDefinitionTooLarge, "A0928")

namespace aqua::compiler {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_LOADER_KIND(name, code) name,
  AQUA_LOADER_DIAGNOSTIC_KINDS(AQUA_LOADER_KIND)
#undef AQUA_LOADER_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_LOADER_KIND(name, code) code,
    AQUA_LOADER_DIAGNOSTIC_KINDS(AQUA_LOADER_KIND)
#undef AQUA_LOADER_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::compiler

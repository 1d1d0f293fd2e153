#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "diagnostics/diagnostic.h"

// What is wrong with the way of execution. Codes are stable: never reuse one.
#define AQUA_TOPOLOGY_DIAGNOSTIC_KINDS(X)     \
  X(kNeverArrives, "A0801", kError)           \
  X(kReadFromSibling, "A0802", kWarning)      \
  X(kStreamTooShort, "A0803", kError)         \
  X(kPeerNotReached, "A0804", kWarning)       \
  X(kInitPeerWithoutVia, "A0805", kWarning)   \
  X(kTimeoutOnGuardedPeer, "A0806", kWarning) \
  X(kNobodyReturns, "A0807", kWarning)        \
  X(kFlatterIsShorter, "A0808", kWarning)

namespace aqua::topology {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_TOPOLOGY_KIND(name, code, severity) name,
  AQUA_TOPOLOGY_DIAGNOSTIC_KINDS(AQUA_TOPOLOGY_KIND)
#undef AQUA_TOPOLOGY_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_TOPOLOGY_KIND(name, code, severity) code,
    AQUA_TOPOLOGY_DIAGNOSTIC_KINDS(AQUA_TOPOLOGY_KIND)
#undef AQUA_TOPOLOGY_KIND
};

inline constexpr diagnostics::Severity kDiagnosticSeverities[] = {
#define AQUA_TOPOLOGY_KIND(name, code, severity) diagnostics::Severity::severity,
    AQUA_TOPOLOGY_DIAGNOSTIC_KINDS(AQUA_TOPOLOGY_KIND)
#undef AQUA_TOPOLOGY_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::topology

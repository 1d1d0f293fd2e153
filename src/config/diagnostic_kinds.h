#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Every mistake that a network file can contain, or a script that does not fit it. Codes are stable: never reuse one.
#define AQUA_CONFIG_DIAGNOSTIC_KINDS(X) \
  X(kSyntax, "N0001")                   \
  X(kUnknownKey, "N0002")               \
  X(kWrongType, "N0003")                \
  X(kUnknownPeer, "N0004")              \
  X(kViaCycle, "N0005")                 \
  X(kNoPeers, "N0006")                  \
  X(kBadReply, "N0007")                 \
  X(kOutOfRange, "N0008")               \
  X(kUnknownName, "N0009")

namespace aqua::config {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_CONFIG_KIND(name, code) name,
  AQUA_CONFIG_DIAGNOSTIC_KINDS(AQUA_CONFIG_KIND)
#undef AQUA_CONFIG_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_CONFIG_KIND(name, code) code,
    AQUA_CONFIG_DIAGNOSTIC_KINDS(AQUA_CONFIG_KIND)
#undef AQUA_CONFIG_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::config

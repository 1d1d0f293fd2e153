#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Every mistake that the directives of a simulated script can contain. Codes are stable: never reuse
// one. tests/golden/run holds a case of each.
#define AQUA_SIM_DIAGNOSTIC_KINDS(X) \
  X(kUnknownDirective, "S0001")      \
  X(kPeerNameExpected, "S0002")      \
  X(kUnknownPeer, "S0003")           \
  X(kSecondInit, "S0004")            \
  X(kPatternExpected, "S0005")       \
  X(kAnswerExpected, "S0006")        \
  X(kMalformedJson, "S0007")         \
  X(kNumberExpected, "S0008")        \
  X(kTextAfterDirective, "S0009")    \
  X(kSamePatternTwice, "S0010")      \
  X(kSameCallTwice, "S0011")         \
  X(kTooManyPeers, "S0012")          \
  X(kScriptTooLong, "S0013")

namespace aqua::sim {

enum class DiagnosticKind : std::uint8_t {
#define AQUA_SIM_KIND(name, code) name,
  AQUA_SIM_DIAGNOSTIC_KINDS(AQUA_SIM_KIND)
#undef AQUA_SIM_KIND
};

inline constexpr std::string_view kDiagnosticCodes[] = {
#define AQUA_SIM_KIND(name, code) code,
    AQUA_SIM_DIAGNOSTIC_KINDS(AQUA_SIM_KIND)
#undef AQUA_SIM_KIND
};

constexpr std::string_view code_of(DiagnosticKind kind) {
  return kDiagnosticCodes[static_cast<std::size_t>(kind)];
}

}  // namespace aqua::sim

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/journey.h"

namespace aqua::report {

// Why something did not happen: name, the word for it in JSON.
#define AQUA_REPORT_CAUSES(X)     \
  X(kVariable, "variable")        \
  X(kStream, "stream")            \
  X(kMoreValues, "more-values")   \
  X(kNever, "never")              \
  X(kNoAnswer, "no-answer")       \
  X(kNobody, "nobody")            \
  X(kNotReceived, "not-received") \
  X(kFailed, "failed")            \
  X(kNotTold, "not-told")         \
  X(kNotReached, "not-reached")   \
  X(kNotVisible, "not-visible")

enum class CauseKind : std::uint8_t {
#define X(name, word) name,
  AQUA_REPORT_CAUSES(X)
#undef X
};

std::string_view word_of(CauseKind kind);

struct Cause {
  CauseKind kind = CauseKind::kNever;
  PeerIndex peer;           // where
  air::InstructionId at;    // none: an error before the script
  std::string subject;      // variable, stream, service.function or peer id, by kind
  PeerIndex other;          // kNotTold: who does not know; kNotReceived: who sent it
  std::int64_t code = 0;    // kFailed
  std::string message;      // kFailed
  std::uint32_t count = 1;  // so many of the same kind
  std::vector<Cause> because;
};

// kStopped: it was still going on when it was stopped.
enum class Verdict : std::uint8_t { kFinished, kFailed, kUnfinished, kStopped };
std::string_view word_of(Verdict verdict);

struct Explanation {
  Verdict verdict = Verdict::kUnfinished;
  PeerIndex ended_on;  // kFinished: a peer that came to the end of the script
  // kFinished: what was left behind, else what stands in the way. Nothing that is the reason of
  // another one.
  std::vector<Cause> causes;
};

Explanation explain(const Journey& journey, const air::Tree& script);

}  // namespace aqua::report

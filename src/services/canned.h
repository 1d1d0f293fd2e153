#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/builtin.h"

// Services that only pretend, for trying things out.

namespace aqua::services {

struct CannedValue {
  std::string json;  // canonical
};
struct CannedEcho {
  std::uint32_t argument = 0;  // counted from 0
};
struct CannedError {
  std::string message;
};
// The answer never comes.
struct CannedSilence {};
using CannedAnswer = std::variant<CannedValue, CannedEcho, CannedError, CannedSilence>;

struct CannedReply {
  CannedAnswer answer;
  std::uint64_t delay_ms = 0;
};

struct CannedFunction {
  std::vector<CannedReply>
      replies;  // not empty: by call; the last one also for all that come later
};

struct CannedService {
  std::map<std::string, CannedFunction, std::less<>> functions;
};

// None: it never comes. `call_number` counts the calls of this function from 0.
std::optional<AnswerLater> canned_answer(const CannedFunction& function, std::size_t call_number,
                                         Arguments arguments);

}  // namespace aqua::services

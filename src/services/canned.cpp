#include "services/canned.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::services {

namespace {

constexpr std::int32_t kErrorCode = 1;

}  // namespace

std::optional<AnswerLater> canned_answer(const CannedFunction& function, std::size_t call_number,
                                         Arguments arguments) {
  const CannedReply& reply = function.replies[std::min(call_number, function.replies.size() - 1)];
  using Found = std::optional<Answer>;
  const Found answer = std::visit(
      base::Overloaded{
          [](const CannedValue& a) -> Found { return Answer{0, a.json}; },
          [&](const CannedEcho& a) -> Found {
            if (a.argument < arguments.size()) return Answer{0, arguments[a.argument]};
            return Answer{kErrorCode, json::quoted(fmt::format(
                                          "there is no argument {} to echo, the call has {}",
                                          a.argument, arguments.size()))};
          },
          [](const CannedError& a) -> Found { return Answer{kErrorCode, json::quoted(a.message)}; },
          [](const CannedSilence&) -> Found { return std::nullopt; },
      },
      reply.answer);
  if (!answer) return std::nullopt;
  return AnswerLater{reply.delay_ms, *answer};
}

}  // namespace aqua::services

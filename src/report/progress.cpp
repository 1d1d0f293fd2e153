#include "report/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace aqua::report {

namespace {

constexpr std::size_t kPeersMax = 8;  // the others are counted

std::string seconds(std::uint64_t ms) { return fmt::format("{}.{} s", ms / 1000, ms / 100 % 10); }

std::string cut(std::string_view line, std::size_t columns) {
  return std::string(base::utf8_prefix(line, columns));
}

}  // namespace

std::vector<std::string> progress_lines(const Journey& journey, std::uint64_t now_ms,
                                        std::uint64_t deadline_ms, std::size_t columns) {
  std::vector<std::string> of_peer(journey.peers.size());
  std::size_t in_flight = 0;
  for (const Call& call : journey.calls) {
    if (call.answer) continue;
    ++in_flight;
    std::string& line = of_peer[call.peer.value];
    line += fmt::format("{} {}.{} ({})", line.empty() ? "" : ",", call.service, call.function,
                        seconds(now_ms - std::min(now_ms, call.asked_at_ms)));
  }
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (std::size_t i = 0; i < of_peer.size(); ++i) {
    if (of_peer[i].empty()) continue;
    if (lines.size() == kPeersMax) {
      ++more;
    } else {
      lines.push_back(cut(fmt::format("{}:{}", journey.peers[i].name, of_peer[i]), columns));
    }
  }
  if (more > 0) lines.push_back(cut(fmt::format("and {} more peers", more), columns));
  lines.push_back(cut(fmt::format("{} runs, {} calls in flight, {} left", journey.steps.size(),
                                  in_flight, seconds(deadline_ms - std::min(deadline_ms, now_ms))),
                      columns));
  return lines;
}

}  // namespace aqua::report

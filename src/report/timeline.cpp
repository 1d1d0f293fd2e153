#include "report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "diagnostics/source.h"

namespace aqua::report {

namespace {

constexpr std::size_t kValueBytesMax = 60;
constexpr std::size_t kLaneGap = 2;

std::string shortened(std::string_view text) {
  if (text.size() <= kValueBytesMax) return std::string(text);
  std::size_t end = kValueBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}...", text.substr(0, end));
}

class TimelineWriter {
 public:
  TimelineWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script) {}

  std::string run() {
    collect();
    if (rows_.empty()) return {};
    place_lanes();
    for (const Row& row : rows_) write(row);
    return std::move(out_);
  }

 private:
  struct Row {
    std::uint64_t at_ms = 0;
    PeerIndex from;
    PeerIndex to;  // none: nothing is sent
    bool is_lost = false;
    std::string text;
  };

  void collect() {
    for (const Step& step : journey_.steps) {
      for (const CallIndex index : step.calls) {
        const Call& call = journey_.calls[index.value];
        if (call.service != "getDataSrv")
          rows_.push_back({call.asked_at_ms, call.peer, {}, false, call_text(call)});
      }
      for (const PeerIndex to : step.sends_to)
        rows_.push_back({step.at_ms, step.peer, to, false,
                         fmt::format("{} sends it to {}", name(step.peer), name(to))});
      for (const Undelivered& lost : step.undelivered)
        rows_.push_back(
            {step.at_ms, step.peer, lost.to, true, fmt::format("not sent: {}", lost.why)});
      for (const std::string& nobody : step.unreachable)
        rows_.push_back(
            {step.at_ms, step.peer, {}, true, fmt::format("not sent: nobody is {}", nobody)});
    }
    std::ranges::stable_sort(rows_, {}, &Row::at_ms);
    if (!rows_.empty()) start_ms_ = rows_.front().at_ms;
    for (const Step& step : journey_.steps) start_ms_ = std::min(start_ms_, step.at_ms);
  }

  std::string call_text(const Call& call) const {
    std::string arguments;
    for (const std::string& argument : call.arguments)
      arguments += (arguments.empty() ? "" : ", ") + shortened(argument);
    std::string text =
        call.service == "callbackSrv"
            ? fmt::format("{}({})", call.function == "response" ? "returns" : call.function,
                          arguments)
            : fmt::format("{}.{}({})", call.service, call.function, arguments);
    if (!call.answer) {
      text += " -> no answer";
    } else if (call.answer->ret_code != 0) {
      text += fmt::format(" -> error {}", shortened(call.answer->result));
    } else if (call.service != "callbackSrv") {
      text += fmt::format(" -> {}", shortened(call.answer->result));
    }
    if (call.answer && call.answered_at_ms > call.asked_at_ms)
      text += fmt::format(" after {} ms", call.answered_at_ms - call.asked_at_ms);
    const auto place = script_.place(call.at);
    if (place) {
      const auto [line, column] =
          diagnostics::source_of(script_.sources, place->source).locate(place->span.begin);
      text += fmt::format("  :{}", line);
    }
    return text;
  }

  // Only peers that something happens on.
  void place_lanes() {
    std::vector<bool> is_used(journey_.peers.size());
    for (const Row& row : rows_) {
      is_used[row.from.value] = true;
      if (row.to.has_value()) is_used[row.to.value] = true;
    }
    columns_.resize(journey_.peers.size());
    std::string names;
    for (std::size_t i = 0; i < journey_.peers.size(); ++i) {
      if (!is_used[i]) continue;
      columns_[i] = names.size();
      lanes_.push_back(names.size());
      names += journey_.peers[i].name + std::string(kLaneGap, ' ');
    }
    width_ = names.size();
    out_ = fmt::format("{:>9}  {}\n", "", names);
    while (out_.ends_with(" \n")) out_.erase(out_.size() - 2, 1);
  }

  void write(const Row& row) {
    std::string lanes(width_, ' ');
    for (const std::size_t column : lanes_) lanes[column] = '|';
    const std::size_t from = columns_[row.from.value];
    lanes[from] = '*';
    if (row.to.has_value()) {
      const std::size_t to = columns_[row.to.value];
      for (std::size_t i = std::min(from, to) + 1; i < std::max(from, to); ++i) lanes[i] = '-';
      lanes[from] = '+';
      lanes[to] = row.is_lost ? 'x' : to > from ? '>' : '<';
    }
    out_ += fmt::format("{:>6} ms  {}{}\n", row.at_ms - start_ms_, lanes, row.text);
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  std::vector<Row> rows_;
  std::vector<std::size_t> columns_;  // by peer
  std::vector<std::size_t> lanes_;
  std::size_t width_ = 0;
  std::uint64_t start_ms_ = 0;
  std::string out_;
};

}  // namespace

std::string timeline_text(const Journey& journey, const AquaScript& script) {
  return TimelineWriter(journey, script).run();
}

}  // namespace aqua::report

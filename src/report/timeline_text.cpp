#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/overloaded.h"
#include "report/timeline.h"

namespace aqua::report {

namespace {

constexpr std::size_t kLaneGap = 2;

class TextWriter {
 public:
  TextWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script), timeline_(collect_timeline(journey, script)) {}

  std::string run() {
    if (timeline_.rows.empty()) return {};
    place_lanes();
    for (const TimelineRow& row : timeline_.rows) write(row);
    return std::move(out_);
  }

 private:
  void place_lanes() {
    columns_.resize(journey_.peers.size());
    std::string names;
    for (const PeerIndex peer : timeline_.lanes) {
      columns_[peer.value] = names.size();
      names += name(peer) + std::string(kLaneGap, ' ');
    }
    width_ = names.size();
    out_ = fmt::format("{:>9}  {}\n", "", names);
    while (out_.ends_with(" \n")) out_.erase(out_.size() - 2, 1);
  }

  void write(const TimelineRow& row) {
    std::string lanes(width_, ' ');
    for (const PeerIndex peer : timeline_.lanes) lanes[columns_[peer.value]] = '|';
    const std::size_t from = columns_[row.peer.value];
    lanes[from] = '*';
    const std::string text =
        std::visit(base::Overloaded{
                       [&](const TimelineCall& call) { return text_of(call); },
                       [&](const TimelineHop& hop) {
                         if (hop.to.has_value())
                           draw(lanes, from, columns_[hop.to.value], hop.why_not.empty());
                         return hop.why_not.empty()
                                    ? fmt::format("{} sends it to {}", name(row.peer), name(hop.to))
                                    : fmt::format("not sent: {}", hop.why_not);
                       },
                   },
                   row.what);
    out_ += fmt::format("{:>6} ms  {}{}\n", row.at_ms, lanes, text);
  }

  static void draw(std::string& lanes, std::size_t from, std::size_t to, bool is_sent) {
    for (std::size_t i = std::min(from, to) + 1; i < std::max(from, to); ++i) lanes[i] = '-';
    lanes[from] = '+';
    lanes[to] = !is_sent ? 'x' : to > from ? '>' : '<';
  }

  std::string text_of(const TimelineCall& call) const {
    std::string text = call_text(call);
    if (call.place)
      text += fmt::format("  :{}", diagnostics::source_of(script_.sources, call.place->source)
                                       .locate(call.place->span.begin)
                                       .line);
    return text;
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  Timeline timeline_;
  std::vector<std::size_t> columns_;  // by peer
  std::size_t width_ = 0;
  std::string out_;
};

}  // namespace

std::string timeline_text(const Journey& journey, const AquaScript& script) {
  return TextWriter(journey, script).run();
}

}  // namespace aqua::report

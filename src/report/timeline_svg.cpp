#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/overloaded.h"
#include "base/utf8.h"
#include "report/timeline.h"

namespace aqua::report {

namespace {

// Pixels.
constexpr int kMargin = 20;
constexpr int kTimeWidth = 70;
constexpr int kLaneWidthMin = 120;
constexpr int kCharacterWidth = 7;
constexpr int kLabelCharacterWidth = 8;
constexpr int kRowHeight = 26;
constexpr int kHeaderHeight = 50;
constexpr int kBoxHeight = 18;
constexpr std::size_t kLabelBytesMax = 90;

constexpr std::string_view kStyle =
    "text{font:12px ui-monospace,monospace;fill:#1c2733}"
    ".time{fill:#6b7785;text-anchor:end}.name{font-weight:bold;text-anchor:middle}"
    ".lane{stroke:#c5ced8;stroke-dasharray:3 3}.head{fill:#e8eef5;stroke:#8fa1b5}"
    ".call{fill:#dff2e4;stroke:#4b9b63}.error{fill:#fbe0de;stroke:#c2483f}.open{fill:#fdf3d3;"
    "stroke:#b8902a}"
    ".hop{stroke:#35608f;stroke-width:1.5}.lost{stroke:#c2483f;stroke-width:1.5;stroke-dasharray:5 "
    "4}"
    ".why{fill:#a03a32}";

// Also what XML 1.0 has no way to write is left out.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

std::string_view box_class(const TimelineCall& call) {
  if (!call.answer) return "open";
  return call.answer->ret_code == 0 ? "call" : "error";
}

class SvgWriter {
 public:
  SvgWriter(const Journey& journey, const AquaScript& script)
      : journey_(journey), script_(script), timeline_(collect_timeline(journey, script)) {}

  std::string run() {
    place_lanes();
    int y = kHeaderHeight + kMargin;
    for (const TimelineRow& row : timeline_.rows) {
      write(row, y);
      y += kRowHeight;
    }
    return frame(y + kMargin);
  }

 private:
  void place_lanes() {
    std::size_t longest = 0;
    for (const PeerIndex peer : timeline_.lanes) longest = std::max(longest, name(peer).size());
    lane_width_ = std::max(kLaneWidthMin, static_cast<int>(longest + 4) * kCharacterWidth);
    centres_.resize(journey_.peers.size());
    int x = kMargin + kTimeWidth + lane_width_ / 2;
    for (const PeerIndex peer : timeline_.lanes) {
      centres_[peer.value] = x;
      x += lane_width_;
    }
    right_ = x;
  }

  std::string frame(int height) const {
    std::string lanes;
    for (const PeerIndex peer : timeline_.lanes) {
      const int x = centres_[peer.value];
      lanes += fmt::format(R"(<line class="lane" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>)"
                           "\n",
                           x, kHeaderHeight, height - kMargin);
      lanes += fmt::format(R"(<rect class="head" x="{}" y="{}" width="{}" height="28" rx="4"/>)"
                           "\n",
                           x - lane_width_ / 2 + 5, kMargin, lane_width_ - 10);
      lanes += fmt::format(R"(<text class="name" x="{}" y="{}">{}</text>)"
                           "\n",
                           x, kMargin + 18, escaped(name(peer)));
    }
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">)"
        "\n<style>{2}</style>\n"
        R"(<defs><marker id="tip" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto">)"
        R"(<path d="M0 0 10 5 0 10z" fill="#35608f"/></marker></defs>)"
        "\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{3}{4}</svg>\n",
        right_ + text_right_ + kMargin, height, kStyle, lanes, rows_);
  }

  void write(const TimelineRow& row, int y) {
    rows_ += fmt::format(R"(<text class="time" x="{}" y="{}">{} ms</text>)"
                         "\n",
                         kMargin + kTimeWidth - 10, y + 4, row.at_ms);
    std::visit([&](const auto& what) { write(row.peer, what, y); }, row.what);
  }

  void write(PeerIndex peer, const TimelineCall& call, int y) {
    const int x = centres_[peer.value];
    rows_ += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="18" height="{}" rx="3"/>)"
                         "\n",
                         box_class(call), x - 9, y - kBoxHeight / 2, kBoxHeight);
    std::string text = base::truncated(call_text(call), kLabelBytesMax);
    if (call.place) text += "  " + script_.shown(*call.place);
    label(text, y, call.answer && call.answer->ret_code != 0 ? R"( class="why")" : "");
  }

  void write(PeerIndex peer, const TimelineHop& hop, int y) {
    const bool is_sent = hop.why_not.empty();
    const int from = centres_[peer.value];
    if (hop.to.has_value()) {
      const int to = centres_[hop.to.value];
      rows_ += fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"{}/>)"
                           "\n",
                           is_sent ? "hop" : "lost", from, y, to + (to > from ? -2 : 2), y,
                           is_sent ? R"svg( marker-end="url(#tip)")svg" : "");
    }
    if (!is_sent) label("not sent: " + hop.why_not, y, R"( class="why")");
  }

  // Beside the lanes, so that no text lies on another.
  void label(const std::string& text, int y, std::string_view attributes) {
    rows_ += fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>\n", right_ - lane_width_ / 2 + 20,
                         y + 4, attributes, escaped(text));
    text_right_ = std::max(
        text_right_, static_cast<int>(text.size()) * kLabelCharacterWidth + 20 - lane_width_ / 2);
  }

  const std::string& name(PeerIndex peer) const { return journey_.peers[peer.value].name; }

  const Journey& journey_;
  const AquaScript& script_;
  Timeline timeline_;
  std::vector<int> centres_;  // by peer
  int lane_width_ = kLaneWidthMin;
  int right_ = 0;
  int text_right_ = 0;
  std::string rows_;
};

}  // namespace

std::string timeline_svg(const Journey& journey, const AquaScript& script) {
  return SvgWriter(journey, script).run();
}

}  // namespace aqua::report

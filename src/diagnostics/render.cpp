#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/display_width.h"

// What it looks like:
//
//   error[R0101]: variable 'x' wasn't defined
//     --> script.air:1:33
//      |
//    1 | (call %init_peer_id% ("s" "f") [x])
//      |                                 ^
//      = hint: a name is defined by ...

namespace aqua::diagnostics {

namespace {

constexpr std::size_t kWholeLineBytesMax = 120;
constexpr std::size_t kContextBytes = 60;
constexpr std::uint32_t kTabWidth = 4;

enum class Style : std::uint8_t { kError, kWarning, kFrame, kHint, kBold };

class Painter {
 public:
  explicit Painter(Colour colour) : is_on_(colour == Colour::kOn) {}

  std::string operator()(Style style, std::string_view text) const {
    if (!is_on_ || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code(style), text);
  }

 private:
  static std::string_view code(Style style) {
    switch (style) {
      case Style::kError: return "1;31";
      case Style::kWarning: return "1;33";
      case Style::kFrame: return "1;34";
      case Style::kHint: return "1;36";
      case Style::kBold: return "1";
    }
    return "0";
  }

  bool is_on_;
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Would move the cursor, hide text or reverse it.
bool disturbs_terminal(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

// A piece of a source line as it is shown, and the columns of the marked part.
struct Excerpt {
  std::string text;
  std::size_t mark_begin = 0;
  std::size_t mark_end = 0;
};

// [begin, end): the marked bytes of the line.
Excerpt make_excerpt(std::string_view line, std::size_t begin, std::size_t end) {
  std::size_t first = 0;
  std::size_t last = line.size();
  if (line.size() > kWholeLineBytesMax) {
    first = begin > kContextBytes ? begin - kContextBytes : 0;
    last = std::min(line.size(), begin + kContextBytes);
    while (first > 0 && is_continuation(line[first])) --first;
    while (last < line.size() && is_continuation(line[last])) ++last;
  }
  Excerpt excerpt;
  std::size_t column = 0;
  const auto put = [&](std::string_view text, std::size_t width) {
    excerpt.text += text;
    column += width;
  };
  if (first > 0) put("...", 3);
  for (std::size_t at = first; at < last;) {
    if (at <= begin) excerpt.mark_begin = column;
    const base::CodePoint c = base::decode_utf8_lossy(line.substr(at));
    if (c.value == '\t') {
      const std::size_t width = kTabWidth - column % kTabWidth;
      put(std::string(width, ' '), width);
    } else if (c.value == base::kReplacementCharacter || disturbs_terminal(c.value)) {
      put("\uFFFD", 1);
    } else {
      put(line.substr(at, c.size_bytes), display_width(c.value));
    }
    at += c.size_bytes;
    if (at <= end) excerpt.mark_end = column;
  }
  if (begin >= last) excerpt.mark_begin = column;
  if (last < line.size()) put("...", 3);
  excerpt.mark_end = std::max(excerpt.mark_end, excerpt.mark_begin + 1);
  return excerpt;
}

class Renderer {
 public:
  Renderer(const Source& source, const Diagnostic& diagnostic, Colour colour)
      : source_(source), diagnostic_(diagnostic), paint_(colour) {}

  std::string run();

 private:
  void header();
  void label(const Label& label, Style style, char mark);
  void gutter(std::string_view text);

  const Source& source_;
  const Diagnostic& diagnostic_;
  Painter paint_;
  std::string out_;
  std::size_t number_width_ = 1;
  // The line that was shown last, whole.
  std::uint32_t shown_line_ = 0;
};

std::string Renderer::run() {
  std::vector<const Label*> labels;
  for (const Label& label : diagnostic_.labels) labels.push_back(&label);
  std::ranges::stable_sort(labels, {}, [](const Label* label) { return label->span.begin; });
  if (!labels.empty()) {
    number_width_ = std::to_string(source_.locate(labels.back()->span.begin).line).size();
  }

  header();
  const Style style = is_error(diagnostic_) ? Style::kError : Style::kWarning;
  for (const Label* one : labels) {
    const bool is_primary = one == diagnostic_.labels.data();
    label(*one, is_primary ? style : Style::kFrame, is_primary ? '^' : '-');
  }
  if (!diagnostic_.hint.empty()) {
    out_ +=
        fmt::format("{} {} {}\n", std::string(number_width_ + 1, ' '), paint_(Style::kFrame, "="),
                    paint_(Style::kHint, "hint: ") + diagnostic_.hint);
  }
  return std::move(out_);
}

void Renderer::header() {
  const bool error = is_error(diagnostic_);
  out_ += paint_(error ? Style::kError : Style::kWarning,
                 fmt::format("{}[{}]", error ? "error" : "warning", diagnostic_.code));
  out_ += paint_(Style::kBold, fmt::format(": {}", diagnostic_.message));
  out_ += '\n';
  if (diagnostic_.labels.empty()) return;
  const LineColumn at = source_.locate(diagnostic_.labels[0].span.begin);
  out_ += fmt::format("{}{} {}:{}:{}\n", std::string(number_width_ + 1, ' '),
                      paint_(Style::kFrame, "-->"), source_.name(), at.line, at.column);
  gutter("");
  out_ += '\n';
}

void Renderer::gutter(std::string_view text) {
  out_ += paint_(Style::kFrame, fmt::format(" {:>{}} |", text, number_width_));
}

void Renderer::label(const Label& label, Style style, char mark) {
  const std::uint32_t number = source_.locate(label.span.begin).line;
  const std::string_view line = source_.line(number);
  const std::size_t start = source_.line_start(number);
  const std::size_t begin = std::min<std::size_t>(label.span.begin - start, line.size());
  std::size_t end = std::clamp<std::size_t>(std::max(label.span.end, label.span.begin) - start,
                                            begin, line.size());
  while (end > begin + 1 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;

  const Excerpt excerpt = make_excerpt(line, begin, end);
  if (shown_line_ != number || line.size() > kWholeLineBytesMax) {
    if (shown_line_ != 0 && number > shown_line_ + 1) {
      gutter("");
      out_ += paint_(Style::kFrame, " ...\n");
    }
    gutter(std::to_string(number));
    out_ += fmt::format(" {}\n", excerpt.text);
    shown_line_ = number;
  }
  gutter("");
  std::string marks(excerpt.mark_end - excerpt.mark_begin, mark);
  if (!label.text.empty()) marks += ' ' + label.text;
  out_ += fmt::format(" {}{}\n", std::string(excerpt.mark_begin, ' '), paint_(style, marks));
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string render(const Source& source, const Diagnostic& diagnostic, Colour colour) {
  return Renderer(source, diagnostic, colour).run();
}

std::string render_all(const Source& source, std::span<const Diagnostic> diagnostics,
                       Colour colour) {
  std::string out;
  for (const Diagnostic& diagnostic :
       diagnostics.first(std::min(diagnostics.size(), kRenderedMax))) {
    out += render(source, diagnostic, colour);
    out += '\n';
  }
  if (diagnostics.size() > kRenderedMax) {
    out += fmt::format("... and {} more\n", diagnostics.size() - kRenderedMax);
  }
  const auto errors = static_cast<std::size_t>(std::ranges::count_if(diagnostics, is_error));
  const std::size_t warnings = diagnostics.size() - errors;
  if (errors > 0) out += counted(errors, "error");
  if (errors > 0 && warnings > 0) out += ", ";
  if (warnings > 0) out += counted(warnings, "warning");
  if (!diagnostics.empty()) out += '\n';
  return out;
}

}  // namespace aqua::diagnostics

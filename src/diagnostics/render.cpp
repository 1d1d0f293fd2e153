#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/display_width.h"
#include "diagnostics/painter.h"

// What it looks like:
//
//   error[R0101]: variable 'x' wasn't defined
//     --> script.air:1:33
//      |
//    1 | (call %init_peer_id% ("s" "f") [x])
//      |                                 ^
//      = hint: a name is defined by ...
//
// A place in another source comes behind a line
//
//    ::: other.air:3:1

namespace aqua::diagnostics {

namespace {

constexpr std::size_t kWholeLineBytesMax = 120;
constexpr std::size_t kContextBytes = 60;
constexpr std::uint32_t kTabWidth = 4;

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
    while (first > 0 && base::is_continuation_byte(line[first])) --first;
    while (last < line.size() && base::is_continuation_byte(line[last])) ++last;
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

// The part of a label that one line shows.
struct Mark {
  std::uint32_t line = 0;
  std::size_t begin = 0;  // bytes of the line
  std::size_t end = 0;
  std::string_view text;
  bool is_primary = false;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The place without the line ends and blanks behind it.
Span trimmed(const Source& source, Span span) {
  const std::string_view text = source.text();
  const auto size = static_cast<std::uint32_t>(text.size());
  span.begin = std::min(span.begin, size);
  span.end = std::clamp(span.end, span.begin, size);
  while (span.end > span.begin + 1 && is_blank(text[span.end - 1])) --span.end;
  return span;
}

void append_marks(std::vector<Mark>& marks, const Source& source, const Label& label,
                  bool is_primary) {
  const Span span = trimmed(source, label.span);
  const std::uint32_t first = source.locate(span.begin).line;
  const std::uint32_t last = span.end > span.begin ? source.locate(span.end - 1).line : first;
  const auto in_line = [&](std::uint32_t line, std::uint32_t offset) {
    return std::min<std::size_t>(offset - source.line_start(line), source.line(line).size());
  };
  Mark mark{.line = first,
            .begin = in_line(first, span.begin),
            .end = in_line(first, span.end),
            .text = label.text,
            .is_primary = is_primary};
  if (first == last) {
    marks.push_back(mark);
    return;
  }
  mark.text = {};
  const std::string_view head = source.line(first);
  while (mark.end > mark.begin + 1 && is_blank(head[mark.end - 1])) --mark.end;
  marks.push_back(mark);
  mark.line = last;
  mark.text = label.text;
  mark.begin = 0;
  mark.end = in_line(last, span.end);
  const std::string_view tail = source.line(last);
  while (mark.begin + 1 < mark.end && is_blank(tail[mark.begin])) ++mark.begin;
  marks.push_back(mark);
}

// Everything that one source has to show.
struct Section {
  const Source* source = nullptr;
  LineColumn place;
  std::vector<Mark> marks;
};

std::vector<Section> make_sections(std::span<const Source> sources, const Diagnostic& diagnostic) {
  std::vector<Section> sections;
  for (const Label& label : diagnostic.labels) {
    const Source* const source = &source_of(sources, label.source);
    auto section = std::ranges::find(sections, source, &Section::source);
    if (section == sections.end()) {
      sections.push_back(
          {.source = source, .place = source->locate(label.span.begin), .marks = {}});
      section = std::prev(sections.end());
    }
    append_marks(section->marks, *source, label, &label == diagnostic.labels.data());
  }
  for (Section& section : sections) {
    std::ranges::stable_sort(section.marks, {},
                             [](const Mark& mark) { return std::pair(mark.line, mark.begin); });
  }
  return sections;
}

class Renderer {
 public:
  Renderer(const Diagnostic& diagnostic, Colour colour) : diagnostic_(diagnostic), paint_(colour) {}

  std::string run(std::span<const Source> sources);

 private:
  void header();
  void section(const Section& section, std::string_view arrow);
  void mark(const Source& source, const Mark& mark);
  void gutter(std::string_view text);
  Style style() const { return is_error(diagnostic_) ? Style::kError : Style::kWarning; }

  const Diagnostic& diagnostic_;
  Painter paint_;
  std::string out_;
  std::size_t number_width_ = 1;
  // The line of this section that was shown last, whole.
  std::uint32_t shown_line_ = 0;
};

std::string Renderer::run(std::span<const Source> sources) {
  const std::vector<Section> sections = make_sections(sources, diagnostic_);
  for (const Section& one : sections) {
    number_width_ = std::max(number_width_, std::to_string(one.marks.back().line).size());
  }
  header();
  for (const Section& one : sections) section(one, &one == sections.data() ? "-->" : ":::");
  if (!diagnostic_.hint.empty()) {
    out_ +=
        fmt::format("{} {} {}\n", std::string(number_width_ + 1, ' '), paint_(Style::kFrame, "="),
                    paint_(Style::kHint, "hint: ") + diagnostic_.hint);
  }
  return std::move(out_);
}

void Renderer::header() {
  out_ += paint_(style(), fmt::format("{}[{}]", is_error(diagnostic_) ? "error" : "warning",
                                      diagnostic_.code));
  out_ += paint_(Style::kBold, fmt::format(": {}", diagnostic_.message));
  out_ += '\n';
}

void Renderer::section(const Section& section, std::string_view arrow) {
  out_ += fmt::format("{}{} {}:{}:{}\n", std::string(number_width_ + 1, ' '),
                      paint_(Style::kFrame, arrow), section.source->name(), section.place.line,
                      section.place.column);
  gutter("");
  out_ += '\n';
  shown_line_ = 0;
  for (const Mark& one : section.marks) mark(*section.source, one);
}

void Renderer::gutter(std::string_view text) {
  out_ += paint_(Style::kFrame, fmt::format(" {:>{}} |", text, number_width_));
}

void Renderer::mark(const Source& source, const Mark& mark) {
  const std::string_view line = source.line(mark.line);
  const Excerpt excerpt = make_excerpt(line, mark.begin, mark.end);
  if (shown_line_ != mark.line || line.size() > kWholeLineBytesMax) {
    if (shown_line_ != 0 && mark.line > shown_line_ + 1) {
      gutter("");
      out_ += paint_(Style::kFrame, " ...\n");
    }
    gutter(std::to_string(mark.line));
    out_ += fmt::format(" {}\n", excerpt.text);
    shown_line_ = mark.line;
  }
  gutter("");
  std::string marks(excerpt.mark_end - excerpt.mark_begin, mark.is_primary ? '^' : '-');
  if (!mark.text.empty()) marks += fmt::format(" {}", mark.text);
  out_ += fmt::format(" {}{}\n", std::string(excerpt.mark_begin, ' '),
                      paint_(mark.is_primary ? style() : Style::kFrame, marks));
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string render(std::span<const Source> sources, const Diagnostic& diagnostic, Colour colour) {
  return Renderer(diagnostic, colour).run(sources);
}

std::string render(const Source& source, const Diagnostic& diagnostic, Colour colour) {
  return render(std::span(&source, 1), diagnostic, colour);
}

std::string render_all(const Source& source, std::span<const Diagnostic> diagnostics,
                       Colour colour) {
  return render_all(std::span(&source, 1), diagnostics, colour);
}

std::string render_all(std::span<const Source> sources, std::span<const Diagnostic> diagnostics,
                       Colour colour) {
  std::string out;
  for (const Diagnostic& diagnostic :
       diagnostics.first(std::min(diagnostics.size(), kRenderedMax))) {
    out += render(sources, diagnostic, colour);
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

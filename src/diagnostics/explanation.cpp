#include "diagnostics/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "diagnostics/painter.h"
#include "base/utf8.h"
#include "diagnostics/display_width.h"

namespace aqua::diagnostics {

namespace {

struct Page {
  std::string_view code;
  std::string_view markdown;
};

constexpr Page kPages[] = {
#include "explanations.inc"
};

constexpr std::string_view kFence = "```";
constexpr std::size_t kUnbrokenMax = 40;  // bytes of code
constexpr std::size_t kNearestMax = 3;
constexpr std::size_t kNearestDistanceMax = 2;

// Takes the first line off, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// "# R0101: the title", an empty line, the text.
Explanation read_page(const Page& page) {
  std::string_view text = page.markdown;
  std::string_view title = take_line(text);
  const std::size_t colon = title.find(": ");
  title = colon == std::string_view::npos ? std::string_view() : title.substr(colon + 2);
  while (text.starts_with('\n')) text.remove_prefix(1);
  return {.code = page.code, .title = title, .text = text};
}

// The block behind its opening line; takes it off, with the closing one.
std::string_view take_block(std::string_view& text) {
  const std::string_view all = text;
  std::size_t size = 0;
  while (!text.empty()) {
    size = static_cast<std::size_t>(text.data() - all.data());
    if (take_line(text).starts_with(kFence)) return all.substr(0, size);
  }
  return all;
}

// "```air wrong" -> ("air", "wrong")
std::pair<std::string_view, std::string_view> read_fence(std::string_view line) {
  line.remove_prefix(kFence.size());
  const std::size_t blank = std::min(line.find(' '), line.size());
  return {line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))};
}

std::size_t distance_of(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t k = 0; k < right.size(); ++k) {
      const std::size_t replaced = diagonal + (left[i] == right[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({replaced, diagonal + 1, row[k] + 1});
    }
  }
  return row.back();
}

// Short code is not broken at its blanks.
std::size_t end_of_word(std::string_view line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  std::size_t end = blank;
  while (std::ranges::count(line.substr(0, end), '`') % 2 != 0) {
    if (end == line.size() || end > kUnbrokenMax) return blank;
    end = std::min(line.find(' ', end + 1), line.size());
  }
  return end;
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const base::CodePoint c = base::decode_utf8_lossy(text);
    width += display_width(c.value);
    text.remove_prefix(c.size_bytes);
  }
  return width;
}

class PageRenderer {
 public:
  explicit PageRenderer(Colour colour) : paint_(colour) {}

  std::string run(const Explanation& explanation) {
    out_ = paint_(Style::kBold, fmt::format("{}: {}", explanation.code, explanation.title)) + '\n';
    std::string_view text = explanation.text;
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.starts_with(kFence)) {
        end_paragraph();
        block(read_fence(line).second, take_block(text));
      } else if (line.empty()) {
        end_paragraph();
      } else if (line.starts_with('#')) {
        end_paragraph();
        const std::size_t title = std::min(line.find_first_not_of("# "), line.size());
        out_ += '\n' + paint_(Style::kBold, line.substr(title)) + '\n';
      } else {
        if (line.starts_with("- ")) end_paragraph();
        words(line);
      }
    }
    end_paragraph();
    return std::move(out_);
  }

 private:
  void block(std::string_view kind, std::string_view text) {
    if (kind == "wrong") out_ += '\n' + paint_(Style::kError, "Wrong:") + '\n';
    if (kind == "right") out_ += '\n' + paint_(Style::kGood, "Right:") + '\n';
    out_ += '\n';
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (!line.empty()) out_ += fmt::format("    {}", line);
      out_ += '\n';
    }
  }

  void words(std::string_view line) {
    while (!line.empty()) {
      const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
      line.remove_prefix(begin);
      const std::size_t end = end_of_word(line);
      if (end > 0) word(line.substr(0, end));
      line.remove_prefix(end);
    }
  }

  void word(std::string_view text) {
    // Where code is coloured, it needs no backticks.
    const auto ticks = paint_.is_on() ? static_cast<std::size_t>(std::ranges::count(text, '`')) : 0;
    const std::size_t width = width_of(text) - ticks;
    if (!column_) {
      const bool is_item = text == "-";
      if (!is_item || !after_item_) out_ += '\n';
      after_item_ = is_item;
      indent_ = is_item ? 2 : 0;
      column_ = 0;
    } else if (*column_ + 1 + width > kExplanationColumns) {
      out_ += '\n' + std::string(indent_, ' ');
      column_ = indent_;
    } else {
      out_ += ' ';
      ++*column_;
    }
    *column_ += width;
    if (!paint_.is_on()) {
      out_ += text;
      return;
    }
    while (true) {
      const std::size_t tick = std::min(text.find('`'), text.size());
      const std::string_view piece = text.substr(0, tick);
      out_ += is_code_ ? paint_(Style::kHint, piece) : std::string(piece);
      if (tick == text.size()) return;
      is_code_ = !is_code_;
      text.remove_prefix(tick + 1);
    }
  }

  void end_paragraph() {
    if (column_) out_ += '\n';
    column_.reset();
    is_code_ = false;
  }

  Painter paint_;
  std::string out_;
  std::optional<std::size_t> column_;  // none: outside of paragraphs
  std::size_t indent_ = 0;
  bool after_item_ = false;
  bool is_code_ = false;
};

}  // namespace

std::span<const Explanation> explanations() {
  static const std::vector<Explanation> all = [] {
    std::vector<Explanation> result;
    for (const Page& page : kPages) result.push_back(read_page(page));
    std::ranges::sort(result, {}, &Explanation::code);
    return result;
  }();
  return all;
}

const Explanation* explanation(std::string_view code) {
  const std::span<const Explanation> all = explanations();
  const auto at = std::ranges::lower_bound(all, code, {}, &Explanation::code);
  return at != all.end() && at->code == code ? &*at : nullptr;
}

std::vector<std::string_view> nearest_codes(std::string_view text) {
  struct Candidate {
    std::size_t distance;
    std::string_view code;
  };
  // Too long to be meant as a code.
  if (text.size() > 2 * sizeof("R0101")) return {};
  std::vector<Candidate> candidates;
  for (const Explanation& one : explanations()) {
    // The beginning of a code is nearer than a code with a mistake.
    const bool is_begun = text.size() > 1 && one.code.starts_with(text);
    const std::size_t distance = is_begun ? 0 : distance_of(text, one.code);
    if (distance > kNearestDistanceMax) continue;
    // Of codes that are equally near, those with the same letter.
    const std::size_t has_other_letter = text.starts_with(one.code.front()) ? 0 : 1;
    candidates.push_back({2 * distance + has_other_letter, one.code});
  }
  std::ranges::stable_sort(candidates, {}, &Candidate::distance);
  std::vector<std::string_view> codes;
  for (const Candidate& candidate : candidates) {
    if (codes.size() == kNearestMax || candidate.distance > candidates.front().distance) break;
    codes.push_back(candidate.code);
  }
  return codes;
}

std::vector<Example> examples_of(const Explanation& explanation) {
  std::vector<Example> examples;
  std::string_view text = explanation.text;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.starts_with(kFence)) continue;
    const auto [language, kind] = read_fence(line);
    const std::string_view block = take_block(text);
    if (kind == "wrong" || kind == "right") {
      examples.push_back({.language = language, .is_right = kind == "right", .text = block});
    }
  }
  return examples;
}

std::string render(const Explanation& explanation, Colour colour) {
  return PageRenderer(colour).run(explanation);
}

}  // namespace aqua::diagnostics

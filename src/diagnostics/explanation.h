#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"

// The long explanations of codes: the pages of docs/errors/, which are part of the program.

namespace aqua::diagnostics {

struct Explanation {
  std::string_view code;
  std::string_view title;
  std::string_view text;  // Markdown, without the title
};

// All of them, by code.
std::span<const Explanation> explanations();
// None: null.
const Explanation* explanation(std::string_view code);
// Codes that someone who wrote `text` may have meant, best first; may be none.
std::vector<std::string_view> nearest_codes(std::string_view text);

// A block ```LANGUAGE wrong or ```LANGUAGE right of a page.
struct Example {
  std::string_view language;
  bool is_right = false;
  std::string_view text;
};
std::vector<Example> examples_of(const Explanation& explanation);

// The page for a terminal: paragraphs filled to kExplanationColumns, examples indented.
inline constexpr std::size_t kExplanationColumns = 80;
std::string render(const Explanation& explanation, Colour colour);

}  // namespace aqua::diagnostics

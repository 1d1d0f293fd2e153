#include "diagnostics/painter.h"

#include <fmt/format.h>

namespace aqua::diagnostics {

namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::kError: return "1;31";
    case Style::kWarning: return "1;33";
    case Style::kFrame: return "1;34";
    case Style::kHint: return "1;36";
    case Style::kGood: return "1;32";
    case Style::kBold: return "1";
  }
  return "0";
}

}  // namespace

std::string Painter::operator()(Style style, std::string_view text) const {
  if (!is_on_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(style), text);
}

}  // namespace aqua::diagnostics

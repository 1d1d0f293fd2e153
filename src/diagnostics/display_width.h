#pragma once

#include <cstdint>

namespace aqua::diagnostics {

// Columns that a terminal gives the code point: 0 (combining, format), 1 or 2 (East Asian wide).
std::uint32_t display_width(char32_t code_point);

}  // namespace aqua::diagnostics

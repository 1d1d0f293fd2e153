#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "air/name_table.h"
#include "air/tree.h"

namespace aqua::air {

// What is wrong with a lens, and where in it.
struct LensError {
  std::size_t offset;
  std::string_view what;
};

// Reads ".length" or ".$" and its accessors, which go to the end of `tree.accessors`. `text` must
// live as long as the tree; the lexer has checked its characters.
std::variant<Lens, LensError> parse_lens(std::string_view text, Tree& tree, NameTable& names);

}  // namespace aqua::air

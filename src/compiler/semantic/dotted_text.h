#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/string_arena.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

// "Lib.Sub.x": a view into the source where the parts stand there side by side.
inline std::string_view dotted_text(std::span<const syntax::Name> parts, base::StringArena& texts) {
  if (parts.empty()) return {};
  const char* const begin = parts.front().text.data();
  std::size_t size = parts.size() - 1;
  for (const syntax::Name& part : parts) size += part.text.size();
  if (parts.back().text.data() + parts.back().text.size() == begin + size) return {begin, size};
  char* const out = texts.allocate(size);
  std::size_t at = 0;
  for (const syntax::Name& part : parts) {
    if (at > 0) out[at++] = '.';
    at += part.text.copy(out + at, part.text.size());
  }
  return {out, size};
}

inline std::string_view dotted_text(const syntax::DottedName& name, base::StringArena& texts) {
  return dotted_text(std::span(name.parts), texts);
}

}  // namespace aqua::semantic

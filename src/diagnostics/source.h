#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace aqua::diagnostics {

// A source among those of one compilation.
using SourceId = base::Id<struct SourceTag>;

// Byte range [begin, end) of a source text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(Span, Span) = default;
};

struct Place {
  SourceId source;
  Span span;

  friend bool operator==(const Place&, const Place&) = default;
};

// Line and column, both counted from 1. The column counts Unicode code points.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// A named text with an index of its lines.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  // Stays where it is when the source is moved or copied.
  std::string_view text() const { return *text_; }
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }

  LineColumn locate(std::uint32_t offset) const;
  // The text of line `line` (from 1) without its line end.
  std::string_view line(std::uint32_t line) const;
  std::uint32_t line_start(std::uint32_t line) const { return line_starts_[line - 1]; }

 private:
  std::string name_;
  std::shared_ptr<const std::string> text_;
  std::vector<std::uint32_t> line_starts_;
};

// The source with that index.
const Source& source_of(std::span<const Source> sources, SourceId id);

}  // namespace aqua::diagnostics

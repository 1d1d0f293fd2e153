#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/source.h"

namespace aqua::diagnostics {

enum class Severity : std::uint8_t { kError, kWarning };

// A place in the source and what there is to say about it.
struct Label {
  Span span;
  std::string text;
  SourceId source{0u};  // where there is only one source, it is this one
};

// Replacing the text of the place mends the mistake, or part of it.
struct Edit {
  Place place;
  std::string replacement;
};

// One mistake of the user. `labels[0]` is the place of the mistake, the others explain it.
struct Diagnostic {
  std::string_view code;  // stable, e.g. "R0003"; static storage
  Severity severity = Severity::kError;
  std::string message;
  std::vector<Label> labels;
  std::string hint;  // empty: none
  std::vector<Edit> edits;
};

void add_label(Diagnostic& diagnostic, Span place, std::string text);
void add_label(Diagnostic& diagnostic, Place place, std::string text);
void add_edit(Diagnostic& diagnostic, Place place, std::string replacement);

bool is_error(const Diagnostic& diagnostic);

enum class Colour : std::uint8_t { kOff, kOn };

// Of many diagnostics this many are rendered, then it says how many more there are.
inline constexpr std::size_t kRenderedMax = 50;

// Header line, source excerpts with carets, hint; ends with a newline. Excerpts of one source stand
// together under its name, those of `labels[0]` first; of a place of several lines the first and the
// last are shown. Long lines are shortened around the place; characters that would disturb a terminal
// are replaced. The label's `source` is the index in `sources`.
std::string render(std::span<const Source> sources, const Diagnostic& diagnostic, Colour colour);
// All of them, an empty line between two, and their number in the last line.
std::string render_all(std::span<const Source> sources, std::span<const Diagnostic> diagnostics,
                       Colour colour);

// {"code","severity","message","hint","places":[{"file","begin","end","line","column","text"}],
// "edits":[{"file","begin","end","replacement"}]}: an edit replaces the bytes [begin, end).
std::string to_json(std::span<const Source> sources, const Diagnostic& diagnostic);
// An array of them, none left out.
std::string to_json(std::span<const Source> sources, std::span<const Diagnostic> diagnostics);

// Where there is only one source.
std::string render(const Source& source, const Diagnostic& diagnostic, Colour colour);
std::string render_all(const Source& source, std::span<const Diagnostic> diagnostics,
                       Colour colour);
std::string to_json(const Source& source, const Diagnostic& diagnostic);
std::string to_json(const Source& source, std::span<const Diagnostic> diagnostics);

}  // namespace aqua::diagnostics

#include "diagnostics/diagnostic.h"

#include <fmt/format.h>

#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "json/text.h"

namespace aqua::diagnostics {

namespace {

std::string_view name_of(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

void append_place(std::string& out, const Source& source, const Label& label) {
  const LineColumn at = source.locate(label.span.begin);
  out += "{\"file\":";
  json::append_quoted_lossy(out, source.name());
  fmt::format_to(std::back_inserter(out),
                 ",\"begin\":{},\"end\":{},\"line\":{},\"column\":{},\"text\":", label.span.begin,
                 label.span.end, at.line, at.column);
  json::append_quoted_lossy(out, label.text);
  out += '}';
}

void append_edit(std::string& out, const Source& source, const Edit& edit) {
  out += "{\"file\":";
  json::append_quoted_lossy(out, source.name());
  fmt::format_to(std::back_inserter(out),
                 ",\"begin\":{},\"end\":{},\"replacement\":", edit.place.span.begin,
                 edit.place.span.end);
  json::append_quoted_lossy(out, edit.replacement);
  out += '}';
}

}  // namespace

void add_label(Diagnostic& diagnostic, Span place, std::string text) {
  Label& label = diagnostic.labels.emplace_back();
  label.span = place;
  label.text = std::move(text);
}

void add_label(Diagnostic& diagnostic, Place place, std::string text) {
  add_label(diagnostic, place.span, std::move(text));
  diagnostic.labels.back().source = place.source;
}

void add_edit(Diagnostic& diagnostic, Place place, std::string replacement) {
  diagnostic.edits.push_back({.place = place, .replacement = std::move(replacement)});
}

bool is_error(const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; }

std::string to_json(std::span<const Source> sources, const Diagnostic& diagnostic) {
  std::string out = "{\"code\":";
  json::append_quoted_lossy(out, diagnostic.code);
  out += ",\"severity\":";
  json::append_quoted_lossy(out, name_of(diagnostic.severity));
  out += ",\"message\":";
  json::append_quoted_lossy(out, diagnostic.message);
  out += ",\"hint\":";
  json::append_quoted_lossy(out, diagnostic.hint);
  out += ",\"places\":[";
  const char* separator = "";
  for (const Label& label : diagnostic.labels) {
    out += separator;
    append_place(out, source_of(sources, label.source), label);
    separator = ",";
  }
  out += "],\"edits\":[";
  separator = "";
  for (const Edit& edit : diagnostic.edits) {
    out += separator;
    append_edit(out, source_of(sources, edit.place.source), edit);
    separator = ",";
  }
  out += "]}";
  return out;
}

std::string to_json(std::span<const Source> sources, std::span<const Diagnostic> diagnostics) {
  std::string out = "[";
  const char* separator = "";
  for (const Diagnostic& diagnostic : diagnostics) {
    out += separator;
    out += to_json(sources, diagnostic);
    separator = ",";
  }
  out += ']';
  return out;
}

std::string to_json(const Source& source, const Diagnostic& diagnostic) {
  return to_json(std::span(&source, 1), diagnostic);
}

std::string to_json(const Source& source, std::span<const Diagnostic> diagnostics) {
  return to_json(std::span(&source, 1), diagnostics);
}

}  // namespace aqua::diagnostics

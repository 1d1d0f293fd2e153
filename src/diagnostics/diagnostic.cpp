#include "diagnostics/diagnostic.h"

#include <fmt/format.h>

#include <iterator>
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

bool is_error(const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; }

std::string to_json(const Source& source, const Diagnostic& diagnostic) {
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
    append_place(out, source, label);
    separator = ",";
  }
  out += "]}";
  return out;
}

std::string to_json(const Source& source, std::span<const Diagnostic> diagnostics) {
  std::string out = "[";
  const char* separator = "";
  for (const Diagnostic& diagnostic : diagnostics) {
    out += separator;
    out += to_json(source, diagnostic);
    separator = ",";
  }
  out += ']';
  return out;
}

}  // namespace aqua::diagnostics

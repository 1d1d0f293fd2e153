#include "compiler/semantic/mismatch.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/semantic/reports.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

namespace {

const std::vector<types::Field>* fields_of(const types::Store& store, TypeId type) {
  if (const auto* node = std::get_if<types::Struct>(&store[type])) return &node->fields;
  if (const auto* node = std::get_if<types::Ability>(&store[type])) return &node->fields;
  if (const auto* node = std::get_if<types::Service>(&store[type])) return &node->methods;
  return nullptr;
}

bool is_same_kind(const types::Store& store, TypeId expected, TypeId given) {
  const bool expected_is_struct = std::holds_alternative<types::Struct>(store[expected]);
  const bool given_is_struct = std::holds_alternative<types::Struct>(store[given]);
  return expected_is_struct == given_is_struct;
}

// The first field in which two structs or two abilities differ, down to where they do.
std::string describe_difference(Body& body, TypeId expected, TypeId given, std::string path) {
  const types::Store& store = body.workspace.types;
  const auto* const wanted = fields_of(store, expected);
  const auto* const present = fields_of(store, given);
  if (wanted == nullptr || present == nullptr || !is_same_kind(store, expected, given)) {
    return path.empty()
               ? std::string()
               : fmt::format("'{}' is {}, expected is {}", path, types::describe(store, given),
                             types::describe(store, expected));
  }
  std::vector<std::string_view> missing;
  for (const types::Field& field : *wanted) {
    const types::Field* const other = types::find_field(*present, field.name);
    if (other == nullptr) {
      missing.push_back(field.name);
    } else if (!body.workspace.facts.accepts(field.type, other->type)) {
      std::string below =
          path.empty() ? std::string(field.name) : fmt::format("{}.{}", path, field.name);
      return describe_difference(body, field.type, other->type, std::move(below));
    }
  }
  if (missing.empty()) return {};
  return fmt::format("{} {} missing{}", listed(missing, "and"), missing.size() == 1 ? "is" : "are",
                     path.empty() ? "" : fmt::format(" in '{}'", path));
}

void suggest_wrapping(Diagnostic& diagnostic, Place place, std::string_view open) {
  diagnostic.hint = fmt::format("put it into brackets: {}...]", open);
  diagnostic.edits.push_back(
      {{place.source, {place.span.begin, place.span.begin}}, std::string(open)});
  diagnostic.edits.push_back({{place.source, {place.span.end, place.span.end}}, "]"});
}

void suggest_conversion(Body& body, Diagnostic& diagnostic, Place place, TypeId expected,
                        TypeId given) {
  TypeFacts& facts = body.workspace.facts;
  const types::Store& store = body.workspace.types;
  if (const auto* option = facts.as<types::Option>(expected);
      option != nullptr && facts.accepts(option->element, given)) {
    return suggest_wrapping(diagnostic, place, "?[");
  }
  if (const auto* array = facts.as<types::Array>(expected);
      array != nullptr && facts.accepts(array->element, given)) {
    return suggest_wrapping(diagnostic, place, "[");
  }
  if (types::is_collection(store, given) &&
      facts.accepts(expected, types::element_of(store, given))) {
    diagnostic.hint = "take its first element with '!'";
    diagnostic.edits.push_back({{place.source, {place.span.end, place.span.end}}, "!"});
    return;
  }
  if (facts.as<types::Stream>(expected) != nullptr && types::is_collection(store, given)) {
    diagnostic.hint =
        "only a stream can stand for a stream: declare one (name: *type) and push to it with '<<-'";
  }
}

}  // namespace

Diagnostic& report_mismatch(Body& body, DiagnosticKind kind, ExprId value, TypeId expected,
                            std::string message) {
  const TypeId given = body.workspace.type_of(value);
  const Place place = body.workspace.program[value].place;
  std::string label = fmt::format("this is {}", types::describe(body.workspace.types, given));
  if (std::string difference = describe_difference(body, expected, given, {});
      !difference.empty()) {
    label += fmt::format(": {}", difference);
  }
  Diagnostic& diagnostic =
      body.workspace.reports.add(kind, place, std::move(message), std::move(label));
  suggest_conversion(body, diagnostic, place, expected, given);
  return diagnostic;
}

}  // namespace aqua::semantic

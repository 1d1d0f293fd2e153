#include "compiler/semantic/type_resolver.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/imports.h"
#include "compiler/semantic/nearest_names.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using diagnostics::Span;

namespace {

constexpr std::pair<std::string_view, types::Scalar> kScalars[] = {
    {"u8", types::Scalar::kU8},     {"u16", types::Scalar::kU16},
    {"u32", types::Scalar::kU32},   {"u64", types::Scalar::kU64},
    {"i8", types::Scalar::kI8},     {"i16", types::Scalar::kI16},
    {"i32", types::Scalar::kI32},   {"i64", types::Scalar::kI64},
    {"f32", types::Scalar::kF32},   {"f64", types::Scalar::kF64},
    {"bool", types::Scalar::kBool}, {"string", types::Scalar::kString},
};

std::optional<types::Scalar> scalar_named(std::string_view name) {
  for (const auto& [text, scalar] : kScalars) {
    if (text == name) return scalar;
  }
  return std::nullopt;
}

}  // namespace

void warn_of_rival(Workspace& workspace, ModuleScope& module, std::string_view name, Place use,
                   Place taken, const Rival& rival) {
  module.mark_used(rival.origin);
  if (!module.reported_rivals.insert(name, true).second) return;
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kImportedTwice, use,
      fmt::format("two imports bring different definitions of '{}'", name), {},
      fmt::format("the later import holds; to have both, rename one: import {} as ... from ...",
                  name));
  add_label(diagnostic, taken, "this one is taken");
  add_label(diagnostic, rival.place, "this one is not");
}

TypeId TypeResolver::resolve(syntax::TypeExprId id) {
  // Of a declaration that could not be read to its end.
  if (id.is_none()) return workspace_.facts.error();
  const syntax::TypeExpr& expr = tree_[id];
  return std::visit([&](const auto& node) { return resolve_node(node, expr.span); }, expr.node);
}

TypeId TypeResolver::resolve_node(const syntax::NamedType& node, Span) {
  return resolve_name(node.name).type;
}

TypeResolver::Named TypeResolver::resolve_name(const syntax::DottedName& name) {
  const std::span<const syntax::Name> parts = name.parts;
  if (parts.size() == 1) {
    if (const auto scalar = scalar_named(parts[0].text)) return {workspace_.types.scalar(*scalar)};
  }
  const Resolution found = semantic::resolve(*module_.own, parts);
  const TypeEntry* const entry = found.meaning.type;
  if (found.part_count == parts.size() && entry != nullptr) {
    module_.mark_used(found.origin);
    if (entry->rival) {
      warn_of_rival(workspace_, module_, parts.back().text, module_.place(name.span), entry->place,
                    *entry->rival);
    }
    if (parts.size() == 1) return {entry->type, entry};
    const std::string_view scope =
        dotted_text(parts.first(parts.size() - 1), workspace_.program.texts);
    return {workspace_.facts.qualified(entry->type, scope), entry};
  }
  const bool is_below_unknown =
      found.part_count > 0 && entry != nullptr && entry->type == workspace_.facts.error();
  if (is_below_unknown) {
    module_.mark_used(found.origin);
  } else {
    report_unknown(name, found);
  }
  return {workspace_.facts.error()};
}

void TypeResolver::report_unknown(const syntax::DottedName& name, const Resolution& resolution) {
  const std::string_view text = dotted_text(name, workspace_.program.texts);
  if (!module_.reported_types.insert(text, true).second || module_.is_incomplete) return;
  const Place place = module_.place(name.span);
  if (const auto later = definition_in_text(module_, text)) {
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kUsedBeforeDefinition, place,
        fmt::format("'{}' is used above its definition", text), "used here",
        "a name is visible only below its definition: move the definition up");
    add_label(diagnostic, module_.place(*later), "defined here");
    return;
  }
  const bool is_below_scope = resolution.scope_part_count > 0;
  if (is_below_scope) module_.mark_used(resolution.origin);
  const Scope& scope = is_below_scope ? *resolution.scope : *module_.own;
  const std::span<const syntax::Name> parts = name.parts;
  Diagnostic& diagnostic =
      workspace_.reports.add(DiagnosticKind::kUnknownType, place,
                             fmt::format("there is no type '{}'", text), "unknown type");
  const bool is_last_unknown = resolution.scope_part_count + 1 == parts.size();
  if (!is_last_unknown) return;
  NearestNames nearest(workspace_, parts.back().text);
  if (!is_below_scope) {
    for (const auto& scalar : kScalars) nearest.consider(scalar.first);
  }
  for (const auto& entry : scope.types.entries()) nearest.consider(entry.name);
  suggest(diagnostic, nearest, module_.place(parts.back().span));
  hint_at_undeclared(module_, is_below_scope ? &scope : nullptr, parts.back().text, diagnostic);
}

TypeId TypeResolver::resolve_element(syntax::TypeExprId id, std::string_view of_what) {
  const TypeId element = resolve(id);
  if (workspace_.facts.is_data(element)) return element;
  workspace_.reports.add(
      DiagnosticKind::kElementNotAllowed, module_.place(tree_[id].span),
      fmt::format("{} cannot hold values of type {}", of_what,
                  types::describe(workspace_.types, element)),
      "not data",
      "elements are data: scalars, arrays, options and data types; not streams, maps, functions, "
      "abilities or services");
  return workspace_.facts.error();
}

TypeId TypeResolver::resolve_node(const syntax::CollectionType& node, Span) {
  switch (node.kind) {
    case syntax::CollectionKind::kArray:
      return workspace_.types.array(resolve_element(node.element, "an array"));
    case syntax::CollectionKind::kOption:
      return workspace_.types.option(resolve_element(node.element, "an option"));
    case syntax::CollectionKind::kStream: break;
  }
  return workspace_.types.stream(resolve_element(node.element, "a stream"));
}

TypeId TypeResolver::resolve_node(const syntax::StreamMapType& node, Span) {
  return workspace_.types.stream_map(resolve_element(node.element, "a stream map"));
}

TypeId TypeResolver::resolve_node(const syntax::ArrowType& node, Span) {
  const bool is_named = !node.parameters.empty() && !node.parameters[0].name.text.empty();
  return arrow(is_named ? types::Labels::kNamed : types::Labels::kNone, node.abilities,
               node.parameters, node.results);
}

TypeId TypeResolver::arrow_of(const syntax::ArrowHeader& header) {
  return arrow(types::Labels::kNamed, header.abilities, header.parameters, header.results);
}

TypeId TypeResolver::arrow(types::Labels labels, std::span<const syntax::DottedName> abilities,
                           std::span<const syntax::Parameter> parameters,
                           std::span<const syntax::TypeExprId> results) {
  std::vector<types::Field> fields;
  fields.reserve(abilities.size() + parameters.size());
  const bool is_named = labels == types::Labels::kNamed;
  for (const syntax::DottedName& ability : abilities) {
    const std::string_view name = dotted_text(ability, workspace_.program.texts);
    fields.push_back({is_named ? name : std::string_view(), resolve_ability(ability)});
  }
  for (const syntax::Parameter& parameter : parameters) {
    fields.push_back({parameter.name.text, resolve(parameter.type)});
  }
  std::vector<TypeId> result_types;
  result_types.reserve(results.size());
  for (const syntax::TypeExprId result : results) result_types.push_back(resolve(result));
  return workspace_.types.arrow(labels, std::move(fields), std::move(result_types));
}

TypeId TypeResolver::resolve_ability(const syntax::DottedName& name) {
  const TypeId type = resolve_name(name).type;
  const TypeFacts& facts = workspace_.facts;
  if (type == facts.error() || facts.as<types::Ability>(type) != nullptr ||
      facts.as<types::Service>(type) != nullptr) {
    return type;
  }
  workspace_.reports.add(
      DiagnosticKind::kNotAnAbility, module_.place(name.span),
      fmt::format("'{}' is no ability", dotted_text(name, workspace_.program.texts)),
      fmt::format("this is {}", types::describe(workspace_.types, type)),
      "between braces stand abilities; other arguments go between parentheses");
  return workspace_.facts.error();
}

}  // namespace aqua::semantic

#include "compiler/semantic/name_checker.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/imports.h"
#include "compiler/semantic/nearest_names.h"
#include "compiler/semantic/type_resolver.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::Span;

bool NameChecker::flatten(syntax::ExprId id, std::vector<syntax::Name>& parts) const {
  std::size_t count = 1;
  syntax::ExprId at = id;
  while (const auto* member = std::get_if<syntax::Member>(&body_.tree[at].node)) {
    at = member->object;
    ++count;
  }
  const auto* const root = std::get_if<syntax::NameExpr>(&body_.tree[at].node);
  if (root == nullptr) return false;
  parts.resize(count);
  parts[0] = {root->text, body_.tree[at].span};
  for (at = id; count > 1; --count) {
    const auto& member = std::get<syntax::Member>(body_.tree[at].node);
    parts[count - 1] = member.name;
    at = member.object;
  }
  return true;
}

NameChecker::Root NameChecker::find_root(std::span<const syntax::Name> parts) {
  const Root local = find_local(parts);
  return local.part_count > 0 ? local : find_in_module(parts);
}

NameChecker::Root NameChecker::find_local(std::span<const syntax::Name> parts) {
  std::size_t count = body_.has_dotted_names ? parts.size() : 1;
  for (; count > 0; --count) {
    const std::string_view name = dotted_text(parts.first(count), body_.workspace.program.texts);
    const VariableId variable = body_.names.find(name);
    if (variable.is_none()) continue;
    body_.workspace.is_variable_used[variable.value] = true;
    const Span span{parts[0].span.begin, parts[count - 1].span.end};
    const ExprId value = body_.workspace.add(
        Expr{body_.workspace.program[variable].type, body_.place(span), VariableRef{variable}});
    return {.kind = Root::Kind::kValue, .value = value, .type = {}, .part_count = count};
  }
  return {};
}

NameChecker::Root NameChecker::find_in_module(std::span<const syntax::Name> parts) {
  Workspace& workspace = body_.workspace;
  const Resolution found = resolve(*body_.module.own, parts);
  if (found.part_count == 0) {
    if (const Value* const global = workspace.use_global(parts[0].text)) {
      const ExprId value = reference(*global, parts[0].text, parts[0].span);
      return {.kind = Root::Kind::kValue, .value = value, .type = {}, .part_count = 1};
    }
    report_unknown(parts, found);
    return {};
  }
  body_.module.mark_used(found.origin);
  const auto used = parts.first(found.part_count);
  const Span span{used.front().span.begin, used.back().span.end};
  const std::string_view name = dotted_text(used, workspace.program.texts);
  if (const ValueEntry* const entry = found.meaning.value) {
    if (entry->rival) {
      warn_of_rival(workspace, body_.module, name, body_.place(span), entry->place, *entry->rival);
    }
    return {.kind = Root::Kind::kValue,
            .value = reference(entry->value, name, span),
            .type = {},
            .part_count = found.part_count};
  }
  const TypeEntry& entry = *found.meaning.type;
  const std::string_view scope = dotted_text(used.first(used.size() - 1), workspace.program.texts);
  const TypeId type = scope.empty() ? entry.type : workspace.facts.qualified(entry.type, scope);
  return {.kind = Root::Kind::kType,
          .value = {},
          .type = type,
          .type_entry = &entry,
          .part_count = found.part_count};
}

ExprId NameChecker::reference(const Value& value, std::string_view name, Span span) {
  Workspace& workspace = body_.workspace;
  const Place place = body_.place(span);
  switch (value.kind) {
    case Value::Kind::kFunction: {
      const FunctionId id(value.index);
      if (!workspace.program[id].is_valid) body_.uses_invalid = true;
      return workspace.add(Expr{workspace.program[id].type, place, FunctionRef{id}});
    }
    case Value::Kind::kConstant: {
      const Constant constant = workspace.constants[value.index];
      return std::visit(
          [&](const auto& node) { return workspace.add(Expr{constant.type, place, node}); },
          constant.node);
    }
    case Value::Kind::kService: return refer_to_service(ServiceId(value.index), name, span);
    case Value::Kind::kUnknown: break;
  }
  body_.uses_invalid = true;
  return body_.error_expr(span);
}

ExprId NameChecker::refer_to_service(ServiceId id, std::string_view name, Span span) {
  Workspace& workspace = body_.workspace;
  const VariableId binding = body_.names.binding_of(id);
  const Service& service = workspace.program[id];
  if (binding.has_value()) {
    workspace.is_variable_used[binding.value] = true;
  } else if (service.default_id.is_none() && report_once(name)) {
    Diagnostic& diagnostic = workspace.reports.add(
        DiagnosticKind::kServiceWithoutId, body_.place(span),
        fmt::format("the service '{}' has no id here", name), "its id is not known",
        fmt::format("give it one above, in this block or around it: {} \"id\"", name));
    add_label(diagnostic, service.place, "declared without an id");
  }
  return workspace.add(Expr{service.type, body_.place(span), ServiceRef{id, binding}});
}

const TypeEntry* NameChecker::find_service(const syntax::DottedName& name) {
  Workspace& workspace = body_.workspace;
  const Resolution found = resolve(*body_.module.own, name.parts);
  const std::string_view text = dotted_text(name, workspace.program.texts);
  const TypeEntry* const entry =
      found.part_count == name.parts.size() ? found.meaning.type : nullptr;
  if (entry != nullptr) {
    body_.module.mark_used(found.origin);
    if (entry->service.has_value()) return entry;
    if (entry->type == workspace.facts.error()) return nullptr;
  }
  if (entry == nullptr && found.meaning.value == nullptr && body_.names.find(text).is_none()) {
    if (!report_once(text)) return nullptr;
    if (report_later_definition(text, body_.place(name.span))) return nullptr;
    Diagnostic& diagnostic =
        workspace.reports.add(DiagnosticKind::kUnknownService, body_.place(name.span),
                              fmt::format("there is no service '{}'", text), "unknown service");
    NearestNames nearest(workspace, name.parts.back().text);
    const Scope& scope = found.scope != nullptr ? *found.scope : *body_.module.own;
    for (const auto& candidate : scope.types.entries()) {
      if (candidate.value.service.has_value()) nearest.consider(candidate.name);
    }
    suggest(diagnostic, nearest, body_.place(name.parts.back().span));
    return nullptr;
  }
  workspace.reports.add(DiagnosticKind::kNotAService, body_.place(name.span),
                        fmt::format("'{}' is no service, it cannot be given an id", text), {},
                        "only what is declared with 'service' has an id");
  return nullptr;
}

bool NameChecker::report_once(std::string_view name) {
  return body_.reported.insert(name, true).second && !body_.is_incomplete &&
         !body_.module.is_incomplete;
}

bool NameChecker::report_later_definition(std::string_view name, Place place) {
  const auto later = definition_in_text(body_.module, name);
  if (!later) return false;
  const bool is_itself = name == body_.name;
  Diagnostic& diagnostic = body_.workspace.reports.add(
      DiagnosticKind::kUsedBeforeDefinition, place,
      is_itself ? fmt::format("'{}' is used inside itself", name)
                : fmt::format("'{}' is used above its definition", name),
      "used here",
      is_itself
          ? "functions cannot be recursive: iterate with 'for', or over a stream with 'for ... rec'"
          : "a name is visible only below its definition: move the definition up");
  add_label(diagnostic, body_.module.place(*later), "defined here");
  return true;
}

void NameChecker::report_not_in_scope(std::span<const syntax::Name> parts,
                                      const Resolution& resolution) {
  Workspace& workspace = body_.workspace;
  const std::string_view scope =
      dotted_text(parts.first(resolution.scope_part_count), workspace.program.texts);
  if (resolution.scope_part_count == parts.size()) {
    workspace.reports.add(DiagnosticKind::kTypeAsValue, body_.place(parts.back().span),
                          fmt::format("'{}' is a module, not a value", scope), {},
                          fmt::format("name something in it: {}.name", scope));
    return;
  }
  const syntax::Name& unknown = parts[resolution.scope_part_count];
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kNotInModule, body_.place(unknown.span),
      fmt::format("'{}' has no '{}'", scope, unknown.text), "not among what the module declares");
  NearestNames nearest(workspace, unknown.text);
  for (const auto& entry : resolution.scope->values.entries()) nearest.consider(entry.name);
  for (const auto& entry : resolution.scope->types.entries()) nearest.consider(entry.name);
  suggest(diagnostic, nearest, body_.place(unknown.span));
  hint_at_undeclared(body_.module, resolution.scope, unknown.text, diagnostic);
}

void NameChecker::report_unknown(std::span<const syntax::Name> parts,
                                 const Resolution& resolution) {
  Workspace& workspace = body_.workspace;
  const std::string_view whole =
      dotted_text(parts.first(std::min(parts.size(), resolution.scope_part_count + 1)),
                  workspace.program.texts);
  if (!report_once(whole)) return;
  if (resolution.scope_part_count > 0) {
    body_.module.mark_used(resolution.origin);
    return report_not_in_scope(parts, resolution);
  }
  const syntax::Name& name = parts[0];
  if (report_later_definition(name.text, body_.place(name.span))) return;
  Diagnostic& diagnostic =
      workspace.reports.add(DiagnosticKind::kUnknownName, body_.place(name.span),
                            fmt::format("there is no '{}' here", name.text), "unknown name");
  if (const VariableId ended = body_.names.find_ended(name.text); ended.has_value()) {
    diagnostic.hint =
        "what a block of 'for', 'if', 'try' or a closure defines is not visible after it: push it "
        "to a stream that is declared above the block";
    add_label(diagnostic, workspace.program[ended].place, "visible only in its block");
    return;
  }
  NearestNames nearest(workspace, name.text);
  body_.names.for_each_visible([&](std::string_view each) { nearest.consider(each); });
  for (const auto& entry : body_.module.own->values.entries()) nearest.consider(entry.name);
  for (const auto& entry : workspace.global_values.entries()) nearest.consider(entry.name);
  for (const auto& entry : body_.module.own->scopes.entries()) nearest.consider(entry.name);
  suggest(diagnostic, nearest, body_.place(name.span));
  hint_at_undeclared(body_.module, nullptr, name.text, diagnostic);
}

}  // namespace aqua::semantic

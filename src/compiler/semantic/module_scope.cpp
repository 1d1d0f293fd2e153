#include "compiler/semantic/module_scope.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace aqua::semantic {

using base::Overloaded;
using diagnostics::Span;

namespace {

Meaning meaning_of(const Scope& scope, std::string_view name) {
  return {scope.values.find(name), scope.types.find(name), scope.scopes.find(name)};
}

bool is_same_literal(const std::variant<Literal, Builtin>& left,
                     const std::variant<Literal, Builtin>& right) {
  if (left.index() != right.index()) return false;
  if (const auto* builtin = std::get_if<Builtin>(&left)) {
    return *builtin == std::get<Builtin>(right);
  }
  const auto& a = std::get<Literal>(left);
  const auto& b = std::get<Literal>(right);
  return a.kind == b.kind && a.text == b.text;
}

bool is_same_default_id(const Program& program, ExprId left, ExprId right) {
  if (left.is_none() || right.is_none()) return left == right;
  const auto* a = std::get_if<Literal>(&program[left].node);
  const auto* b = std::get_if<Literal>(&program[right].node);
  return a != nullptr && b != nullptr && a->text == b->text;
}

// Copies of one library define the same things again: nobody can tell which of them holds.
bool is_same(const Workspace& workspace, const Value& left, const Value& right) {
  if (left == right) return true;
  if (left.kind != right.kind) return false;
  const Program& program = workspace.program;
  if (left.kind == Value::Kind::kConstant) {
    return is_same_literal(workspace.constants[left.index].node,
                           workspace.constants[right.index].node);
  }
  if (left.kind == Value::Kind::kService) {
    const Service& a = program.services[left.index];
    const Service& b = program.services[right.index];
    return a.type == b.type && is_same_default_id(program, a.default_id, b.default_id);
  }
  return false;
}

void put_value(const Workspace& workspace, Scope& scope, std::string_view name, ValueEntry entry) {
  const auto [slot, is_new] = scope.values.insert(name, entry);
  if (is_new) return;
  if (!is_same(workspace, slot->value, entry.value)) entry.rival = Rival{slot->place, slot->origin};
  *slot = entry;
}

void put_type(Scope& scope, std::string_view name, TypeEntry entry) {
  const auto [slot, is_new] = scope.types.insert(name, entry);
  if (is_new) return;
  if (slot->type != entry.type) entry.rival = Rival{slot->place, slot->origin};
  *slot = entry;
}

void merge(const Workspace& workspace, Scope& into, const Scope& from, Origin origin);

// A scope of our own in place of one that belongs to another module.
void unshare(const Workspace& workspace, ScopeLink& link) {
  if (!link.is_shared) return;
  auto copy = std::make_shared<Scope>();
  merge(workspace, *copy, *link.scope, link.origin);
  link = {.scope = std::move(copy), .is_shared = false, .origin = link.origin};
}

void put_scope(const Workspace& workspace, Scope& scope, std::string_view name,
               const ScopeLink& link, Origin origin) {
  const auto [slot, is_new] = scope.scopes.insert(name, {link.scope, true, origin});
  if (is_new || slot->scope == link.scope) return;
  unshare(workspace, *slot);
  merge(workspace, *slot->scope, *link.scope, origin);
}

void merge(const Workspace& workspace, Scope& into, const Scope& from, Origin origin) {
  for (const auto& [name, value] : from.values.entries()) {
    put_value(workspace, into, name, {value.value, value.place, origin, std::nullopt});
  }
  for (const auto& [name, type] : from.types.entries()) {
    TypeEntry copy = type;
    copy.origin = origin;
    copy.rival.reset();
    put_type(into, name, copy);
  }
  for (const auto& [name, link] : from.scopes.entries()) {
    put_scope(workspace, into, name, link, origin);
  }
}

}  // namespace

bool ModuleScope::is_unreadable_within(Span span) const {
  const auto first = std::ranges::lower_bound(unreadable, span.begin, {}, &Span::begin);
  return first != unreadable.end() && first->begin <= span.end;
}

Resolution resolve(const Scope& scope, std::span<const syntax::Name> parts) {
  Resolution best;
  const Scope* at = &scope;
  Origin shared_origin;
  bool is_shared = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Meaning meaning = meaning_of(*at, parts[i].text);
    if (meaning.value != nullptr || meaning.type != nullptr) {
      best.meaning = meaning;
      best.part_count = i + 1;
      best.origin = is_shared                  ? shared_origin
                    : meaning.value != nullptr ? meaning.value->origin
                                               : meaning.type->origin;
    }
    if (meaning.scope == nullptr) break;
    if (meaning.scope->is_shared && !is_shared) {
      is_shared = true;
      shared_origin = meaning.scope->origin;
    }
    if (best.part_count == 0) best.origin = is_shared ? shared_origin : meaning.scope->origin;
    at = meaning.scope->scope.get();
    best.scope = at;
    best.scope_part_count = i + 1;
  }
  return best;
}

Meaning find(const Scope& scope, std::span<const syntax::Name> parts) {
  const Scope* at = &scope;
  for (const syntax::Name& part : parts.first(parts.size() - 1)) {
    const ScopeLink* const link = at->scopes.find(part.text);
    if (link == nullptr) return {};
    at = link->scope.get();
  }
  return meaning_of(*at, parts.back().text);
}

void put(const Workspace& workspace, Scope& scope, std::span<const syntax::Name> path,
         const Meaning& meaning, Origin origin) {
  Scope* at = &scope;
  for (const syntax::Name& part : path.first(path.size() - 1)) {
    ScopeLink* const link =
        at->scopes.insert(part.text, {std::make_shared<Scope>(), false, origin}).first;
    unshare(workspace, *link);
    at = link->scope.get();
  }
  const std::string_view name = path.back().text;
  if (meaning.value != nullptr) {
    put_value(workspace, *at, name, {meaning.value->value, meaning.value->place, origin, {}});
  }
  if (meaning.type != nullptr) {
    TypeEntry entry = *meaning.type;
    entry.origin = origin;
    entry.rival.reset();
    put_type(*at, name, entry);
  }
  if (meaning.scope != nullptr) put_scope(workspace, *at, name, *meaning.scope, origin);
}

std::optional<Span> definition_in_text(ModuleScope& module, std::string_view name) {
  if (!module.definitions) {
    module.definitions.emplace();
    for (const syntax::Declaration& declaration : module.tree->declarations) {
      std::visit(
          [&](const auto& node) { module.definitions->insert(node.name.text, node.name.span); },
          declaration);
    }
  }
  const Span* const found = module.definitions->find(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace aqua::semantic

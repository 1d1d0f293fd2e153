#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

// Turns type expressions of one module into types.
class TypeResolver {
 public:
  TypeResolver(Workspace& workspace, ModuleScope& module)
      : workspace_(workspace), module_(module), tree_(*module.tree) {}

  // The error type where something was wrong, which is reported.
  TypeId resolve(syntax::TypeExprId id);
  TypeId arrow_of(const syntax::ArrowHeader& header);

  struct Named {
    TypeId type;                       // the error type where it is unknown
    const TypeEntry* entry = nullptr;  // null where it is unknown or a scalar
  };
  Named resolve_name(const syntax::DottedName& name);
  // "{Ability}" of a header.
  TypeId resolve_ability(const syntax::DottedName& name);

 private:
  TypeId resolve_node(syntax::TopType, diagnostics::Span) { return workspace_.types.top(); }
  TypeId resolve_node(syntax::BottomType, diagnostics::Span) { return workspace_.types.bottom(); }
  TypeId resolve_node(const syntax::NamedType& node, diagnostics::Span);
  TypeId resolve_node(const syntax::CollectionType& node, diagnostics::Span);
  TypeId resolve_node(const syntax::StreamMapType& node, diagnostics::Span);
  TypeId resolve_node(const syntax::ArrowType& node, diagnostics::Span);
  TypeId resolve_node(syntax::InvalidType, diagnostics::Span) { return workspace_.facts.error(); }

  TypeId arrow(types::Labels labels, std::span<const syntax::DottedName> abilities,
               std::span<const syntax::Parameter> parameters,
               std::span<const syntax::TypeExprId> results);
  // What a collection holds; the error type where it cannot.
  TypeId resolve_element(syntax::TypeExprId id, std::string_view of_what);
  void report_unknown(const syntax::DottedName& name, const Resolution& resolution);

  Workspace& workspace_;
  ModuleScope& module_;
  const syntax::Tree& tree_;
};

// A name that two imports bring is used: says once which of them holds. Both count as used.
void warn_of_rival(Workspace& workspace, ModuleScope& module, std::string_view name, Place use,
                   Place taken, const Rival& rival);

}  // namespace aqua::semantic

#pragma once

#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/type_resolver.h"
#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

// Types and services of one module; functions are checked elsewhere.
class DeclarationChecker {
 public:
  DeclarationChecker(Workspace& workspace, ModuleScope& module)
      : workspace_(workspace), module_(module), types_(workspace, module) {}

  void check(const syntax::Alias& alias);
  void check(const syntax::Data& data);
  void check(const syntax::AbilityDeclaration& ability);
  void check(const syntax::ServiceDeclaration& service);

 private:
  // Of those that could be resolved and whose names are unique; `is_allowed` reports what it refuses.
  template <class IsAllowed>
  std::vector<types::Field> check_fields(const std::vector<syntax::FieldDeclaration>& fields,
                                         IsAllowed&& is_allowed);
  bool check_data_field(const syntax::FieldDeclaration& field, TypeId type);
  bool check_method(const syntax::FieldDeclaration& method, TypeId type);
  void report_method_type(const syntax::FieldDeclaration& method, std::string_view what);

  void define(const syntax::Name& name, TypeEntry entry, syntax::Span span);
  void report_taken_value(const syntax::Name& name);
  ExprId check_default_id(const syntax::ServiceDeclaration& service);

  Workspace& workspace_;
  ModuleScope& module_;
  TypeResolver types_;
};

}  // namespace aqua::semantic

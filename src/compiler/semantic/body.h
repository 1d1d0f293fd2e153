#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "compiler/semantic/local_names.h"
#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/name_map.h"
#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

// One function declared with "func" while it is checked, closures inside included.
struct Body {
  Body(Workspace& given_workspace, ModuleScope& given_module)
      : workspace(given_workspace), module(given_module), tree(*given_module.tree) {}

  Workspace& workspace;
  ModuleScope& module;
  const syntax::Tree& tree;
  LocalNames names;
  FunctionId function;    // whose text is being checked: the innermost closure
  std::string_view name;  // of the function that is no closure
  // A statement that could not be read may have defined any name.
  bool is_incomplete = false;
  // Something is called that has mistakes itself.
  bool uses_invalid = false;
  // An ability argument with a dotted name ("M.Ability") is visible or was.
  bool has_dotted_names = false;
  // Those that "=" gave a value without calling or waiting for anything: where they are not read they do nothing.
  std::vector<VariableId> plain_values;
  // Unknown names are reported once.
  NameMap<bool> reported;

  void start(FunctionId new_function, std::string_view new_name) {
    names.clear();
    function = new_function;
    name = new_name;
    is_incomplete = uses_invalid = has_dotted_names = false;
    plain_values.clear();
    reported = {};
  }
  Place place(syntax::Span span) const { return module.place(span); }
  ExprId error_expr(syntax::Span span) {
    return workspace.add(Expr{workspace.facts.error(), place(span), Builtin::kNil});
  }
  bool is_error(ExprId id) const { return workspace.type_of(id) == workspace.facts.error(); }
};

}  // namespace aqua::semantic

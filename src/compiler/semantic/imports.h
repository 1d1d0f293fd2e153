#pragma once

#include <string_view>

#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"

namespace aqua::semantic {

// Fills what the module sees with what its imports bring.
void bring_imports(Workspace& workspace, ModuleScope& module);

// Fills what importers see of the module, once all of it was checked.
void declare_names(Workspace& workspace, ModuleScope& module);

// Where an imported module defines a name that it does not declare, says so. `scope`: null, or what
// stands before the dot.
void hint_at_undeclared(const ModuleScope& module, const Scope* scope, std::string_view name,
                        diagnostics::Diagnostic& diagnostic);

void warn_of_unused_imports(Workspace& workspace, const ModuleScope& module);

}  // namespace aqua::semantic

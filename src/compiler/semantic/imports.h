#pragma once

#include <span>

#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"

namespace aqua::semantic {

// Fills what the module sees with what its imports bring. `imported` by import; null: it could not
// be found, which was said already.
void bring_imports(Workspace& workspace, ModuleScope& module,
                   std::span<const ModuleScope* const> imported);

// Fills what importers see of the module, once all of it was checked.
void declare_names(Workspace& workspace, ModuleScope& module);

void warn_of_unused_imports(Workspace& workspace, const ModuleScope& module);

}  // namespace aqua::semantic

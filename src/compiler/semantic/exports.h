#pragma once

#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"

namespace aqua::semantic {

// What one input file gives to the output, once all of it was checked.
void check_exports(Workspace& workspace, ModuleScope& module);

}  // namespace aqua::semantic

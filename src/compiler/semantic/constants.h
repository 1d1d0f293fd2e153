#pragma once

#include <memory>
#include <span>
#include <string>

#include "compiler/semantic/analysis.h"
#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

// The predefined ones and those given from outside, for all modules.
void define_global_constants(Workspace& workspace, std::span<const GivenConstant> given);

// An expression that has to be a literal or a constant; of the error type where it is not, which is
// reported of `subject`.
ExprId constant_expression(Workspace& workspace, ModuleScope& module, syntax::ExprId id,
                           std::string subject);

// Those given from outside that no module declares or uses.
void warn_of_unused_given(Workspace& workspace,
                          std::span<const std::unique_ptr<ModuleScope>> modules);

void check_constant(Workspace& workspace, ModuleScope& module, const syntax::Constant& constant);

}  // namespace aqua::semantic

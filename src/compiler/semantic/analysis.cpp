#include "compiler/semantic/analysis.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "compiler/semantic/constants.h"
#include "compiler/semantic/declarations.h"
#include "compiler/semantic/exports.h"
#include "compiler/semantic/function_checker.h"
#include "compiler/semantic/imports.h"
#include "compiler/semantic/module_scope.h"
#include "compiler/semantic/workspace.h"

namespace aqua::semantic {

using base::Overloaded;

namespace {

void check_declarations(Workspace& workspace, ModuleScope& module) {
  DeclarationChecker declarations(workspace, module);
  FunctionChecker functions(workspace, module);
  for (const syntax::Declaration& declaration : module.tree->declarations) {
    std::visit(Overloaded{
                   [&](const syntax::Constant& node) { check_constant(workspace, module, node); },
                   [&](const syntax::Function& node) { functions.check(node); },
                   [&](const auto& node) { declarations.check(node); },
               },
               declaration);
  }
}

void check_module(Workspace& workspace, const Module& module,
                  std::vector<std::unique_ptr<ModuleScope>>& scopes) {
  ModuleScope& scope = *scopes.emplace_back(std::make_unique<ModuleScope>());
  scope.source = module.source;
  scope.tree = module.tree;
  for (const std::uint32_t index : module.imports) {
    scope.imported.push_back(index == kNoModule ? nullptr : scopes[index].get());
  }
  workspace.reports.keep_warnings(module.is_input);
  const std::size_t errors_before = workspace.reports.error_count();
  bring_imports(workspace, scope);
  check_declarations(workspace, scope);
  if (module.is_input) check_exports(workspace, scope);
  declare_names(workspace, scope);
  // What is misspelt would have been used.
  if (workspace.reports.error_count() == errors_before) warn_of_unused_imports(workspace, scope);
  workspace.reports.end_module();
}

}  // namespace

Analysis analyse(const std::vector<Module>& modules, const AnalysisOptions& options) {
  Analysis analysis;
  Workspace workspace(analysis.program);
  define_global_constants(workspace, options.constants);
  workspace.reports.end_module();
  std::vector<std::unique_ptr<ModuleScope>> scopes;
  for (const Module& module : modules) check_module(workspace, module, scopes);
  analysis.diagnostics = workspace.reports.take();
  return analysis;
}

}  // namespace aqua::semantic

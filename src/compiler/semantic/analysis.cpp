#include "compiler/semantic/analysis.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

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

constexpr std::uint32_t kEndOfText = 0xFFFFFFFF;

diagnostics::Span span_of(const syntax::Declaration& declaration) {
  return std::visit([](const auto& node) { return node.span; }, declaration);
}

// Whether the text of one declaration cannot have swallowed the next: it ends with its line, or what
// follows it begins with a keyword of its own.
bool keeps_to_itself(const syntax::Declaration& declaration) {
  return std::holds_alternative<syntax::Function>(declaration) ||
         std::holds_alternative<syntax::Constant>(declaration) ||
         std::holds_alternative<syntax::Alias>(declaration);
}

// Declarations may have got lost where something outside of those could not be read.
bool has_lost_declarations(const ModuleScope& module) {
  const auto before = [&](std::uint32_t offset) {
    return std::ranges::lower_bound(module.unreadable, offset, {}, &diagnostics::Span::begin);
  };
  std::ptrdiff_t inside = 0;
  for (const syntax::Declaration& declaration : module.tree->declarations) {
    if (!keeps_to_itself(declaration)) continue;
    const diagnostics::Span span = span_of(declaration);
    inside += before(span.end + 1) - before(span.begin);
  }
  return inside < std::ssize(module.unreadable);
}

void check_declarations(Workspace& workspace, ModuleScope& module) {
  DeclarationChecker declarations(workspace, module);
  FunctionChecker functions(workspace, module);
  const std::vector<syntax::Declaration>& all = module.tree->declarations;
  for (std::size_t i = 0; i < all.size(); ++i) {
    module.next_declaration = i + 1 < all.size() ? span_of(all[i + 1]).begin : kEndOfText;
    std::visit(Overloaded{
                   [&](const syntax::Constant& node) { check_constant(workspace, module, node); },
                   [&](const syntax::Function& node) { functions.check(node); },
                   [&](const auto& node) { declarations.check(node); },
               },
               all[i]);
  }
}

void check_module(Workspace& workspace, const Module& module,
                  std::vector<std::unique_ptr<ModuleScope>>& scopes) {
  ModuleScope& scope = *scopes.emplace_back(std::make_unique<ModuleScope>());
  scope.source = module.source;
  scope.tree = module.tree;
  scope.unreadable = module.unreadable;
  std::ranges::sort(scope.unreadable, {}, &diagnostics::Span::begin);
  scope.is_incomplete = has_lost_declarations(scope);
  for (const std::uint32_t index : module.imports) {
    scope.imported.push_back(index == kNoModule ? nullptr : scopes[index].get());
  }
  scope.lacks_names =
      scope.is_incomplete || std::ranges::any_of(scope.imported, [](const ModuleScope* imported) {
        return imported == nullptr || imported->lacks_names;
      });
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
  if (workspace.reports.error_count() == 0) {
    warn_of_unused_given(workspace, scopes);
    workspace.reports.end_module();
  }
  analysis.diagnostics = workspace.reports.take();
  return analysis;
}

}  // namespace aqua::semantic

#include "compiler/semantic/imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/nearest_names.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

namespace {

std::vector<std::string_view> names_of(const Scope& scope) {
  std::vector<std::string_view> names;
  for (const auto& entry : scope.values.entries()) names.push_back(entry.name);
  for (const auto& entry : scope.types.entries()) {
    if (scope.values.find(entry.name) == nullptr) names.push_back(entry.name);
  }
  for (const auto& entry : scope.scopes.entries()) names.push_back(entry.name);
  return names;
}

class Importer {
 public:
  Importer(Workspace& workspace, ModuleScope& module, const ModuleScope* imported,
           std::uint32_t index)
      : workspace_(workspace),
        module_(module),
        imported_(imported),
        import_(module.tree->imports[index]),
        index_(index) {}

  void run() {
    module_.is_import_used.emplace_back(std::max<std::size_t>(1, import_.items.size()), false);
    if (imported_ == nullptr || imported_->is_incomplete) module_.is_incomplete = true;
    const bool has_prefix = find_prefix();
    // Whether what is not known would be used nobody can tell.
    if (!has_prefix || imported_ == nullptr) module_.is_import_used.back().flip();
    if (!has_prefix) return;
    if (import_.items.empty()) {
      bring_everything();
    } else {
      for (std::size_t i = 0; i < import_.items.size(); ++i) bring(import_.items[i], i);
    }
  }

 private:
  // Under which scope the names go; false: there is none.
  bool find_prefix() {
    if (import_.as) prefix_ = import_.as->parts;
    if (import_.keyword == syntax::Import::Keyword::kImport || import_.as || imported_ == nullptr) {
      return true;
    }
    if (imported_->tree->header) {
      prefix_ = imported_->tree->header->name.parts;
      return true;
    }
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kUsedModuleUnnamed, module_.place(import_.path_span),
        fmt::format("'{}' has no name to reach it by", import_.path),
        "this file has no 'aqua' line that names it",
        fmt::format("give it a name here: use \"{}\" as Name", import_.path));
    diagnostic.edits.push_back(
        {module_.place({import_.path_span.end, import_.path_span.end}), " as Name"});
    module_.is_incomplete = true;
    return false;
  }

  void bring_everything() {
    const Origin origin{.import = index_};
    if (imported_ == nullptr) {
      if (!prefix_.empty()) put_unknown(prefix_, origin);
      return;
    }
    if (prefix_.empty()) {
      bring_into_own(origin);
      return;
    }
    const ScopeLink link{.scope = imported_->declared, .is_shared = true};
    put(workspace_, *module_.own, prefix_, {.scope = &link}, origin);
  }

  void bring_into_own(Origin origin) {
    const Scope& from = *imported_->declared;
    const auto put_one = [&](std::string_view name, const Meaning& meaning) {
      const syntax::Name path{.text = name, .span = {}};
      put(workspace_, *module_.own, {&path, 1}, meaning, origin);
    };
    for (const auto& entry : from.values.entries()) put_one(entry.name, {.value = &entry.value});
    for (const auto& entry : from.types.entries()) put_one(entry.name, {.type = &entry.value});
    for (const auto& entry : from.scopes.entries()) put_one(entry.name, {.scope = &entry.value});
  }

  void bring(const syntax::RenamedItem& item, std::size_t item_index) {
    const Origin origin{.import = index_, .item = static_cast<std::uint32_t>(item_index)};
    std::vector<syntax::Name> path = prefix_;
    const std::vector<syntax::Name>& name = (item.rename ? *item.rename : item.name).parts;
    path.insert(path.end(), name.begin(), name.end());
    const Meaning meaning =
        imported_ == nullptr ? Meaning() : find(*imported_->declared, item.name.parts);
    if (!meaning.is_nothing()) {
      put(workspace_, *module_.own, path, meaning, origin);
      return;
    }
    put_unknown(path, origin);
    if (imported_ != nullptr && !imported_->is_incomplete) report_not_declared(item);
    module_.mark_used(origin);
  }

  // Whatever is asked of it is accepted.
  void put_unknown(std::span<const syntax::Name> path, Origin origin) {
    const Place place = module_.place(import_.path_span);
    const ValueEntry value{.value = {}, .place = place, .origin = origin};
    const TypeEntry type{.kind = TypeEntry::Kind::kAlias,
                         .type = workspace_.facts.error(),
                         .place = place,
                         .origin = origin};
    put(workspace_, *module_.own, path, {.value = &value, .type = &type}, origin);
  }

  void report_not_declared(const syntax::RenamedItem& item) {
    const std::string_view name = dotted_text(item.name, workspace_.program.texts);
    const std::vector<std::string_view> declared = names_of(*imported_->declared);
    Diagnostic& diagnostic =
        workspace_.reports.add(DiagnosticKind::kNotDeclared, module_.place(item.name.span),
                               fmt::format("'{}' does not declare '{}'", import_.path, name),
                               "not among what it declares");
    if (imported_->own->values.find(name) != nullptr ||
        imported_->own->types.find(name) != nullptr) {
      diagnostic.hint = fmt::format(
          "the module defines it but keeps it to itself: add '{}' to the 'declares' of its 'aqua' "
          "line",
          name);
      if (imported_->tree->header) {
        add_label(diagnostic, imported_->place(imported_->tree->header->span),
                  "what it declares is listed here");
      }
      return;
    }
    NearestNames nearest(workspace_, name);
    for (const std::string_view candidate : declared) nearest.consider(candidate);
    suggest(diagnostic, nearest, module_.place(item.name.span));
    if (!diagnostic.hint.empty()) return;
    diagnostic.hint = declared.empty()
                          ? std::string("it declares nothing: its 'aqua' line needs 'declares *'")
                          : fmt::format("it declares {}", listed(declared, "and"));
  }

  Workspace& workspace_;
  ModuleScope& module_;
  const ModuleScope* imported_;
  const syntax::Import& import_;
  std::uint32_t index_;
  std::vector<syntax::Name> prefix_;
};

void report_declared_not_found(Workspace& workspace, ModuleScope& module,
                               const syntax::DottedName& name) {
  const std::string_view text = dotted_text(name, workspace.program.texts);
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kDeclaredNotFound, module.place(name.span),
      fmt::format("the module declares '{}', which it neither defines nor imports", text),
      "unknown name");
  NearestNames nearest(workspace, text);
  for (const std::string_view candidate : names_of(*module.own)) nearest.consider(candidate);
  suggest(diagnostic, nearest, module.place(name.span));
}

}  // namespace

void bring_imports(Workspace& workspace, ModuleScope& module) {
  for (std::uint32_t i = 0; i < module.imported.size(); ++i) {
    Importer(workspace, module, module.imported[i], i).run();
  }
}

void hint_at_undeclared(const ModuleScope& module, const Scope* scope, std::string_view name,
                        Diagnostic& diagnostic) {
  for (std::size_t i = 0; i < module.imported.size(); ++i) {
    const ModuleScope* const imported = module.imported[i];
    if (imported == nullptr || (scope != nullptr && imported->declared.get() != scope)) continue;
    const ValueEntry* const value = imported->own->values.find(name);
    const TypeEntry* const type = imported->own->types.find(name);
    const bool is_own =
        (value != nullptr && value->origin.is_own()) || (type != nullptr && type->origin.is_own());
    if (!is_own) continue;
    add_label(diagnostic, value != nullptr ? value->place : type->place, "defined, not declared");
    const bool is_declared = imported->declared->values.find(name) != nullptr ||
                             imported->declared->types.find(name) != nullptr;
    diagnostic.hint =
        is_declared
            ? fmt::format("'{}' has it: add it to the names that are imported from there",
                          module.tree->imports[i].path)
            : fmt::format("'{}' keeps it to itself: add '{}' to the 'declares' of its 'aqua' line",
                          module.tree->imports[i].path, name);
    return;
  }
}

void declare_names(Workspace& workspace, ModuleScope& module) {
  const auto& header = module.tree->header;
  const auto use_everything = [&] {
    for (auto& used : module.is_import_used) used.assign(used.size(), true);
  };
  if (!header) {
    module.declared = module.own;
    use_everything();
    return;
  }
  if (header->declares_all) {
    module.declared->values = module.own->values;
    module.declared->types = module.own->types;
    use_everything();
    return;
  }
  for (const syntax::DottedName& name : header->declares) {
    const Meaning meaning = find(*module.own, name.parts);
    if (!meaning.is_nothing()) {
      module.mark_used(resolve(*module.own, name.parts).origin);
      if (meaning.scope != nullptr) module.mark_used(meaning.scope->origin);
      put(workspace, *module.declared, name.parts, meaning, {});
    } else if (!module.is_incomplete) {
      report_declared_not_found(workspace, module, name);
    }
  }
}

void warn_of_unused_imports(Workspace& workspace, const ModuleScope& module) {
  for (std::size_t i = 0; i < module.is_import_used.size(); ++i) {
    if (module.imported[i] == nullptr || module.imported[i]->lacks_names) continue;
    const syntax::Import& import = module.tree->imports[i];
    const std::vector<bool>& used = module.is_import_used[i];
    if (std::ranges::none_of(used, std::identity())) {
      workspace.reports
          .add(DiagnosticKind::kUnusedImport, module.place(import.span),
               fmt::format("nothing of '{}' is used", import.path), {}, "remove the line")
          .edits.push_back({module.place(import.span), ""});
      continue;
    }
    for (std::size_t item = 0; item < import.items.size(); ++item) {
      if (used[item]) continue;
      const syntax::RenamedItem& unused = import.items[item];
      workspace.reports.add(DiagnosticKind::kUnusedImport, module.place(unused.name.span),
                            fmt::format("'{}' is imported and never used",
                                        dotted_text(unused.name, workspace.program.texts)),
                            {}, "remove it from the list");
    }
  }
}

}  // namespace aqua::semantic

#include "compiler/semantic/exports.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/name_map.h"
#include "compiler/semantic/nearest_names.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

namespace {

class ExportChecker {
 public:
  ExportChecker(Workspace& workspace, ModuleScope& module)
      : workspace_(workspace),
        module_(module),
        output_{.source = module.source, .functions = {}, .services = {}} {}

  void run() {
    for (const syntax::Export& each : module_.tree->exports) {
      for (const syntax::RenamedItem& item : each.items) check(item);
    }
    if (!module_.tree->header && module_.tree->exports.empty()) export_everything();
    workspace_.program.outputs.push_back(std::move(output_));
  }

 private:
  void check(const syntax::RenamedItem& item) {
    const Meaning meaning = find(*module_.own, item.name.parts);
    if (meaning.is_nothing()) {
      if (!is_global_constant(item.name)) report_not_found(item);
      return;
    }
    module_.mark_used(resolve(*module_.own, item.name.parts).origin);
    const syntax::DottedName& name = item.rename ? *item.rename : item.name;
    if (name.parts.size() > 1) return report_dotted(item);
    if (meaning.value != nullptr && check_value(*meaning.value, item, name)) return;
    if (meaning.type != nullptr && meaning.type->kind == TypeEntry::Kind::kAbility) {
      report_not_allowed(item, "it is an ability", "only functions and services have an output");
    }
  }

  bool is_global_constant(const syntax::DottedName& name) const {
    return name.parts.size() == 1 && workspace_.global_values.find(name.parts[0].text) != nullptr;
  }

  // Whether the name is that of a function or a service.
  bool check_value(const ValueEntry& entry, const syntax::RenamedItem& item,
                   const syntax::DottedName& name) {
    const std::string_view output_name = name.parts[0].text;
    const Value value = entry.value;
    if (value.kind == Value::Kind::kFunction) {
      const FunctionId function(value.index);
      if (!check_function(function, item) || !is_new(output_name, name.span)) return true;
      output_.functions.push_back({output_name, function, module_.place(name.span)});
      return true;
    }
    if (value.kind != Value::Kind::kService) return false;
    if (is_new(output_name, name.span)) {
      output_.services.push_back({output_name, ServiceId(value.index)});
    }
    return true;
  }

  bool is_new(std::string_view name, syntax::Span span) {
    const auto [first, is_new] = seen_.insert(name, span);
    if (is_new) return true;
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kExportTwice, module_.place(span),
        fmt::format("'{}' is exported twice", name), "again here",
        "remove one of them, or export it under another name: name as other");
    add_label(diagnostic, module_.place(*first), "exported here");
    return false;
  }

  // What keeps the function from being called from outside; empty: nothing.
  std::string obstacle(FunctionId function) const {
    const TypeFacts& facts = workspace_.facts;
    const auto& arrow = std::get<types::Arrow>(workspace_.types[workspace_.program[function].type]);
    const auto is_ability = [&](TypeId type) {
      return facts.as<types::Ability>(type) != nullptr || facts.as<types::Service>(type) != nullptr;
    };
    const auto is_map = [&](TypeId type) { return facts.as<types::StreamMap>(type) != nullptr; };
    for (const types::Field& parameter : arrow.parameters) {
      if (is_ability(parameter.type)) return "it takes an ability";
      if (is_map(parameter.type)) return "it takes a stream map";
    }
    for (const TypeId result : arrow.results) {
      if (is_ability(result)) return "it returns an ability";
      if (is_map(result)) return "it returns a stream map";
      if (facts.as<types::Arrow>(result) != nullptr) return "it returns a function";
    }
    return {};
  }

  bool check_function(FunctionId function, const syntax::RenamedItem& item) {
    const std::string reason = obstacle(function);
    if (reason.empty()) return true;
    Diagnostic& diagnostic =
        report_not_allowed(item, reason, "export a function around it that takes and returns data");
    add_label(diagnostic, workspace_.program[function].place, "defined here");
    return false;
  }

  Diagnostic& report_not_allowed(const syntax::RenamedItem& item, std::string_view reason,
                                 std::string hint) {
    return workspace_.reports.add(
        DiagnosticKind::kExportNotAllowed, module_.place(item.name.span),
        fmt::format("'{}' cannot be exported: {}", dotted_text(item.name, workspace_.program.texts),
                    reason),
        {}, std::move(hint));
  }

  void report_dotted(const syntax::RenamedItem& item) {
    const syntax::DottedName& name = item.rename ? *item.rename : item.name;
    const std::string_view last = name.parts.back().text;
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kExportNameDotted, module_.place(name.span),
        "what is exported needs a name without dots", {},
        fmt::format("{} as {}", dotted_text(item.name, workspace_.program.texts), last));
    if (item.rename) {
      diagnostic.edits.push_back({module_.place(name.span), std::string(last)});
    } else {
      diagnostic.edits.push_back(
          {module_.place({name.span.end, name.span.end}), fmt::format(" as {}", last)});
    }
  }

  void report_not_found(const syntax::RenamedItem& item) {
    if (module_.is_incomplete) return;
    const std::string_view name = dotted_text(item.name, workspace_.program.texts);
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kExportNotFound, module_.place(item.name.span),
        fmt::format("'{}' is exported, and neither defined nor imported", name), "unknown name");
    NearestNames nearest(workspace_, name);
    for (const auto& entry : module_.own->values.entries()) nearest.consider(entry.name);
    suggest(diagnostic, nearest, module_.place(item.name.span));
  }

  // A file without a header: what can be called from outside.
  void export_everything() {
    for (const syntax::Declaration& declaration : module_.tree->declarations) {
      const auto* const function = std::get_if<syntax::Function>(&declaration);
      const auto* const service = std::get_if<syntax::ServiceDeclaration>(&declaration);
      if (function == nullptr && service == nullptr) continue;
      const syntax::Name& name = function != nullptr ? function->name : service->name;
      const ValueEntry* const entry = module_.own->values.find(name.text);
      if (entry == nullptr || !seen_.insert(name.text, name.span).second) continue;
      if (entry->value.kind == Value::Kind::kService) {
        output_.services.push_back({name.text, ServiceId(entry->value.index)});
      } else if (entry->value.kind == Value::Kind::kFunction &&
                 obstacle(FunctionId(entry->value.index)).empty()) {
        output_.functions.push_back(
            {name.text, FunctionId(entry->value.index), module_.place(name.span)});
      }
    }
  }

  Workspace& workspace_;
  ModuleScope& module_;
  Output output_;
  NameMap<syntax::Span> seen_;
};

}  // namespace

void check_exports(Workspace& workspace, ModuleScope& module) {
  ExportChecker(workspace, module).run();
}

}  // namespace aqua::semantic

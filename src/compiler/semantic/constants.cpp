#include "compiler/semantic/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/literals.h"
#include "compiler/semantic/nearest_names.h"
#include "compiler/semantic/type_resolver.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

namespace {

Value add_constant(Workspace& workspace, Constant constant) {
  workspace.constants.push_back(constant);
  return {Value::Kind::kConstant, static_cast<std::uint32_t>(workspace.constants.size() - 1)};
}

bool is_constant_name(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return !name.empty() && is_upper(name[0]) && std::ranges::all_of(name, [&](char c) {
    return is_upper(c) || c == '_' || (c >= '0' && c <= '9');
  });
}

void define_given(Workspace& workspace, const GivenConstant& given) {
  const std::string_view name = workspace.program.texts.store(given.name);
  const std::string_view text = workspace.program.texts.store(given.literal);
  const auto literal = read_literal(workspace, text);
  if (!is_constant_name(name) || !literal) {
    workspace.reports.add_without_place(
        DiagnosticKind::kGivenConstantMalformed,
        !is_constant_name(name) ? fmt::format("'{}' cannot be the name of a constant", name)
        : text.empty()
            ? fmt::format("the given constant {} has no value", name)
            : fmt::format("the value of the given constant {} is no literal: {}", name, text),
        "write NAME=VALUE, the name in capitals, the value true, false, a number that AIR can hold "
        "or a text in double quotes, which the shell has to be kept from taking away: "
        "--const 'SERVICE=\"my-id\"'");
    return;
  }
  if (workspace.global_values.find(name) != nullptr) {
    workspace.reports.add_without_place(DiagnosticKind::kConstantRedefined,
                                        fmt::format("the constant {} is given twice", name),
                                        "give it once");
    return;
  }
  workspace.global_values.insert(name, add_constant(workspace, {literal->literal, literal->type}));
  workspace.unused_given.insert(name);
}

// What the value of a constant, or the id of a service, is.
class ConstantEvaluator {
 public:
  ConstantEvaluator(Workspace& workspace, ModuleScope& module, std::string subject)
      : workspace_(workspace), module_(module), subject_(std::move(subject)) {}

  // None: it has a mistake, which is reported.
  std::optional<Constant> evaluate(syntax::ExprId id) {
    if (id.is_none()) return std::nullopt;  // could not be read
    const syntax::Expr& expr = (*module_.tree)[id];
    const Place place = module_.place(expr.span);
    if (const auto literal = literal_of(workspace_, expr, place)) {
      return Constant{literal->literal, literal->type};
    }
    if (std::holds_alternative<syntax::InitPeerIdLiteral>(expr.node)) {
      return Constant{Builtin::kInitPeerId, workspace_.types.string()};
    }
    if (std::holds_alternative<syntax::InvalidExpr>(expr.node)) return std::nullopt;
    std::vector<syntax::Name> parts;
    if (!flatten(id, parts)) {
      report_not_literal(place);
      return std::nullopt;
    }
    return evaluate_name(parts, place);
  }

 private:
  // "Lib.X" into its parts; false: the expression is something else.
  bool flatten(syntax::ExprId id, std::vector<syntax::Name>& parts) {
    const syntax::Expr& expr = (*module_.tree)[id];
    if (const auto* name = std::get_if<syntax::NameExpr>(&expr.node)) {
      parts.push_back({name->text, expr.span});
      return true;
    }
    const auto* const member = std::get_if<syntax::Member>(&expr.node);
    if (member == nullptr || !flatten(member->object, parts)) return false;
    parts.push_back(member->name);
    return true;
  }

  std::optional<Constant> evaluate_name(const std::vector<syntax::Name>& parts, Place place) {
    const std::string_view name = dotted_text(parts, workspace_.program.texts);
    const Resolution found = resolve(*module_.own, parts);
    const Value* value = found.part_count == parts.size() && found.meaning.value != nullptr
                             ? &found.meaning.value->value
                             : nullptr;
    if (value == nullptr) value = workspace_.use_global(name);
    if (value == nullptr) {
      report_unknown(name, place);
      return std::nullopt;
    }
    if (found.part_count > 0) module_.mark_used(found.origin);
    if (value->kind == Value::Kind::kUnknown) return std::nullopt;
    if (value->kind == Value::Kind::kConstant) return workspace_.constants[value->index];
    report_not_literal(place);
    return std::nullopt;
  }

  void report_not_literal(Place place) {
    workspace_.reports.add(DiagnosticKind::kConstantNotLiteral, place,
                           fmt::format("{} is neither a literal nor a constant", subject_), {},
                           "compute it in a function, or write the result here");
  }

  void report_unknown(std::string_view name, Place place) {
    if (module_.is_incomplete) return;
    if (const auto later = definition_in_text(module_, name)) {
      Diagnostic& diagnostic = workspace_.reports.add(
          DiagnosticKind::kUsedBeforeDefinition, place,
          fmt::format("'{}' is used above its definition", name), "used here",
          "a name is visible only below its definition: move the definition up");
      add_label(diagnostic, module_.place(*later), "defined here");
      return;
    }
    Diagnostic& diagnostic =
        workspace_.reports.add(DiagnosticKind::kUnknownName, place,
                               fmt::format("there is no constant '{}'", name), "unknown name");
    NearestNames nearest(workspace_, name);
    for (const auto& entry : module_.own->values.entries()) {
      if (entry.value.value.kind == Value::Kind::kConstant) nearest.consider(entry.name);
    }
    for (const auto& entry : workspace_.global_values.entries()) nearest.consider(entry.name);
    suggest(diagnostic, nearest, place);
  }

  Workspace& workspace_;
  ModuleScope& module_;
  std::string subject_;
};

class ConstantChecker {
 public:
  ConstantChecker(Workspace& workspace, ModuleScope& module, const syntax::Constant& constant)
      : workspace_(workspace), module_(module), constant_(constant) {}

  void check() {
    const std::optional<Constant> value =
        ConstantEvaluator(workspace_, module_,
                          fmt::format("the value of the constant {}", constant_.name.text))
            .evaluate(constant_.value);
    if (keep_existing(value)) return;
    const Value defined = value ? add_constant(workspace_, *value) : Value();
    module_.own->values.insert(constant_.name.text,
                               {defined, module_.place(constant_.name.span), {}, {}});
  }

 private:
  // Whether the name is taken already: then a default gives way, anything else is a mistake.
  bool keep_existing(const std::optional<Constant>& value) {
    const std::string_view name = constant_.name.text;
    ValueEntry* const entry = module_.own->values.find(name);
    const Value* const global = workspace_.use_global(name);
    if (entry == nullptr && global == nullptr) return false;
    if (entry != nullptr) module_.mark_used(entry->origin);
    Value existing = entry != nullptr ? entry->value : *global;
    const std::optional<Place> defined =
        entry != nullptr ? std::optional(entry->place) : std::nullopt;
    if (!constant_.is_default) {
      report_redefined(defined);
    } else if (existing.kind == Value::Kind::kConstant && value) {
      // A given value of another type would be reported at every use again.
      const bool fits = check_default(workspace_.constants[existing.index], *value, defined);
      if (!fits && entry == nullptr) existing = add_constant(workspace_, *value);
    }
    if (entry == nullptr) {
      module_.own->values.insert(name, {existing, module_.place(constant_.name.span), {}, {}});
    }
    return true;
  }

  void report_redefined(std::optional<Place> defined) {
    const std::string_view name = constant_.name.text;
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kConstantRedefined, module_.place(constant_.name.span),
        fmt::format("the constant {} is already defined", name), "defined again here",
        fmt::format(
            "remove one of them, or make this one a default that gives way: const {} ?= ...",
            name));
    if (defined) {
      add_label(diagnostic, *defined, "defined here");
    } else if (workspace_.is_predefined(name)) {
      diagnostic.message += " by the language";
      diagnostic.hint = "choose another name";
    } else {
      diagnostic.message += " from outside";
    }
  }

  // False: reported.
  bool check_default(const Constant& existing, const Constant& value,
                     std::optional<Place> defined) {
    if (workspace_.facts.accepts(existing.type, value.type) ||
        workspace_.facts.accepts(value.type, existing.type)) {
      return true;
    }
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kConstantMismatch, module_.place((*module_.tree)[constant_.value].span),
        defined ? fmt::format("the constant {} has a value of another type already",
                              constant_.name.text)
                : fmt::format("the value given to the constant {} is {}", constant_.name.text,
                              types::describe(workspace_.types, existing.type)),
        fmt::format("the default is {}", types::describe(workspace_.types, value.type)),
        fmt::format("give it a value of type {}", types::describe(workspace_.types, value.type)));
    if (defined) {
      add_label(diagnostic, *defined,
                fmt::format("its value is {}", types::describe(workspace_.types, existing.type)));
    }
    return false;
  }

  Workspace& workspace_;
  ModuleScope& module_;
  const syntax::Constant& constant_;
};

}  // namespace

void define_global_constants(Workspace& workspace, std::span<const GivenConstant> given) {
  types::Store& types = workspace.types;
  const TypeId string = types.string();
  const std::pair<std::string_view, Constant> predefined[] = {
      {"INIT_PEER_ID", {Builtin::kInitPeerId, string}},
      {"HOST_PEER_ID", {Builtin::kHostPeerId, string}},
      {"PARTICLE_TTL", {Builtin::kParticleTtl, types.scalar(types::Scalar::kU32)}},
      {"PARTICLE_TIMESTAMP", {Builtin::kParticleTimestamp, types.scalar(types::Scalar::kU64)}},
      {"nil", {Builtin::kNil, types.option(types.bottom())}},
      {"LAST_ERROR", {Builtin::kLastError, workspace.facts.error_struct()}},
  };
  for (const auto& [name, constant] : predefined) {
    workspace.global_values.insert(name, add_constant(workspace, constant));
  }
  workspace.predefined_count = workspace.constants.size();
  for (const GivenConstant& constant : given) define_given(workspace, constant);
}

void warn_of_unused_given(Workspace& workspace,
                          std::span<const std::unique_ptr<ModuleScope>> modules) {
  for (const std::string_view name : workspace.unused_given) {
    NearestNames nearest(workspace, name);
    for (const auto& module : modules) {
      for (const auto& entry : module->own->values.entries()) {
        if (entry.value.value.kind == Value::Kind::kConstant) nearest.consider(entry.name);
      }
    }
    const std::vector<std::string_view> names = nearest.names();
    workspace.reports.add_without_place(
        DiagnosticKind::kGivenConstantUnused,
        fmt::format("no file uses the given constant {}", name),
        names.empty() ? "leave it out" : fmt::format("did you mean {}?", names.front()));
  }
}

void check_constant(Workspace& workspace, ModuleScope& module, const syntax::Constant& constant) {
  ConstantChecker(workspace, module, constant).check();
}

ExprId constant_expression(Workspace& workspace, ModuleScope& module, syntax::ExprId id,
                           std::string subject) {
  const Place place = module.place((*module.tree)[id].span);
  const auto constant = ConstantEvaluator(workspace, module, std::move(subject)).evaluate(id);
  if (!constant) return workspace.add(Expr{workspace.facts.error(), place, Builtin::kNil});
  return std::visit(
      [&](const auto& node) { return workspace.add(Expr{constant->type, place, node}); },
      constant->node);
}

}  // namespace aqua::semantic

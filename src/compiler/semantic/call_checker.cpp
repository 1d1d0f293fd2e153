#include "compiler/semantic/call_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "compiler/semantic/expression_checker.h"
#include "compiler/semantic/mismatch.h"
#include "compiler/semantic/nearest_names.h"
#include "compiler/semantic/reports.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::Span;

namespace {

struct MapMethodInfo {
  std::string_view name;
  MapMethod method;
  bool has_key;
};
constexpr MapMethodInfo kMapMethods[] = {
    {"get", MapMethod::kGet, true},           {"getStream", MapMethod::kGetStream, true},
    {"keys", MapMethod::kKeys, false},        {"keysStream", MapMethod::kKeysStream, false},
    {"contains", MapMethod::kContains, true},
};

const MapMethodInfo* map_method_named(std::string_view name) {
  const auto* const found = std::ranges::find(kMapMethods, name, &MapMethodInfo::name);
  return found == std::end(kMapMethods) ? nullptr : found;
}

TypeId map_method_type(types::Store& types, MapMethod method, TypeId value) {
  switch (method) {
    case MapMethod::kGet: return types.array(value);
    case MapMethod::kGetStream: return types.stream(value);
    case MapMethod::kKeys: return types.array(types.string());
    case MapMethod::kKeysStream: return types.stream(types.string());
    case MapMethod::kContains: break;
  }
  return types.boolean();
}

}  // namespace

ExprId CallChecker::check(const syntax::CallExpr& call, Span span) {
  std::vector<syntax::Name> parts;
  if (expressions_.names().flatten(call.callee, parts)) return check_named(call, parts, span);
  if (const auto* member = std::get_if<syntax::Member>(&body_.tree[call.callee].node)) {
    const ExprId object = expressions_.check_value(member->object);
    return check_method(call, object, member->name, span);
  }
  return check_arrow(call, expressions_.check_value(call.callee), span);
}

ExprId CallChecker::check_named(const syntax::CallExpr& call, std::span<const syntax::Name> parts,
                                Span span) {
  const NameChecker::Root root = expressions_.names().find_root(parts);
  switch (root.kind) {
    case NameChecker::Root::Kind::kUnknown: check_all(call); return body_.error_expr(span);
    case NameChecker::Root::Kind::kType: {
      const std::string_view name = parts[root.part_count - 1].text;
      if (root.part_count == parts.size()) return check_constructor(call, root.type, name, span);
      check_all(call);
      if (root.type == body_.workspace.facts.error()) return body_.error_expr(span);
      body_.workspace.reports.add(DiagnosticKind::kTypeAsValue,
                                  body_.place(parts[root.part_count - 1].span),
                                  fmt::format("'{}' is a type, not a value", name), {},
                                  fmt::format("make a value of it: {}(field = value)", name));
      return body_.error_expr(span);
    }
    case NameChecker::Root::Kind::kValue: break;
  }
  if (root.part_count == parts.size()) return check_arrow(call, root.value, span);
  ExprId object = root.value;
  for (std::size_t i = root.part_count; i + 1 < parts.size(); ++i) {
    object = expressions_.check_field(object, parts[i]);
  }
  return check_method(call, object, parts.back(), span);
}

void CallChecker::check_all(const syntax::CallExpr& call) {
  for (const syntax::ExprId ability : call.abilities) expressions_.check_value(ability);
  for (const syntax::Argument& argument : call.arguments) expressions_.check_value(argument.value);
}

// --- methods ----------------------------------------------------------------------

ExprId CallChecker::check_method(const syntax::CallExpr& call, ExprId object,
                                 const syntax::Name& name, Span span) {
  const TypeId type = body_.workspace.type_of(object);
  const TypeFacts& facts = body_.workspace.facts;
  if (type == facts.error()) {
    check_all(call);
    return body_.error_expr(span);
  }
  if (facts.as<types::StreamMap>(type) != nullptr) {
    if (const MapMethodInfo* const info = map_method_named(name.text)) {
      return check_map_method(call, object, info->method, name, span);
    }
  }
  const types::Field* field = nullptr;
  if (const auto* node = facts.as<types::Struct>(type)) {
    field = types::find_field(node->fields, name.text);
    if (field == nullptr && name.text == "copy") return check_copy(call, object, span);
  } else if (const auto* ability = facts.as<types::Ability>(type)) {
    field = types::find_field(ability->fields, name.text);
  } else if (const auto* service = facts.as<types::Service>(type)) {
    field = types::find_field(service->methods, name.text);
  }
  if (field != nullptr) return check_arrow(call, expressions_.check_field(object, name), span);
  check_all(call);
  return report_no_method(object, name, span);
}

ExprId CallChecker::report_no_method(ExprId object, const syntax::Name& name, Span span) {
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.type_of(object);
  const std::string text = types::describe(workspace.types, type);
  const TypeFacts& facts = workspace.facts;
  const Place place = body_.place(name.span);
  if (name.text == "copy") {
    workspace.reports.add(DiagnosticKind::kCopyOfNoStruct, place,
                          fmt::format("{} cannot be copied with changes", text), {},
                          "only data types have fields to replace");
    return body_.error_expr(span);
  }
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kUnknownMethod, place, fmt::format("{} has no method '{}'", text, name.text));
  if (const auto* ability = facts.as<types::Ability>(type)) {
    suggest_field(workspace, diagnostic, ability->fields, name, place);
  } else if (const auto* service = facts.as<types::Service>(type)) {
    suggest_field(workspace, diagnostic, service->methods, name, place);
  } else if (facts.as<types::StreamMap>(type) != nullptr) {
    NearestNames nearest(workspace, name.text);
    for (const MapMethodInfo& info : kMapMethods) nearest.consider(info.name);
    suggest(diagnostic, nearest, place);
    if (diagnostic.hint.empty()) {
      diagnostic.hint = "it has get, getStream, keys, keysStream and contains";
    }
  }
  return body_.error_expr(span);
}

ExprId CallChecker::check_map_method(const syntax::CallExpr& call, ExprId map, MapMethod method,
                                     const syntax::Name& name, Span span) {
  Workspace& workspace = body_.workspace;
  const bool has_key = map_method_named(name.text)->has_key;
  const TypeId value = types::element_of(workspace.types, workspace.type_of(map));
  std::vector<ExprId> arguments = check_arguments(call);
  if (arguments.size() != (has_key ? 1 : 0)) {
    workspace.reports.add(
        DiagnosticKind::kArgumentCount, body_.place(name.span),
        fmt::format("'{}' of a stream map takes {}, {} given", name.text,
                    has_key ? "one argument, the key" : "no arguments", arguments.size()));
  } else if (has_key &&
             !workspace.facts.accepts(workspace.types.string(), workspace.type_of(arguments[0]))) {
    report_mismatch(body_, DiagnosticKind::kArgumentMismatch, arguments[0],
                    workspace.types.string(), "the keys of a stream map are strings");
  }
  const TypeId type = map_method_type(workspace.types, method, value);
  return workspace.add(
      Expr{type, body_.place(span), CallMapMethod{map, method, std::move(arguments)}});
}

// --- arrows -----------------------------------------------------------------------

ExprId CallChecker::check_arrow(const syntax::CallExpr& call, ExprId callee, Span span) {
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.type_of(callee);
  const auto* const node = workspace.facts.as<types::Arrow>(type);
  if (node == nullptr) {
    check_all(call);
    return type == workspace.facts.error() ? body_.error_expr(span)
                                           : report_not_callable(callee, span);
  }
  const types::Arrow arrow = *node;
  std::vector<ExprId> arguments = check_arguments(call);
  if (arguments.size() != arrow.parameters.size()) report_count(callee, arrow, arguments, span);
  const std::size_t count = std::min(arguments.size(), arrow.parameters.size());
  for (std::size_t i = 0; i < count; ++i) {
    check_argument(callee, arrow.parameters[i], i, arguments[i]);
  }
  const TypeId result = arrow.results.empty() ? workspace.types.bottom() : arrow.results[0];
  return workspace.add(Expr{result, body_.place(span), Call{callee, std::move(arguments)}});
}

ExprId CallChecker::report_not_callable(ExprId callee, Span span) {
  Workspace& workspace = body_.workspace;
  const Place place = workspace.program[callee].place;
  const TypeId type = workspace.type_of(callee);
  Diagnostic& diagnostic =
      workspace.reports.add(DiagnosticKind::kNotCallable, place, "only functions can be called",
                            fmt::format("this is {}", types::describe(workspace.types, type)));
  if (const auto* service = workspace.facts.as<types::Service>(type)) {
    std::vector<std::string_view> methods;
    for (const types::Field& method : service->methods) methods.push_back(method.name);
    diagnostic.hint = fmt::format("call one of its methods: {}", listed(methods, "or"));
  } else if (const auto* ref = std::get_if<VariableRef>(&workspace.program[callee].node)) {
    add_label(diagnostic, workspace.program[ref->variable].place, "defined here");
  }
  return body_.error_expr(span);
}

std::vector<ExprId> CallChecker::check_arguments(const syntax::CallExpr& call) {
  std::vector<ExprId> arguments;
  arguments.reserve(call.abilities.size() + call.arguments.size());
  for (const syntax::ExprId ability : call.abilities) {
    arguments.push_back(expressions_.check_value(ability));
  }
  bool is_reported = false;
  for (const syntax::Argument& argument : call.arguments) {
    arguments.push_back(expressions_.check_value(argument.value));
    if (!argument.name || is_reported) continue;
    is_reported = true;
    const std::uint32_t value_begin = body_.tree[argument.value].span.begin;
    Diagnostic& diagnostic = body_.workspace.reports.add(
        DiagnosticKind::kArgumentNamed, body_.place(argument.name->span),
        "the arguments of a call have no names", {},
        "give the value only, in the order of the parameters");
    diagnostic.edits.push_back({body_.place({argument.name->span.begin, value_begin}), ""});
  }
  return arguments;
}

void CallChecker::label_definition(Diagnostic& diagnostic, ExprId callee) {
  const Program& program = body_.workspace.program;
  const auto& node = program[callee].node;
  if (const auto* function = std::get_if<FunctionRef>(&node)) {
    add_label(diagnostic, program[function->function].place, "defined here");
  } else if (const auto* variable = std::get_if<VariableRef>(&node)) {
    add_label(diagnostic, program[variable->variable].place, "defined here");
  } else if (const auto* field = std::get_if<FieldOf>(&node)) {
    if (const auto* service = std::get_if<ServiceRef>(&program[field->object].node)) {
      add_label(diagnostic, program[service->service].place, "declared here");
    }
  }
}

void CallChecker::report_count(ExprId callee, const types::Arrow& arrow,
                               std::span<const ExprId> arguments, Span span) {
  Workspace& workspace = body_.workspace;
  const std::size_t wanted = arrow.parameters.size();
  const bool is_surplus = arguments.size() > wanted;
  const Place place = is_surplus
                          ? workspace.program[arguments[wanted]].place
                          : body_.place({workspace.program[callee].place.span.begin, span.end});
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kArgumentCount, place,
      fmt::format("{} expected, {} given", counted(wanted, "argument"), arguments.size()),
      is_surplus ? "this one is too many" : "");
  label_definition(diagnostic, callee);
  if (is_surplus) return;
  std::string missing;
  for (std::size_t i = arguments.size(); i < wanted; ++i) {
    const types::Field& parameter = arrow.parameters[i];
    missing += missing.empty() ? "" : ", ";
    const std::string type = types::describe(workspace.types, parameter.type);
    // An ability has the name of its type.
    const bool has_own_name = !parameter.name.empty() && parameter.name != type;
    missing += has_own_name ? fmt::format("{}: {}", parameter.name, type) : type;
  }
  diagnostic.hint = fmt::format("missing: {}", missing);
}

void CallChecker::check_argument(ExprId callee, const types::Field& parameter, std::size_t index,
                                 ExprId argument) {
  Workspace& workspace = body_.workspace;
  if (workspace.facts.accepts(parameter.type, workspace.type_of(argument))) return;
  const std::string name = parameter.name.empty()
                               ? fmt::format("argument {}", index + 1)
                               : fmt::format("the argument '{}'", parameter.name);
  Diagnostic& diagnostic = report_mismatch(
      body_, DiagnosticKind::kArgumentMismatch, argument, parameter.type,
      fmt::format("{} must be {}", name, types::describe(workspace.types, parameter.type)));
  label_definition(diagnostic, callee);
}

// --- constructors and copies ---------------------------------------------------------

std::optional<CallChecker::GivenField> CallChecker::check_given_field(
    const syntax::Argument& argument) {
  const syntax::Expr& expr = body_.tree[argument.value];
  const ExprId value = expressions_.check_value(argument.value);
  if (argument.name) return GivenField{*argument.name, value};
  if (const auto* name = std::get_if<syntax::NameExpr>(&expr.node)) {
    return GivenField{{name->text, expr.span}, value};
  }
  if (body_.is_error(value)) return std::nullopt;
  body_.workspace.reports.add(
      DiagnosticKind::kFieldUnnamed, body_.place(expr.span), "which field this is for is not said",
      {}, "write: field = value; only a variable of the field's name needs no '='");
  return std::nullopt;
}

std::vector<CallChecker::GivenField> CallChecker::check_given_fields(const syntax::CallExpr& call) {
  std::vector<GivenField> given;
  NameMap<Span> seen;
  for (const syntax::ExprId ability : call.abilities) {
    expressions_.check_value(ability);
    body_.workspace.reports.add(DiagnosticKind::kFieldUnnamed,
                                body_.place(body_.tree[ability].span),
                                "which field this is for is not said", {},
                                "fields go between the parentheses: field = value");
  }
  for (const syntax::Argument& argument : call.arguments) {
    const std::optional<GivenField> field = check_given_field(argument);
    if (!field) continue;
    const auto [first, is_new] = seen.insert(field->name.text, field->name.span);
    if (is_new) {
      given.push_back(*field);
      continue;
    }
    Diagnostic& diagnostic =
        body_.workspace.reports.add(DiagnosticKind::kFieldGivenTwice, body_.place(field->name.span),
                                    fmt::format("the field '{}' is given twice", field->name.text),
                                    "again here", "remove one of them");
    add_label(diagnostic, body_.place(*first), "given here");
  }
  return given;
}

void CallChecker::report_unexpected(const GivenField& field,
                                    const std::vector<types::Field>& fields,
                                    std::string_view type_name) {
  const Place place = body_.place(field.name.span);
  Diagnostic& diagnostic = body_.workspace.reports.add(
      DiagnosticKind::kFieldUnexpected, place,
      fmt::format("{} has no field '{}'", type_name, field.name.text), "this value goes nowhere");
  suggest_field(body_.workspace, diagnostic, fields, field.name, place);
}

void CallChecker::report_no_such_field(const GivenField& field,
                                       const std::vector<types::Field>& fields, TypeId type) {
  const Place place = body_.place(field.name.span);
  Diagnostic& diagnostic = body_.workspace.reports.add(
      DiagnosticKind::kUnknownField, place,
      fmt::format("{} has no field '{}'", types::describe(body_.workspace.types, type),
                  field.name.text));
  suggest_field(body_.workspace, diagnostic, fields, field.name, place);
}

std::vector<NamedValue> CallChecker::match_fields(std::span<const GivenField> given,
                                                  const std::vector<types::Field>& fields,
                                                  TypeId type, bool is_copy) {
  Workspace& workspace = body_.workspace;
  std::vector<NamedValue> out;
  for (const GivenField& value : given) {
    const types::Field* const field = types::find_field(fields, value.name.text);
    if (field == nullptr) {
      if (is_copy) report_no_such_field(value, fields, type);
      continue;
    }
    if (!workspace.facts.accepts(field->type, workspace.type_of(value.value))) {
      report_mismatch(body_, DiagnosticKind::kFieldMismatch, value.value, field->type,
                      fmt::format("the field '{}' of {} must be {}", field->name,
                                  types::describe(workspace.types, type),
                                  types::describe(workspace.types, field->type)));
    }
    out.push_back({field->name, value.value});
  }
  return out;
}

ExprId CallChecker::check_constructor(const syntax::CallExpr& call, TypeId type,
                                      std::string_view name, Span span) {
  Workspace& workspace = body_.workspace;
  const std::vector<GivenField> given = check_given_fields(call);
  if (type == workspace.facts.error()) return body_.error_expr(span);
  std::vector<types::Field> fields;
  if (const auto* node = workspace.facts.as<types::Struct>(type)) {
    fields = node->fields;
  } else if (const auto* ability = workspace.facts.as<types::Ability>(type)) {
    fields = ability->fields;
  } else {
    workspace.reports.add(DiagnosticKind::kNotConstructible, body_.place(span),
                          fmt::format("a value of {} cannot be made like this", name),
                          fmt::format("'{}' is {}", name, types::describe(workspace.types, type)),
                          "only data types and abilities are made of fields");
    return body_.error_expr(span);
  }
  std::vector<NamedValue> values = match_fields(given, fields, type, false);
  if (given.size() == call.arguments.size() && call.abilities.empty()) {
    report_missing(given, fields, name, span);
  }
  return workspace.add(Expr{type, body_.place(span), Construct{std::move(values)}});
}

// Fields that are given and do not exist are a warning, or the reason why others are missing.
void CallChecker::report_missing(std::span<const GivenField> given,
                                 const std::vector<types::Field>& fields, std::string_view name,
                                 Span span) {
  std::vector<std::string_view> missing;
  for (const types::Field& field : fields) {
    if (std::ranges::none_of(given,
                             [&](const GivenField& g) { return g.name.text == field.name; })) {
      missing.push_back(field.name);
    }
  }
  std::vector<const GivenField*> unexpected;
  for (const GivenField& field : given) {
    if (types::find_field(fields, field.name.text) == nullptr) unexpected.push_back(&field);
  }
  if (missing.empty()) {
    for (const GivenField* field : unexpected) report_unexpected(*field, fields, name);
    return;
  }
  Diagnostic& diagnostic = body_.workspace.reports.add(
      DiagnosticKind::kFieldsMissing, body_.place(span),
      fmt::format("{} is given without {}", name, listed(missing, "and")), {},
      fmt::format("add: {} = ...", missing[0]));
  for (const GivenField* field : unexpected) {
    add_label(diagnostic, body_.place(field->name.span), "there is no such field");
  }
  if (missing.size() != 1 || unexpected.size() != 1) return;
  diagnostic.hint = fmt::format("did you mean '{}'?", missing[0]);
  diagnostic.edits.push_back({body_.place(unexpected[0]->name.span), std::string(missing[0])});
}

ExprId CallChecker::check_copy(const syntax::CallExpr& call, ExprId object, Span span) {
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.type_of(object);
  const std::vector<types::Field> fields = std::get<types::Struct>(workspace.types[type]).fields;
  const std::vector<GivenField> given = check_given_fields(call);
  if (call.arguments.empty()) {
    workspace.reports.add(DiagnosticKind::kArgumentCount, body_.place(span),
                          "a copy without changes is the value itself", {},
                          "name what to replace: .copy(field = value)");
  }
  std::vector<NamedValue> values = match_fields(given, fields, type, true);
  return workspace.add(Expr{type, body_.place(span), CopyOf{object, std::move(values)}});
}

}  // namespace aqua::semantic

#include "compiler/semantic/statement_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "compiler/semantic/function_checker.h"
#include "compiler/semantic/mismatch.h"
#include "compiler/semantic/reports.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::Span;

// --- blocks and scopes --------------------------------------------------------------

Block StatementChecker::check_block(const syntax::Block& block) {
  Block out;
  out.reserve(block.statements.size());
  for (const syntax::StatementId id : block.statements) check_into(out, id);
  return out;
}

Block StatementChecker::check_scoped(const syntax::Block& block) {
  const LocalNames::Mark mark = body_.names.mark();
  Block out = check_open(block);
  body_.names.forget_definitions(mark);
  return out;
}

Block StatementChecker::check_open(const syntax::Block& block) {
  const LocalNames::Mark mark = body_.names.mark();
  Block out = check_block(block);
  body_.names.forget_bindings(mark);
  return out;
}

void StatementChecker::check_into(Block& block, syntax::StatementId id) {
  const syntax::Statement& statement = body_.tree[id];
  if (body_.module.is_unreadable_within(statement.head)) {
    body_.is_incomplete = true;
    body_.workspace.reports.mute(statement.head);
  }
  auto node = std::visit([&](const auto& each) { return check_node(each, statement.head); },
                         statement.node);
  if (!node) return;
  block.push_back(body_.workspace.add(Statement{body_.place(statement.head), std::move(*node)}));
}

Block StatementChecker::check_single(syntax::StatementId id) {
  Block out;
  check_into(out, id);
  return out;
}

// --- variables ------------------------------------------------------------------------

VariableId StatementChecker::add_variable(const syntax::Name& name, VariableKind kind,
                                          TypeId type) {
  return body_.workspace.add(Variable{.name = name.text,
                                      .kind = kind,
                                      .type = type,
                                      .function = body_.function,
                                      .place = body_.place(name.span)});
}

VariableId StatementChecker::define(const syntax::Name& name, VariableKind kind, TypeId type) {
  const bool is_misspelt = kind == VariableKind::kArgument && !name.text.empty() &&
                           name.text[0] >= 'A' && name.text[0] <= 'Z';
  // The parser asked for another name.
  if (!is_misspelt) report_redefined(name);
  const VariableId variable = add_variable(name, kind, type);
  if (!name.text.empty()) body_.names.define(name.text, variable);
  return variable;
}

void StatementChecker::report_redefined(const syntax::Name& name) {
  Workspace& workspace = body_.workspace;
  const VariableId variable = body_.names.find(name.text);
  const ValueEntry* const entry = body_.module.own->values.find(name.text);
  const Value* const global = workspace.global_values.find(name.text);
  if (variable.is_none() && entry == nullptr && global == nullptr) return;
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kNameRedefined, body_.place(name.span),
      fmt::format("'{}' is already defined", name.text), "defined again here",
      "a name is given one value, and names of an outer block, functions and constants count: "
      "choose another");
  if (variable.has_value()) {
    const Variable& first = workspace.program[variable];
    add_label(diagnostic, first.place, "defined here");
    workspace.is_variable_used[variable.value] = true;
    if (std::holds_alternative<types::Stream>(workspace.types[first.type])) {
      diagnostic.hint = fmt::format("to add to the stream write: {} <<- value", name.text);
    }
  } else if (entry != nullptr) {
    body_.module.mark_used(entry->origin);
    add_label(diagnostic, entry->place, "defined here");
  } else {
    diagnostic.message += workspace.is_predefined(name.text) ? " by the language" : " from outside";
  }
}

// Whether one of the expressions from the given one on calls something, or may wait for a stream.
static bool has_effect(const Program& program, std::size_t first) {
  return std::any_of(program.exprs.begin() + static_cast<std::ptrdiff_t>(first),
                     program.exprs.end(), [](const Expr& expr) {
                       return std::holds_alternative<Call>(expr.node) ||
                              std::holds_alternative<IndexOf>(expr.node);
                     });
}

// --- simple statements ------------------------------------------------------------------

std::optional<StatementChecker::Node> StatementChecker::check_node(syntax::InvalidStatement, Span) {
  body_.is_incomplete = true;
  return std::nullopt;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Assign& node,
                                                                   Span) {
  const std::size_t first_expr = body_.workspace.program.exprs.size();
  const ExprId value = expressions_.check_value(node.value);
  const VariableId variable =
      define(node.target, VariableKind::kValue, body_.workspace.type_of(value));
  if (!has_effect(body_.workspace.program, first_expr)) body_.plain_values.push_back(variable);
  return Let{variable, value};
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Declare& node,
                                                                   Span) {
  TypeId type = types_.resolve(node.type);
  Workspace& workspace = body_.workspace;
  const TypeFacts& facts = workspace.facts;
  if (!workspace.facts.is_suspect(type) && facts.as<types::Stream>(type) == nullptr &&
      facts.as<types::StreamMap>(type) == nullptr) {
    const std::string text = types::describe(workspace.types, type);
    workspace.reports.add(
        DiagnosticKind::kDeclaredTypeNotStream, body_.place(body_.tree[node.type].span),
        fmt::format("'{}' is declared as {}: only streams and stream maps are declared",
                    node.name.text, text),
        {},
        fmt::format("give it a value instead: {0} = ...; or declare a stream: {0}: *{1}",
                    node.name.text, text));
    type = facts.error();
  }
  return Declare{define(node.name, VariableKind::kDeclared, type)};
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Closure& node,
                                                                   Span) {
  const FunctionChecker::CheckedClosure closure = functions_.check_closure(node);
  const VariableId variable = define(node.name, VariableKind::kClosure, closure.type);
  return DefineClosure{variable, closure.function};
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Return& node,
                                                                   Span head) {
  Return out;
  functions_.check_return(node, head, out.values);
  return out;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Join& node, Span) {
  Join out;
  for (const syntax::ExprId value : node.values) {
    out.values.push_back(expressions_.check_value(value));
  }
  return out;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::BindService& node,
                                                                   Span) {
  Workspace& workspace = body_.workspace;
  const ExprId id = expressions_.check_value(node.id);
  const TypeEntry* const entry = expressions_.names().find_service(node.service);
  if (!workspace.facts.accepts(workspace.types.string(), workspace.type_of(id))) {
    report_mismatch(body_, DiagnosticKind::kServiceIdNotString, id, workspace.types.string(),
                    "the id of a service is a string");
  }
  if (entry == nullptr) return std::nullopt;
  const VariableId variable =
      add_variable({workspace.program[entry->service].name, node.service.span},
                   VariableKind::kService, entry->type);
  body_.names.bind(entry->service, variable);
  return BindService{variable, entry->service, id};
}

// --- pushes -------------------------------------------------------------------------------

// The stream or map that is pushed to; none: that was reported.
VariableId StatementChecker::find_pushable(const syntax::Name& name) {
  const ExprId found = expressions_.check_path({&name, 1});
  if (body_.is_error(found)) return VariableId::none();
  Workspace& workspace = body_.workspace;
  const auto* const variable = std::get_if<VariableRef>(&workspace.program[found].node);
  const TypeId type = workspace.type_of(found);
  const TypeFacts& facts = workspace.facts;
  if (variable != nullptr &&
      (facts.as<types::Stream>(type) != nullptr || facts.as<types::StreamMap>(type) != nullptr)) {
    return variable->variable;
  }
  const std::string text = types::describe(workspace.types, type);
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kPushToNoStream, body_.place(name.span),
      fmt::format("'{}' is no stream: nothing can be pushed to it", name.text),
      fmt::format("this is {}", text));
  if (variable != nullptr) {
    add_label(diagnostic, workspace.program[variable->variable].place, "defined here");
    diagnostic.hint = "declare a stream above and push to it: name: *type";
  }
  return VariableId::none();
}

void StatementChecker::check_pushed(ExprId value, TypeId element, std::string_view target) {
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.type_of(value);
  if (!workspace.facts.is_data_or_stream(type)) {
    workspace.reports.add(DiagnosticKind::kPushMismatch, workspace.program[value].place,
                          fmt::format("{} cannot be pushed", workspace.facts.spoken(type)),
                          "not data", "only data and streams can be pushed");
  } else if (!workspace.facts.accepts(element, type)) {
    report_mismatch(body_, DiagnosticKind::kPushMismatch, value, element,
                    fmt::format("the elements of '{}' are {}", target,
                                types::describe(workspace.types, element)));
  }
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Push& node,
                                                                   Span head) {
  Workspace& workspace = body_.workspace;
  const VariableId target = find_pushable(node.target);
  const ExprId first = expressions_.check_value(node.value);
  const ExprId second =
      node.second.has_value() ? expressions_.check_value(node.second) : ExprId::none();
  if (target.is_none()) return std::nullopt;
  const TypeId type = workspace.program[target].type;
  const bool is_map = workspace.facts.as<types::StreamMap>(type) != nullptr;
  if (is_map != second.has_value()) {
    workspace.reports.add(
        DiagnosticKind::kPushCount, body_.place(head),
        is_map ? fmt::format("'{}' is a stream map: a key and a value are pushed", node.target.text)
               : fmt::format("'{}' is a stream: one value is pushed", node.target.text),
        {}, fmt::format("{} <<- {}", node.target.text, is_map ? "key, value" : "value"));
    return std::nullopt;
  }
  const TypeId element = types::element_of(workspace.types, type);
  check_pushed(is_map ? second : first, element, node.target.text);
  if (is_map && !workspace.facts.accepts(workspace.types.string(), workspace.type_of(first))) {
    report_mismatch(body_, DiagnosticKind::kPushMismatch, first, workspace.types.string(),
                    "the key of a stream map is a string");
  }
  return is_map ? Push{target, first, second} : Push{target, ExprId::none(), first};
}

// --- calls ---------------------------------------------------------------------------------

// None: there is no call, which was reported, or nothing is known about it.
ExprId StatementChecker::check_call(const syntax::CallStatement& node) {
  Workspace& workspace = body_.workspace;
  const ExprId value = expressions_.check(node.value);
  const Expr& expr = workspace.program[value];
  if (std::holds_alternative<Call>(expr.node)) return value;
  if (body_.is_error(value)) return ExprId::none();
  if (std::holds_alternative<CallMapMethod>(expr.node)) {
    Diagnostic& diagnostic = workspace.reports.add(
        DiagnosticKind::kMapMethodWithArrow, expr.place,
        "what a method of a stream map gives is a value, not the result of a call");
    if (!node.targets.empty()) {
      const Span arrow{node.targets.back().span.end, expr.place.span.begin};
      diagnostic.hint = fmt::format("write '=': {} = ...", node.targets[0].text);
      diagnostic.edits.push_back({body_.place(arrow), " = "});
    }
    return ExprId::none();
  }
  // Where the grammar does not allow it, the parser has said so.
  if (!std::holds_alternative<syntax::CallExpr>(body_.tree[node.value].node)) return ExprId::none();
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kNotACall, expr.place, "this makes a value, it calls nothing", {},
      node.targets.empty() ? "give it a name: name = ..."
                           : fmt::format("write '=': {} = ...", node.targets[0].text));
  if (!node.targets.empty()) {
    diagnostic.edits.push_back(
        {body_.place({node.targets.back().span.end, expr.place.span.begin}), " = "});
  }
  return ExprId::none();
}

std::optional<StatementChecker::Node> StatementChecker::check_node(
    const syntax::CallStatement& node, Span) {
  Workspace& workspace = body_.workspace;
  const std::size_t errors_before = workspace.reports.error_count();
  const ExprId call = check_call(node);
  if (call.is_none()) {
    for (const syntax::Name& target : node.targets) {
      check_target(target, workspace.facts.error());
    }
    return std::nullopt;
  }
  const ExprId callee = std::get<Call>(workspace.program[call].node).callee;
  const std::vector<TypeId> results =
      std::get<types::Arrow>(workspace.types[workspace.type_of(callee)]).results;
  CallAndBind out{.call = call, .targets = {}};
  if (const auto pair = check_map_target(node, results)) {
    out.targets.push_back(*pair);
    return out;
  }
  // Who has to mend the call will look at its results anyway.
  const bool has_error = workspace.reports.error_count() != errors_before;
  if (!has_error || node.targets.size() > results.size()) {
    check_target_count(node, call, results.size());
  }
  for (std::size_t i = 0; i < node.targets.size(); ++i) {
    const TypeId result = i < results.size() ? results[i] : workspace.facts.error();
    out.targets.push_back(check_target(node.targets[i], result));
  }
  return out;
}

void StatementChecker::check_target_count(const syntax::CallStatement& node, ExprId call,
                                          std::size_t results) {
  Workspace& workspace = body_.workspace;
  const std::size_t targets = node.targets.size();
  const Place place = workspace.program[call].place;
  if (targets > results) {
    Diagnostic& diagnostic = workspace.reports.add(
        DiagnosticKind::kTooManyTargets, body_.place(node.targets[results].span),
        results == 0 ? "the call gives no result"
                     : fmt::format("the call gives {}, and {} names take them",
                                   counted(results, "result"), targets),
        "there is nothing for this one");
    for (std::size_t i = results + 1; i < targets; ++i) {
      add_label(diagnostic, body_.place(node.targets[i].span), "nor for this one");
    }
    add_label(diagnostic, place, "this call");
    if (results > 0) return;
    diagnostic.hint = "call it without a name";
    diagnostic.edits.push_back({body_.place({node.targets[0].span.begin, place.span.begin}), ""});
  } else if (targets < results && !(targets == 0 && only_awaited_ == &node)) {
    workspace.reports.add(
        DiagnosticKind::kUnusedResults, place,
        targets == 0
            ? fmt::format("the call gives {}, and none is used", counted(results, "result"))
            : fmt::format("the call gives {}, and only {} used", counted(results, "result"),
                          targets == 1 ? "one is" : fmt::format("{} are", targets)),
        {}, targets == 0 ? "name what is needed: name <- call" : "");
  }
}

Target StatementChecker::check_target(const syntax::Name& name, TypeId result) {
  Workspace& workspace = body_.workspace;
  const VariableId existing = body_.names.find(name.text);
  if (existing.has_value()) {
    const TypeId type = workspace.program[existing].type;
    if (const auto* stream = workspace.facts.as<types::Stream>(type)) {
      workspace.is_variable_used[existing.value] = true;
      const TypeId element = stream->element;
      if (!workspace.facts.accepts(element, result)) {
        Diagnostic& diagnostic = workspace.reports.add(
            DiagnosticKind::kTargetMismatch, body_.place(name.span),
            fmt::format("a result of type {} cannot be pushed to '{}'",
                        types::describe(workspace.types, result), name.text),
            fmt::format("its elements are {}", types::describe(workspace.types, element)));
        add_label(diagnostic, workspace.program[existing].place, "declared here");
      }
      return {Target::Kind::kPush, existing};
    }
    // What does not fit is better not called a second definition.
    if (type == workspace.facts.error()) return {Target::Kind::kDefine, existing};
  }
  return {Target::Kind::kDefine, define(name, VariableKind::kValue, result)};
}

// "map <- f()": two results make a pair.
std::optional<Target> StatementChecker::check_map_target(const syntax::CallStatement& node,
                                                         std::span<const TypeId> results) {
  Workspace& workspace = body_.workspace;
  if (node.targets.size() != 1) return std::nullopt;
  const syntax::Name& name = node.targets[0];
  const VariableId variable = body_.names.find(name.text);
  if (variable.is_none()) return std::nullopt;
  const auto* const map = workspace.facts.as<types::StreamMap>(workspace.program[variable].type);
  if (map == nullptr) return std::nullopt;
  const TypeId element = map->element;
  workspace.is_variable_used[variable.value] = true;
  if (results.size() != 2 || !workspace.facts.accepts(workspace.types.string(), results[0]) ||
      !workspace.facts.accepts(element, results[1])) {
    Diagnostic& diagnostic =
        workspace.reports.add(DiagnosticKind::kTargetMismatch, body_.place(name.span),
                              fmt::format("'{}' takes calls with two results, a string and {}",
                                          name.text, types::describe(workspace.types, element)),
                              "this is a stream map");
    add_label(diagnostic, workspace.program[variable].place, "declared here");
  }
  return Target{Target::Kind::kMapPair, variable};
}

}  // namespace aqua::semantic

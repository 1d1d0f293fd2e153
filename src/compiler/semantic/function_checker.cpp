#include "compiler/semantic/function_checker.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "compiler/semantic/dotted_text.h"
#include "compiler/semantic/mismatch.h"
#include "compiler/semantic/reports.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::Span;

void FunctionChecker::check(const syntax::Function& function) {
  Workspace& workspace = body_.workspace;
  Program& program = workspace.program;
  const FunctionId id(program.functions.size());
  const std::size_t first_variable = program.variables.size();
  const std::size_t errors_before = workspace.reports.error_count();
  body_.start(id, function.name.text);
  body_.is_incomplete =
      body_.module.is_unreadable_within({function.span.begin, function.header.span.end});
  const TypeId type = types_.arrow_of(function.header);
  program.functions.push_back({.name = function.name.text,
                               .parent = {},
                               .type = type,
                               .arguments = {},
                               .body = {},
                               .place = body_.place(function.name.span)});
  check_arrow(id, function.header, function.body, false);
  define(function, id);
  const bool is_valid = workspace.reports.error_count() == errors_before && !body_.is_incomplete &&
                        !body_.uses_invalid && !workspace.facts.is_suspect(type);
  if (is_valid) {
    warn_of_unused_variables(first_variable);
  } else {
    mark_invalid(id.value);
  }
}

// Below its text the name is visible, with the type of the header even where the body is wrong.
void FunctionChecker::define(const syntax::Function& function, FunctionId id) {
  const std::string_view name = function.name.text;
  if (name.empty()) return;
  Workspace& workspace = body_.workspace;
  const Place place = body_.place(function.name.span);
  ValueEntry entry{.value = {Value::Kind::kFunction, id.value}, .place = place};
  // How to call it is not known where its header could not be read.
  const Span head{function.span.begin, function.header.span.end};
  if (body_.module.is_unreadable_within(head)) entry.value = Value();
  const auto [slot, is_new] = body_.module.own->values.insert(name, entry);
  if (is_new && workspace.global_values.find(name) == nullptr) return;
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kNameRedefined, place, fmt::format("'{}' is already defined", name),
      "defined again here", "give one of them another name");
  if (is_new) return;
  add_label(diagnostic, slot->place,
            slot->origin.is_own() ? "defined here" : "defined here, and imported");
  body_.module.mark_used(slot->origin);
  // Nobody knows which of the two a call means.
  entry.value = Value();
  *slot = entry;
}

void FunctionChecker::mark_invalid(std::size_t first_function) {
  std::vector<Function>& functions = body_.workspace.program.functions;
  for (std::size_t i = first_function; i < functions.size(); ++i) functions[i].is_valid = false;
}

void FunctionChecker::check_arrow(FunctionId id, const syntax::ArrowHeader& header,
                                  const syntax::Block& block, bool infers_results) {
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.program[id].type;
  ReturnFrame frame{
      .results = std::get<types::Arrow>(workspace.types[type]).results,
      .declarations = {},
      .infers_results = infers_results,
      .is_unreadable = body_.module.is_unreadable_within({header.span.begin, block.span.end}),
      .first_return = {}};
  for (const syntax::TypeExprId result : header.results) {
    frame.declarations.push_back(body_.tree[result].span);
  }
  ReturnFrame* const outer_frame = std::exchange(frame_, &frame);
  const FunctionId outer_function = std::exchange(body_.function, id);
  const LocalNames::Mark mark = body_.names.mark();
  define_arguments(id, header);
  Block body = statements_.check_block(block);
  workspace.program.functions[id.value].body = std::move(body);
  body_.names.forget_bindings(mark);
  body_.names.forget_definitions(mark);
  const bool can_tell = !frame.is_unreadable && !body_.is_incomplete && !block.statements.empty();
  if (!frame.first_return && !frame.results.empty() && can_tell) {
    workspace.reports.add(DiagnosticKind::kReturnMissing, body_.place(frame.declarations.front()),
                          "a result is declared, and nothing is returned", "declared here",
                          "end the body with: <- value");
  }
  body_.function = outer_function;
  frame_ = outer_frame;
  if (!infers_results) return;
  const auto arrow = std::get<types::Arrow>(workspace.types[type]);
  workspace.program.functions[id.value].type =
      workspace.types.arrow(arrow.labels, arrow.parameters, std::move(frame.results));
}

void FunctionChecker::define_arguments(FunctionId id, const syntax::ArrowHeader& header) {
  Workspace& workspace = body_.workspace;
  const std::vector<types::Field> parameters =
      std::get<types::Arrow>(workspace.types[workspace.program[id].type]).parameters;
  std::size_t at = 0;
  for (const syntax::DottedName& ability : header.abilities) {
    if (ability.parts.size() > 1) body_.has_dotted_names = true;
    const std::string_view name = dotted_text(ability, workspace.program.texts);
    // The type of the same name is what it stands for.
    const VariableId variable = statements_.add_variable(
        {name, ability.span}, VariableKind::kArgument, parameters[at++].type);
    body_.names.define(name, variable);
    workspace.program.functions[id.value].arguments.push_back(variable);
  }
  for (const syntax::Parameter& parameter : header.parameters) {
    const VariableId variable =
        statements_.define(parameter.name, VariableKind::kArgument, parameters[at++].type);
    workspace.program.functions[id.value].arguments.push_back(variable);
  }
}

FunctionChecker::CheckedClosure FunctionChecker::check_closure(const syntax::Closure& closure) {
  Workspace& workspace = body_.workspace;
  Program& program = workspace.program;
  const FunctionId id(program.functions.size());
  const TypeId type = types_.arrow_of(closure.header);
  const bool is_detached = closure.kind == syntax::ClosureKind::kDetached;
  program.functions.push_back({.name = closure.name.text,
                               .kind = is_detached ? FunctionKind::kDetached : FunctionKind::kHere,
                               .parent = body_.function,
                               .type = type,
                               .arguments = {},
                               .body = {},
                               .place = body_.place(closure.name.span)});
  const bool infers_results =
      closure.kind == syntax::ClosureKind::kDo && !closure.header.has_results;
  check_arrow(id, closure.header, closure.body, infers_results);
  const Span head{closure.name.span.begin, closure.header.span.end};
  if (body_.module.is_unreadable_within(head)) return {id, workspace.facts.error()};
  return {id, program[id].type};
}

void FunctionChecker::check_return(const syntax::Return& node, Span span,
                                   std::vector<ExprId>& values) {
  Workspace& workspace = body_.workspace;
  for (const syntax::ExprId value : node.values) values.push_back(expressions_.check_value(value));
  if (frame_->is_unreadable && (frame_->first_return || values.size() != frame_->results.size())) {
    return;
  }
  if (frame_->first_return) {
    Diagnostic& diagnostic = workspace.reports.add(
        DiagnosticKind::kSecondReturn, body_.place(span), "a function returns once", "again here",
        "to return what comes first, push to a stream and return its first element: <- stream!");
    add_label(diagnostic, body_.place(*frame_->first_return), "returned here");
    return;
  }
  frame_->first_return = span;
  if (frame_->infers_results) {
    for (const ExprId value : values) frame_->results.push_back(workspace.type_of(value));
    return;
  }
  if (values.size() != frame_->results.size()) return check_return_count(values.size(), span);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const TypeId expected = frame_->results[i];
    if (workspace.facts.accepts(expected, workspace.type_of(values[i]))) continue;
    Diagnostic& diagnostic = report_mismatch(
        body_, DiagnosticKind::kReturnMismatch, values[i], expected,
        fmt::format("the declared result is {}", types::describe(workspace.types, expected)));
    add_label(diagnostic, body_.place(frame_->declarations[i]), "declared here");
  }
}

void FunctionChecker::check_return_count(std::size_t given, Span span) {
  Workspace& workspace = body_.workspace;
  const Place place = body_.place(span);
  if (frame_->results.empty()) {
    workspace.reports.add(DiagnosticKind::kReturnWithoutResults, place,
                          "a value is returned, and no result is declared", {},
                          "declare its type: \"-> type\" before the ':' of the header");
    return;
  }
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kReturnCount, place,
      fmt::format("{} declared, {} returned", counted(frame_->results.size(), "result"), given),
      "returned here");
  add_label(diagnostic,
            body_.place({frame_->declarations.front().begin, frame_->declarations.back().end}),
            "declared here");
}

// Of those whose definition has no effect of its own: a call is made for more than its result.
void FunctionChecker::warn_of_unused_variables(std::size_t first_variable) {
  const std::vector<Variable>& variables = body_.workspace.program.variables;
  for (std::size_t i = first_variable; i < variables.size(); ++i) {
    const VariableKind kind = variables[i].kind;
    if (kind == VariableKind::kClosure)
      warn_if_unused(VariableId(i), "the closure '{}' is never called");
    if (kind == VariableKind::kDeclared)
      warn_if_unused(VariableId(i), "nothing is pushed to '{}', and nothing reads it");
  }
  for (const VariableId variable : body_.plain_values)
    warn_if_unused(variable, "'{}' is never used");
}

void FunctionChecker::warn_if_unused(VariableId id, fmt::format_string<std::string_view&> message) {
  if (body_.workspace.is_variable_used[id.value]) return;
  const Variable& variable = body_.workspace.program[id];
  std::string_view name = variable.name;
  body_.workspace.reports.add(DiagnosticKind::kUnusedVariable, variable.place,
                              fmt::format(message, name));
}

}  // namespace aqua::semantic

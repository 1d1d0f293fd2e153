#include "compiler/model/inliner.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "compiler/model/diagnostic_kinds.h"
#include "compiler/model/inlining.h"

namespace aqua::model {

Slots number_variables(const semantic::Program& program) {
  Slots slots;
  slots.of_variable.reserve(program.variables.size());
  slots.counts.resize(program.functions.size(), 0);
  for (const semantic::Variable& variable : program.variables) {
    slots.of_variable.push_back(
        variable.function.is_none() ? 0 : slots.counts[variable.function.value]++);
  }
  return slots;
}

Inlined inline_function(const semantic::Program& program, const Slots& slots,
                        const semantic::ExportedFunction& exported, const InlineOptions& options) {
  return Inlining(program, slots, options).run(exported);
}

Inlining::Inlining(const semantic::Program& program, const Slots& slots,
                   const InlineOptions& options)
    : program_(program), slots_(slots), options_(options) {}

Value& Inlining::slot(semantic::VariableId id) {
  return frame_->values[slots_.of_variable[id.value]];
}

const Value& Inlining::lookup(semantic::VariableId id) const {
  const semantic::FunctionId owner = program_[id].function;
  const Frame* frame = frame_;
  while (frame->function != owner) frame = frame->outer;
  return frame->values[slots_.of_variable[id.value]];
}

void Inlining::define(semantic::VariableId id, Value value) { slot(id) = std::move(value); }

NameId Inlining::declare(std::string_view base, NameKind kind) {
  const NameId name = build_.fresh(base, kind);
  declared_.push_back(name);
  return name;
}

void Inlining::emit(Node node) {
  if (build_.ops().ops.size() >= kOpsMax && !is_stopped_) {
    is_stopped_ = true;
    report(code_of(DiagnosticKind::kTooManyOperations),
           fmt::format("'{}' becomes more than {} operations", exported_.name, kOpsMax),
           "every call of a function is a copy of its body: call fewer functions that call many "
           "others");
  }
  if (!is_stopped_) block_.push_back(make(std::move(node)));
}

std::vector<OpId> Inlining::swap_block(std::vector<OpId> block) {
  return std::exchange(block_, std::move(block));
}

OpId Inlining::restrict(std::span<const NameId> names, OpId body) {
  for (auto name = names.rbegin(); name != names.rend(); ++name) body = make(Restrict{*name, body});
  return body;
}

Operand Inlining::copy_to_scalar(Operand operand, std::string_view base) {
  const NameId copy = scalar(base);
  emit(Ap{std::move(operand), copy});
  return variable(copy);
}

Operand Inlining::fitted(Operand operand, Fit fit) {
  if (fits(build_.ops(), operand, fit)) return operand;
  return copy_to_scalar(std::move(operand), "copy");
}

NameId Inlining::canonicalise(NameId stream) {
  const bool is_map = build_.ops()[stream].kind == NameKind::kStreamMap;
  const std::string base = std::string(build_.ops()[stream].text) + "_canon";
  const NameId canon =
      build_.fresh(build_.ops().texts.store(base), is_map ? NameKind::kCanonMap : NameKind::kCanon);
  emit(Canon{stream, canon});
  return canon;
}

bool Inlining::is_stopped() {
  if (depth_ > kInliningDepthMax && !is_stopped_) {
    is_stopped_ = true;
    report(code_of(DiagnosticKind::kInlinedTooDeep),
           fmt::format("'{}' nests calls and blocks deeper than {} levels", exported_.name,
                       kInliningDepthMax),
           "make the chain of functions that call each other shorter");
  }
  return is_stopped_;
}

void Inlining::report(std::string_view code, std::string message, std::string hint) {
  diagnostics::Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  add_label(diagnostic, exported_.place, "");
}

}  // namespace aqua::model

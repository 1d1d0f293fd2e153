#include "compiler/semantic/operator_checker.h"

#include <fmt/format.h>

#include <variant>

#include "compiler/semantic/mismatch.h"
#include "compiler/semantic/reports.h"
#include "compiler/syntax/words.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::BinaryOperator;
using types::Scalar;

ExprId OperatorChecker::check_not(ExprId operand, syntax::Span span) {
  Workspace& workspace = body_.workspace;
  if (!workspace.facts.accepts(workspace.types.boolean(), workspace.type_of(operand))) {
    report_mismatch(body_, DiagnosticKind::kOperandMismatch, operand, workspace.types.boolean(),
                    "'!' before a value negates a bool");
  }
  return workspace.add(Expr{workspace.types.boolean(), body_.place(span), Not{operand}});
}

ExprId OperatorChecker::check_binary(const syntax::Binary& node, ExprId left, ExprId right,
                                     syntax::Span span) {
  bool is_float = false;
  TypeId type;
  switch (node.op) {
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract:
    case BinaryOperator::kMultiply:
    case BinaryOperator::kDivide:
    case BinaryOperator::kRemainder: type = arithmetic(node, left, right, is_float); break;
    case BinaryOperator::kPower: type = power(node, left, right); break;
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual: type = order(node, left, right); break;
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual: type = equality(node, left, right); break;
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: type = logic(node, left, right); break;
  }
  return body_.workspace.add(Expr{type, body_.place(span), Binary{node.op, is_float, left, right}});
}

bool OperatorChecker::expect(bool is_allowed, ExprId operand, const syntax::Binary& node,
                             std::string_view wanted) {
  if (is_allowed || is_suspect(operand)) return true;
  Workspace& workspace = body_.workspace;
  const TypeId type = workspace.type_of(operand);
  Diagnostic& diagnostic =
      workspace.reports.add(DiagnosticKind::kOperandMismatch, workspace.program[operand].place,
                            fmt::format("'{}' takes {}", syntax::spelling(node.op), wanted),
                            fmt::format("this is {}", types::describe(workspace.types, type)));
  add_label(diagnostic, body_.place(node.op_span), "the operator");
  const bool is_text = workspace.facts.accepts(workspace.types.string(), type);
  if (is_text && node.op == BinaryOperator::kAdd) {
    diagnostic.hint = "strings are joined by a service: Op.concat_strings of aqua-lib";
  } else if (types::is_numeric(workspace.types, type) &&
             !types::is_integer(workspace.types, type)) {
    diagnostic.hint = "of floats there is only multiplication, which cuts off the fraction";
  }
  return false;
}

bool OperatorChecker::expect_integers(const syntax::Binary& node, ExprId left, ExprId right) {
  const auto is_integer = [this](ExprId operand) {
    return types::is_integer(body_.workspace.types, body_.workspace.type_of(operand));
  };
  // Where both are wrong, the first says it.
  return expect(is_integer(left), left, node, "integers") &&
         expect(is_integer(right), right, node, "integers");
}

TypeId OperatorChecker::arithmetic(const syntax::Binary& node, ExprId left, ExprId right,
                                   bool& is_float) {
  Workspace& workspace = body_.workspace;
  const auto is_floating = [&](ExprId operand) {
    const TypeId type = workspace.type_of(operand);
    return types::is_numeric(workspace.types, type) && !types::is_integer(workspace.types, type);
  };
  if (node.op != BinaryOperator::kMultiply || (!is_floating(left) && !is_floating(right))) {
    return integers(node, left, right);
  }
  is_float = true;
  const TypeId widest = workspace.types.scalar(Scalar::kF64);
  const auto fits = [&](ExprId operand) {
    return expect(types::accepts(workspace.types, widest, workspace.type_of(operand)), operand,
                  node, "floats, and integers of at most 32 bits beside them");
  };
  return fits(left) && fits(right) ? workspace.types.scalar(Scalar::kI64) : workspace.facts.error();
}

TypeId OperatorChecker::integers(const syntax::Binary& node, ExprId left, ExprId right) {
  Workspace& workspace = body_.workspace;
  if (!expect_integers(node, left, right) || is_suspect(left) || is_suspect(right)) {
    return workspace.facts.error();
  }
  const TypeId type =
      types::unite(workspace.types, workspace.type_of(left), workspace.type_of(right));
  if (types::is_integer(workspace.types, type)) return type;
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kResultTypeGuessed, body_.place(node.op_span),
      fmt::format("no integer type holds both {} and {}: the result counts as i64",
                  types::describe(workspace.types, workspace.type_of(left)),
                  types::describe(workspace.types, workspace.type_of(right))));
  add_label(diagnostic, workspace.program[left].place,
            types::describe(workspace.types, workspace.type_of(left)));
  add_label(diagnostic, workspace.program[right].place,
            types::describe(workspace.types, workspace.type_of(right)));
  return workspace.types.scalar(Scalar::kI64);
}

TypeId OperatorChecker::power(const syntax::Binary& node, ExprId left, ExprId right) {
  Workspace& workspace = body_.workspace;
  const TypeId exponent = workspace.type_of(right);
  if (!types::is_integer(workspace.types, exponent)) return integers(node, left, right);
  const TypeId widest = workspace.types.scalar(Scalar::kU64);
  const bool fits = expect(types::accepts(workspace.types, widest, exponent), right, node,
                           "an exponent without sign");
  const TypeId type = fits ? integers(node, left, right) : workspace.facts.error();
  return type;
}

TypeId OperatorChecker::order(const syntax::Binary& node, ExprId left, ExprId right) {
  expect_integers(node, left, right);
  return body_.workspace.types.boolean();
}

TypeId OperatorChecker::equality(const syntax::Binary& node, ExprId left, ExprId right) {
  Workspace& workspace = body_.workspace;
  const TypeId left_type = workspace.type_of(left);
  const TypeId right_type = workspace.type_of(right);
  if (is_suspect(left) || is_suspect(right) ||
      types::is_comparable(workspace.types, left_type, right_type)) {
    return workspace.types.boolean();
  }
  if (workspace.facts.as<types::Arrow>(left_type) != nullptr &&
      workspace.facts.as<types::Arrow>(right_type) != nullptr) {
    workspace.reports.add(DiagnosticKind::kIncomparable, body_.place(node.op_span),
                          "functions cannot be compared", {}, "call them, and compare the results");
    return workspace.types.boolean();
  }
  Diagnostic& diagnostic = workspace.reports.add(
      DiagnosticKind::kIncomparable, body_.place(node.op_span),
      fmt::format("{} and {} cannot be compared", types::describe(workspace.types, left_type),
                  types::describe(workspace.types, right_type)),
      "can never be equal");
  add_label(diagnostic, workspace.program[left].place, types::describe(workspace.types, left_type));
  add_label(diagnostic, workspace.program[right].place,
            types::describe(workspace.types, right_type));
  return workspace.types.boolean();
}

TypeId OperatorChecker::logic(const syntax::Binary& node, ExprId left, ExprId right) {
  Workspace& workspace = body_.workspace;
  const TypeId boolean = workspace.types.boolean();
  for (const ExprId operand : {left, right}) {
    if (!expect(workspace.facts.accepts(boolean, workspace.type_of(operand)), operand, node,
                "bools")) {
      break;
    }
  }
  return boolean;
}

}  // namespace aqua::semantic

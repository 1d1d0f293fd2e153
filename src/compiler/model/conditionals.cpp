#include <utility>
#include <variant>

#include "compiler/model/inlining.h"

// An "if" without losing errors: a branch that is not taken must look different from a branch that
// failed. The comparison fails with a code of its own (10001 for match, 10002 for mismatch); any other
// error is raised again.

namespace aqua::model {

namespace {

constexpr std::int64_t kMatchFailed = 10001;
constexpr std::int64_t kMismatchFailed = 10002;

Operand error_code() { return Operand{ErrorSlot{}, {ByField{"error_code"}}, false}; }
Operand error() { return Operand{ErrorSlot{}, {}, false}; }

}  // namespace

Inlining::Condition Inlining::evaluate_condition(semantic::ExprId condition) {
  const auto* const binary = std::get_if<semantic::Binary>(&program_[condition].node);
  if (binary != nullptr && (binary->op == syntax::BinaryOperator::kEqual ||
                            binary->op == syntax::BinaryOperator::kNotEqual)) {
    Operand left = data(binary->left);
    Operand right = data(binary->right);
    return Condition{std::move(left), std::move(right),
                     binary->op == syntax::BinaryOperator::kEqual};
  }
  return Condition{data(condition), boolean(true), true};
}

OpId Inlining::test(const Condition& condition, OpId body) {
  if (condition.is_equality) return make(Match{condition.left, condition.right, body});
  return make(Mismatch{condition.left, condition.right, body});
}

void Inlining::execute(const semantic::If& statement) {
  const Place place = place_;
  Condition condition = evaluate_condition(statement.condition);
  const OpId then = scoped(statement.then);
  place_ = place;
  const OpId otherwise = statement.has_otherwise ? scoped(statement.otherwise) : make(Null{});
  place_ = place;
  if (build_.is_null(then) && build_.is_null(otherwise)) return;
  OpId op;
  if (build_.is_null(otherwise)) {
    op = conditional(condition, then);
  } else if (build_.is_null(then)) {
    condition.is_equality = !condition.is_equality;
    op = conditional(condition, otherwise);
  } else {
    op = conditional(condition, then, otherwise);
  }
  if (!is_stopped_) block_.push_back(op);
}

OpId Inlining::conditional(const Condition& condition, OpId then) {
  const OpId tested = test(condition, then);
  if (!options_.error_handling) return make(Xor{{tested, make(Null{})}});
  const Operand code = integer(condition.is_equality ? kMatchFailed : kMismatchFailed);
  const NameId failure = scalar("-if-error-");
  const OpId keep = make(Ap{error(), failure});
  const OpId not_taken = make(Match{error_code(), code, make(Null{})});
  const OpId raise = make(Fail{variable(failure)});
  const OpId sort_out = make(Seq{{keep, make(Xor{{not_taken, raise}})}});
  return make(Restrict{failure, make(Xor{{tested, sort_out}})});
}

OpId Inlining::conditional(const Condition& condition, OpId then, OpId otherwise) {
  const OpId tested = test(condition, then);
  if (!options_.error_handling) return make(Xor{{tested, otherwise}});
  const Operand code = integer(condition.is_equality ? kMatchFailed : kMismatchFailed);
  const NameId failure = scalar("-if-error-");
  const NameId second_failure = scalar("-else-error-");
  const NameId raised = scalar("-if-else-error-");
  const OpId keep = make(Ap{error(), failure});
  const OpId taken = make(Match{error_code(), code, otherwise});
  // Where the first branch failed, comparing its code has failed too, with the code of match.
  const OpId keep_second = make(Ap{error(), second_failure});
  const OpId of_first =
      make(Match{error_code(), integer(kMatchFailed), make(Ap{variable(failure), raised})});
  const OpId of_second = make(Ap{variable(second_failure), raised});
  const OpId choose = make(Xor{{of_first, of_second}});
  const OpId raise = make(Seq{{keep_second, choose, make(Fail{variable(raised)})}});
  const OpId sort_out = make(Seq{{keep, make(Xor{{taken, raise}})}});
  OpId op = make(Xor{{tested, sort_out}});
  op = make(Restrict{failure, op});
  op = make(Restrict{second_failure, op});
  return make(Restrict{raised, op});
}

}  // namespace aqua::model

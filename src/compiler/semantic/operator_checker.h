#pragma once

#include <string_view>

#include "compiler/semantic/body.h"

namespace aqua::semantic {

// Operators on operands that are checked already.
class OperatorChecker {
 public:
  explicit OperatorChecker(Body& body) : body_(body) {}

  ExprId check_not(ExprId operand, syntax::Span span);
  ExprId check_binary(const syntax::Binary& node, ExprId left, ExprId right, syntax::Span span);

 private:
  // The type of the result; the error type where an operand does not fit.
  TypeId arithmetic(const syntax::Binary& node, ExprId left, ExprId right, bool& is_float);
  TypeId integers(const syntax::Binary& node, ExprId left, ExprId right);
  TypeId power(const syntax::Binary& node, ExprId left, ExprId right);
  TypeId order(const syntax::Binary& node, ExprId left, ExprId right);
  TypeId equality(const syntax::Binary& node, ExprId left, ExprId right);
  TypeId logic(const syntax::Binary& node, ExprId left, ExprId right);

  bool is_suspect(ExprId id) {
    return body_.workspace.facts.is_suspect(body_.workspace.type_of(id));
  }
  bool expect(bool is_allowed, ExprId operand, const syntax::Binary& node, std::string_view wanted);
  bool expect_integers(const syntax::Binary& node, ExprId left, ExprId right);

  Body& body_;
};

}  // namespace aqua::semantic

#pragma once

#include <cstdint>
#include <vector>

#include "compiler/syntax/cursor.h"
#include "compiler/syntax/tree.h"

namespace aqua::syntax {

class ExpressionParser {
 public:
  explicit ExpressionParser(Cursor& cursor) : cursor_(cursor) {}

  ExprId expression();
  // In a condition "=" is a mistake with an obvious meaning.
  ExprId condition();
  // Whether an expression may begin with the token.
  static bool starts_expression(TokenKind kind);

 private:
  ExprId push(Span span, decltype(Expr::node) node);
  ExprId invalid(std::uint32_t begin);
  ExprId value_expected();
  ExprId wrapped(Span span, decltype(Expr::node) node);

  ExprId binary(int precedence_min);
  ExprId unary();
  ExprId postfix();
  ExprId primary();
  ExprId number(std::uint32_t begin);
  ExprId collection(CollectionKind kind, std::uint32_t begin);
  ExprId in_brackets();
  ExprId member(ExprId object, std::uint32_t begin);
  ExprId bang(ExprId object, std::uint32_t begin);
  ExprId index(ExprId object, std::uint32_t begin);
  ExprId call(ExprId callee, std::uint32_t begin);
  std::vector<ExprId> values_until(TokenKind closing);
  std::vector<Argument> arguments();
  bool next_item(TokenKind closing, Span opening);
  bool is_operator_line() const;
  bool are_abilities_ahead() const;
  bool is_callable(ExprId callee) const;

  Cursor& cursor_;
  bool in_condition_ = false;
};

}  // namespace aqua::syntax

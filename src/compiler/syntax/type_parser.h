#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "compiler/syntax/cursor.h"
#include "compiler/syntax/tree.h"

namespace aqua::syntax {

// Dotted names, types, and the headers of functions and closures.
class TypeParser {
 public:
  explicit TypeParser(Cursor& cursor) : cursor_(cursor) {}

  // Any type; an arrow takes all types of a list before its "->" as its parameters.
  TypeExprId type();
  // A type that is no arrow, unless in brackets.
  TypeExprId basic_type();

  DottedName dotted_name();
  // One that a type or a module part may have.
  DottedName type_name();
  // {Ability, M.Ability}(name: type) -> results
  ArrowHeader arrow_header();
  // Whether a type may begin with the current token.
  bool is_type_ahead() const {
    return !cursor_.is(TokenKind::kLineEnd) && starts_type(cursor_.index());
  }
  // (name: type) -> results, as the type of a member
  TypeExprId member_arrow();

 private:
  TypeExprId push(Span span, decltype(TypeExpr::node) node);
  TypeExprId invalid();
  TypeExprId type_expected();
  TypeExprId collection(CollectionKind kind, std::uint32_t begin);
  TypeExprId named();
  TypeExprId in_brackets();
  TypeExprId arrow();
  std::vector<DottedName> abilities();
  std::vector<Parameter> parameters();
  void results(std::vector<TypeExprId>& results);
  void header_results(ArrowHeader& header);
  bool starts_type(std::size_t index) const;
  std::size_t skip_basic_type(std::size_t index) const;
  bool is_arrow_ahead();

  Cursor& cursor_;
  std::size_t no_arrow_until_ = 0;  // token index: a search from before ended here without an arrow
};

// u8 and the like
bool is_scalar(std::string_view word);

inline bool is_upper(std::string_view name) { return name[0] >= 'A' && name[0] <= 'Z'; }

}  // namespace aqua::syntax

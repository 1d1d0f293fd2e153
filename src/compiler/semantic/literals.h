#pragma once

#include <optional>
#include <string_view>

#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"

namespace aqua::semantic {

struct TypedLiteral {
  Literal literal;
  TypeId type;
};

// What the expression is, if it is a literal; numbers that AIR cannot write are reported.
std::optional<TypedLiteral> literal_of(Workspace& workspace, const syntax::Expr& expr, Place place);

// Reads a text as one Aqua literal: what a user gives from outside.
std::optional<TypedLiteral> read_literal(Workspace& workspace, std::string_view text);

}  // namespace aqua::semantic

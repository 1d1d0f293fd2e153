#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/body.h"
#include "compiler/semantic/call_checker.h"
#include "compiler/semantic/name_checker.h"
#include "compiler/semantic/operator_checker.h"

namespace aqua::semantic {

// Gives every expression of a function its meaning and its type. An expression with a mistake has
// the error type.
class ExpressionChecker {
 public:
  explicit ExpressionChecker(Body& body)
      : body_(body), names_(body), calls_(body, *this), operators_(body) {}

  // A call may have no result.
  ExprId check(syntax::ExprId id);
  // What has no value is reported.
  ExprId check_value(syntax::ExprId id);

  // The names and their owner, as in "a.b.c" with `object` for "a.b".
  ExprId check_path(std::span<const syntax::Name> parts);
  ExprId check_field(ExprId object, const syntax::Name& name);

  NameChecker& names() { return names_; }

 private:
  ExprId check_node(const syntax::CollectionLiteral& node, syntax::ExprId id);
  ExprId check_node(const syntax::NameExpr& node, syntax::ExprId id);
  ExprId check_node(const syntax::Member& node, syntax::ExprId id);
  ExprId check_node(const syntax::Index& node, syntax::ExprId id);
  ExprId check_node(const syntax::CallExpr& node, syntax::ExprId id);
  ExprId check_node(const syntax::Not& node, syntax::ExprId id);
  ExprId check_node(const syntax::Binary& node, syntax::ExprId id);
  ExprId check_node(syntax::InitPeerIdLiteral node, syntax::ExprId id);
  ExprId check_node(syntax::InvalidExpr node, syntax::ExprId id);
  template <class Node>
  ExprId check_node(const Node&, syntax::ExprId id) {
    return check_literal(id);
  }
  ExprId check_literal(syntax::ExprId id);

  ExprId check_index(const syntax::Index& node, ExprId object);
  TypeId element_type(std::span<const ExprId> elements);
  bool check_element(ExprId element);
  ExprId report_no_field(ExprId object, const syntax::Name& name);

  Body& body_;
  NameChecker names_;
  CallChecker calls_;
  OperatorChecker operators_;
};

// Of a struct or an ability: the field that was meant, or all there are.
void suggest_field(Workspace& workspace, diagnostics::Diagnostic& diagnostic,
                   const std::vector<types::Field>& fields, const syntax::Name& name, Place place);

}  // namespace aqua::semantic

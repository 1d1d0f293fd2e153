#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/body.h"
#include "compiler/semantic/diagnostic_kinds.h"
#include "compiler/semantic/expression_checker.h"
#include "compiler/semantic/type_resolver.h"

namespace aqua::semantic {

class FunctionChecker;

// The statements of a function: what they define, what they bind, and for how long.
class StatementChecker {
 public:
  StatementChecker(Body& body, ExpressionChecker& expressions, TypeResolver& types,
                   FunctionChecker& functions)
      : body_(body), expressions_(expressions), types_(types), functions_(functions) {}

  Block check_block(const syntax::Block& block);

  // A new variable, visible from here on; a name that is taken is reported.
  VariableId define(const syntax::Name& name, VariableKind kind, TypeId type);
  // Not visible yet.
  VariableId add_variable(const syntax::Name& name, VariableKind kind, TypeId type);

 private:
  // A block whose names and service ids end with it.
  Block check_scoped(const syntax::Block& block);
  // A block whose service ids end with it, while its names stay visible.
  Block check_open(const syntax::Block& block);

  void check_into(Block& block, syntax::StatementId id);
  Block check_single(syntax::StatementId id);
  // A branch of "par" or "co".
  Block check_branch(syntax::StatementId id);

  using Node = decltype(Statement::node);
  // None: there is nothing to execute.
  std::optional<Node> check_node(const syntax::BindService& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Push& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::For& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::On& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::If& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Try& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Otherwise& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Par& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Co& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Join& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Declare& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Closure& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Assign& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::CallStatement& node, syntax::Span head);
  std::optional<Node> check_node(const syntax::Return& node, syntax::Span head);
  std::optional<Node> check_node(syntax::InvalidStatement node, syntax::Span head);

  Try check_try(const syntax::Try& node, bool body_has_scope);
  void define_items(const syntax::For& node, TypeId iterable, For& out);
  ExprId check_iterable(const syntax::For& node);
  ExprId check_peer(syntax::ExprId id);
  ExprId check_relay(syntax::ExprId id);
  std::vector<ExprId> check_relays(std::span<const syntax::ExprId> ids);

  // Calls and what takes their results.
  ExprId check_call(const syntax::CallStatement& node);
  Target check_target(const syntax::Name& name, TypeId result);
  std::optional<Target> check_map_target(const syntax::CallStatement& node,
                                         std::span<const TypeId> results);
  void check_target_count(const syntax::CallStatement& node, ExprId call, std::size_t results);
  VariableId find_pushable(const syntax::Name& name);
  void check_pushed(ExprId value, TypeId element, std::string_view target);

  void report_redefined(const syntax::Name& name);
  void warn_never_runs(syntax::Span place, std::string message);

  // A call that is a whole branch: that it happens, or when, may be all that is wanted of it.
  const syntax::CallStatement* only_awaited_ = nullptr;

  Body& body_;
  ExpressionChecker& expressions_;
  TypeResolver& types_;
  FunctionChecker& functions_;
};

}  // namespace aqua::semantic

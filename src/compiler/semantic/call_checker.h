#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/body.h"

namespace aqua::semantic {

class ExpressionChecker;

// "name(...)" can call a function or a method, construct a value or copy one: decides which, and
// checks the arguments.
class CallChecker {
 public:
  CallChecker(Body& body, ExpressionChecker& expressions)
      : body_(body), expressions_(expressions) {}

  ExprId check(const syntax::CallExpr& call, syntax::Span span);

 private:
  ExprId check_named(const syntax::CallExpr& call, std::span<const syntax::Name> parts,
                     syntax::Span span);
  ExprId check_method(const syntax::CallExpr& call, ExprId object, const syntax::Name& name,
                      syntax::Span span);
  ExprId report_no_method(ExprId object, const syntax::Name& name, syntax::Span span);

  // Calls of arrows.
  ExprId check_arrow(const syntax::CallExpr& call, ExprId callee, syntax::Span span);
  ExprId report_not_callable(ExprId callee, syntax::Span span);
  // Reports names that have no place here.
  std::vector<ExprId> check_arguments(const syntax::CallExpr& call);
  void report_count(ExprId callee, const types::Arrow& arrow, std::span<const ExprId> arguments,
                    syntax::Span span);
  void check_argument(ExprId callee, const types::Field& parameter, std::size_t index,
                      ExprId argument);
  void label_definition(diagnostics::Diagnostic& diagnostic, ExprId callee);

  // Methods of stream maps.
  ExprId check_map_method(const syntax::CallExpr& call, ExprId map, MapMethod method,
                          const syntax::Name& name, syntax::Span span);

  // Constructors and copies: fields with values.
  struct GivenField {
    syntax::Name name;
    ExprId value;
  };
  ExprId check_constructor(const syntax::CallExpr& call, TypeId type, std::string_view name,
                           syntax::Span span);
  ExprId check_copy(const syntax::CallExpr& call, ExprId object, syntax::Span span);
  // Each name once.
  std::vector<GivenField> check_given_fields(const syntax::CallExpr& call);
  std::optional<GivenField> check_given_field(const syntax::Argument& argument);
  // The values that belong to a field of the type.
  std::vector<NamedValue> match_fields(std::span<const GivenField> given,
                                       const std::vector<types::Field>& fields, TypeId type,
                                       bool is_copy);
  void report_missing(std::span<const GivenField> given, const std::vector<types::Field>& fields,
                      std::string_view name, syntax::Span span);
  void report_unexpected(const GivenField& field, const std::vector<types::Field>& fields,
                         std::string_view type_name);
  void report_no_such_field(const GivenField& field, const std::vector<types::Field>& fields,
                            TypeId type);

  void check_all(const syntax::CallExpr& call);

  Body& body_;
  ExpressionChecker& expressions_;
};

}  // namespace aqua::semantic

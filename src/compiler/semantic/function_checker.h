#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/semantic/body.h"
#include "compiler/semantic/expression_checker.h"
#include "compiler/semantic/statement_checker.h"
#include "compiler/semantic/type_resolver.h"

namespace aqua::semantic {

// What the returns of the arrow whose body is being checked have to give.
struct ReturnFrame {
  std::vector<TypeId> results;
  std::vector<syntax::Span> declarations;  // of the results
  bool infers_results = false;             // a "do" closure: its return says what they are
  // Something in the arrow could not be read: a return may be lost, or belong elsewhere.
  bool is_unreadable = false;
  std::optional<syntax::Span> first_return;
};

// Functions of one module and the closures inside them: their headers, arguments and returns.
class FunctionChecker {
 public:
  FunctionChecker(Workspace& workspace, ModuleScope& module)
      : body_(workspace, module),
        types_(workspace, module),
        expressions_(body_),
        statements_(body_, expressions_, types_, *this) {}

  void check(const syntax::Function& function);

  // For the statement checker.
  struct CheckedClosure {
    FunctionId function;
    TypeId type;
  };
  CheckedClosure check_closure(const syntax::Closure& closure);
  void check_return(const syntax::Return& node, syntax::Span span, std::vector<ExprId>& values);

 private:
  void define(const syntax::Function& function, FunctionId id);
  void check_arrow(FunctionId id, const syntax::ArrowHeader& header, const syntax::Block& block,
                   bool infers_results);
  void define_arguments(FunctionId id, const syntax::ArrowHeader& header);
  void check_return_count(std::size_t given, syntax::Span span);
  void warn_of_unused_variables(std::size_t first_variable);
  void warn_if_unused(VariableId id, fmt::format_string<std::string_view&> message);
  void mark_invalid(std::size_t first_function);

  Body body_;
  TypeResolver types_;
  ExpressionChecker expressions_;
  StatementChecker statements_;
  ReturnFrame* frame_ = nullptr;
};

}  // namespace aqua::semantic

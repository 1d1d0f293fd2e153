#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/semantic/name_map.h"
#include "compiler/semantic/program.h"
#include "compiler/semantic/reports.h"
#include "compiler/semantic/type_facts.h"

namespace aqua::semantic {

// A constant stands for what it was defined as: wherever it is read, a copy of this.
struct Constant {
  std::variant<Literal, Builtin> node;
  TypeId type;
};

// What a name that is no variable of a function stands for.
struct Value {
  // kUnknown: its definition has a mistake or could not be read; everything about it is accepted.
  enum class Kind : std::uint8_t { kFunction, kConstant, kService, kUnknown };
  Kind kind = Kind::kUnknown;
  std::uint32_t index = 0;  // a FunctionId, a ServiceId, or an index of Workspace::constants

  friend bool operator==(const Value&, const Value&) = default;
};

// What all the checkers of one program share.
struct Workspace {
  explicit Workspace(Program& given_program)
      : program(given_program), facts(given_program.types), types(given_program.types) {}

  Program& program;
  Reports reports;
  TypeFacts facts;
  types::Store& types;
  std::vector<Constant> constants;
  // By name, visible in every module: what was given from outside hides what is predefined.
  NameMap<Value> global_values;
  std::size_t predefined_count = 0;  // of constants, the first
  // Names that were given from outside and that nothing has asked for yet.
  std::set<std::string_view> unused_given;
  // By variable: whether it was read or pushed to.
  std::vector<bool> is_variable_used;
  // How many names may still be compared in search of the one that was meant.
  std::size_t comparisons_left = 2'000'000;

  bool is_predefined(std::string_view name) const {
    const Value* const value = global_values.find(name);
    return value != nullptr && value->index < predefined_count;
  }
  // For those who use it: what was given from outside is used from now on.
  const Value* use_global(std::string_view name) {
    unused_given.erase(name);
    return global_values.find(name);
  }
  ExprId add(Expr expr) {
    program.exprs.push_back(std::move(expr));
    return ExprId(program.exprs.size() - 1);
  }
  StatementId add(Statement statement) {
    program.statements.push_back(std::move(statement));
    return StatementId(program.statements.size() - 1);
  }
  VariableId add(Variable variable) {
    program.variables.push_back(variable);
    is_variable_used.push_back(false);
    return VariableId(program.variables.size() - 1);
  }
  TypeId type_of(ExprId id) const { return program[id].type; }
};

}  // namespace aqua::semantic

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/model/ops.h"
#include "compiler/semantic/program.h"

// What a variable of the program holds while it is run at compile time.

namespace aqua::model {

struct Frame;
struct Bundle;

// Known at run time only, or a literal: an operand stands for it.
struct Data {
  Operand operand;
};
struct LiveStream {
  NameId name;
};
struct LiveMap {
  NameId name;
};
struct FunctionArrow {
  semantic::FunctionId function;
  const Frame* frame = nullptr;  // of the function around a closure
  PathId path;                   // where a closure runs; none: where it is called
};
struct MethodArrow {
  std::string_view service_name;
  Operand service_id;
  std::string_view method;
  types::TypeId type;
};
// An argument of the entry function: the init peer answers.
struct CallbackArrow {
  std::string_view name;
  types::TypeId type;
};
struct ServiceHandle {
  Operand id;
  types::TypeId type;
};
// An ability: its values by name.
using BundleRef = std::shared_ptr<const Bundle>;

// monostate: not defined, because of a mistake that was reported.
using Value = std::variant<std::monostate, Data, LiveStream, LiveMap, FunctionArrow, MethodArrow, CallbackArrow, ServiceHandle, BundleRef>;

struct Bundle {
  std::vector<std::pair<std::string_view, Value>> fields;
};

// One run of a function: the values of its own variables.
struct Frame {
  semantic::FunctionId function;
  std::uint32_t run = 0;         // which run of all
  const Frame* outer = nullptr;  // of a closure: the run that defined it
  std::vector<Value> values;     // by number of the variable in its function
  std::vector<Value> results;
  bool is_captured = false;  // a closure that was defined in it may still be called
};

}  // namespace aqua::model

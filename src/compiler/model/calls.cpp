#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "compiler/model/inlining.h"

namespace aqua::model {

std::vector<Value> Inlining::call(const semantic::Call& call, Wish wish) {
  const Value callee = evaluate(call.callee);
  const types::TypeId type = program_[call.callee].type;
  const auto& arrow = std::get<types::Arrow>(program_.types[type]);
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    arguments.push_back(adapt(evaluate(call.arguments[i]), arrow.parameters.at(i).type));
  }
  if (is_stopped()) return std::vector<Value>(arrow.results.size());
  if (const auto* function = std::get_if<FunctionArrow>(&callee)) return call_function(*function, std::move(arguments));
  if (const auto* method = std::get_if<MethodArrow>(&callee)) return call_method(*method, arguments, wish);
  if (const auto* callback = std::get_if<CallbackArrow>(&callee)) return call_back(*callback, arguments, wish);
  return std::vector<Value>(arrow.results.size());
}

// What the callee sees of a value: where it wants data, a stream is taken as it is now.
Value Inlining::adapt(const Value& value, types::TypeId expected) {
  const types::Type& type = program_.types[expected];
  if (std::holds_alternative<types::Stream>(type) || std::holds_alternative<types::StreamMap>(type)) return value;
  if (std::holds_alternative<LiveStream>(value) || std::holds_alternative<LiveMap>(value)) return Data{data_of(value)};
  return value;
}

std::vector<Value> Inlining::call_function(const FunctionArrow& arrow, std::vector<Value> arguments) {
  const Level level(*this);
  const semantic::Function& function = program_[arrow.function];
  Frame& frame = frames_.emplace_back();
  frame.function = arrow.function;
  frame.run = ++runs_;
  frame.outer = arrow.frame;
  frame.values.resize(slots_.counts[arrow.function.value]);
  // Where more arguments are given than the function takes, it does without the last ones.
  for (std::size_t i = 0; i < std::min(arguments.size(), function.arguments.size()); ++i) {
    frame.values[slots_.of_variable[function.arguments[i].value]] = std::move(arguments[i]);
  }

  Frame* const caller = std::exchange(frame_, &frame);
  const PathId caller_path = path_;
  const Place caller_place = place_;
  const bool moves = arrow.path.has_value() && arrow.path != path_;
  if (moves) path_ = arrow.path;
  std::vector<OpId> outer = swap_block({});
  run_block(function.body);
  std::vector<OpId> body = swap_block(std::move(outer));
  frame_ = caller;
  path_ = caller_path;
  place_ = caller_place;
  if (options_.tracing && !body.empty()) {
    trace_call(function.name, std::move(body));
  } else {
    block_.insert(block_.end(), body.begin(), body.end());
  }
  const auto& type = std::get<types::Arrow>(program_.types[function.type]);
  std::vector<Value> results = std::move(frame.results);
  results.resize(type.results.size());
  if (&frames_.back() == &frame && !frame.is_captured) frames_.pop_back();
  return results;
}

std::vector<Value> Inlining::call_method(const MethodArrow& arrow, std::span<const Value> arguments, Wish wish) {
  const auto& type = std::get<types::Arrow>(program_.types[arrow.type]);
  std::vector<Operand> operands;
  for (const Value& argument : arguments.first(std::min(arguments.size(), type.parameters.size()))) {
    operands.push_back(data_of(argument));
  }
  if (!options_.tracing) return call_service(arrow.service_id, arrow.method, std::move(operands), arrow.type, wish);
  std::vector<OpId> outer = swap_block({});
  std::vector<Value> results = call_service(arrow.service_id, arrow.method, std::move(operands), arrow.type, wish);
  std::vector<OpId> body = swap_block(std::move(outer));
  const std::string name = fmt::format("{}.{}", arrow.service_name, arrow.method);
  trace_call(build_.ops().texts.store(name), std::move(body));
  return results;
}

std::vector<Value> Inlining::call_back(const CallbackArrow& arrow, std::span<const Value> arguments, Wish wish) {
  std::vector<Operand> operands;
  for (const Value& argument : arguments) operands.push_back(data_of(argument));
  if (path_ == root_path_) return call_service(string("callbackSrv"), arrow.name, std::move(operands), arrow.type, wish);

  const PathId outer = path_;
  const Path root = build_.ops()[root_path_];
  path_ = build_.path(outer, root.peer, root.relays);
  std::vector<OpId> outer_block = swap_block({});
  std::vector<Value> results = call_service(string("callbackSrv"), arrow.name, std::move(operands), arrow.type, wish);
  const OpId body = seal(swap_block(std::move(outer_block)));
  const PathId path = std::exchange(path_, outer);
  emit(Within{path, outer, body});
  return results;
}

std::vector<Value> Inlining::call_service(Operand service, std::string_view function, std::vector<Operand> arguments, types::TypeId type,
                                          Wish wish) {
  const auto& arrow = std::get<types::Arrow>(program_.types[type]);
  if (arrow.results.empty()) {
    emit(Call{std::move(service), string(function), std::move(arguments), {}});
    return {};
  }
  if (wish.stream.has_value() && arrow.results.size() == 1) {
    emit(Call{std::move(service), string(function), std::move(arguments), wish.stream});
    return {Value()};
  }
  const NameId output = scalar(wish.name.empty() ? function : wish.name);
  emit(Call{std::move(service), string(function), std::move(arguments), output});
  if (arrow.results.size() == 1) return {Data{variable(output)}};
  std::vector<Value> results;
  for (std::uint32_t i = 0; i < arrow.results.size(); ++i) results.push_back(Data{with(variable(output), ByIndex{i})});
  return results;
}

OpId Inlining::trace_event(std::string_view function, Operand event) {
  const Path root = build_.ops()[root_path_];
  const PathId outer = path_;
  path_ = build_.path(outer, root.peer, root.relays);
  const OpId call = make(Call{string("tracingSrv"), string("tracingEvent"), {string(function), std::move(event)}, {}});
  path_ = outer;
  return call;
}

void Inlining::trace_call(std::string_view function, std::vector<OpId> body) {
  emit(Background{trace_event(function, string("enter"))});
  body.push_back(make(Background{trace_event(function, string("exit"))}));
  const OpId traced = seal(std::move(body));

  const NameId text = scalar("-return-error-msg-");
  const OpId describe =
      make(Call{string("op"), string("concat_strings"), {string("exit with error: "), Operand{ErrorSlot{}, {ByField{"message"}}, false}}, text});
  const OpId event = trace_event(function, variable(text));
  const OpId raise = make(Fail{Operand{ErrorSlot{}, {}, false}});
  emit(Xor{{traced, make(Seq{{make(Restrict{text, make(Seq{{describe, event}})}), raise}})}});
}

}  // namespace aqua::model

#include "embed/calling.h"

#include <fmt/format.h>

#include "json/text.h"
#include "services/shape.h"
#include "sim/function_run.h"

namespace aqua::embed {

namespace {

constexpr std::int32_t kErrorCode = 1;
constexpr std::string_view kNoResult = "\"\"";

Error usage(std::string message) { return {ErrorKind::kUsage, std::move(message)}; }

std::vector<Value> values_of(services::Arguments arguments) {
  std::vector<Value> values;
  values.reserve(arguments.size());
  for (const std::string& argument : arguments)
    values.push_back(Value::parse(argument).value_or(Value()));  // it is canonical JSON
  return values;
}

services::Answer answer_of(FunctionResult result) {
  if (!result) return {kErrorCode, json::quoted(result.error())};
  return {0, result->json()};
}

CallContext context_of(const peer::Call& call) {
  CallContext context{.particle_id = call.header->id,
                      .init_peer_id = call.header->init_peer_id,
                      .host_peer_id = call.header->init_peer_id,
                      .tetraplets = {}};
  for (const auto& of_argument : call.tetraplets) {
    auto& provenances = context.tetraplets.emplace_back();
    for (const peer::Tetraplet& t : of_argument)
      provenances.push_back({t.peer_id, t.service, t.function, t.lens});
  }
  return context;
}

// Where the error is an object with a message, that is what people want to read.
Error script_error(const std::vector<std::string>& arguments) {
  const Value error = arguments.empty() ? Value() : Value::parse(arguments[0]).value_or(Value());
  const auto message = error.member("message");
  const auto text = message ? message->as_text() : std::nullopt;
  return {ErrorKind::kScript, text.value_or(error.json())};
}

}  // namespace

Result<Calling> Calling::prepare(const compiler::CompiledFunction& function,
                                 std::vector<std::variant<Value, Function>> arguments, Done done) {
  const std::vector<sim::Parameter> parameters = sim::parameters_of(function.definition);
  const services::FunctionShape shape =
      services::read_arrow(json::find_member(function.definition, "arrow").value_or("null"));
  if (arguments.size() != parameters.size()) {
    return std::unexpected(
        usage(fmt::format("{} takes {} argument{}, not {}", function.name, parameters.size(),
                          parameters.size() == 1 ? "" : "s", arguments.size())));
  }
  Calling calling;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    if (auto* const callback = std::get_if<Function>(&arguments[i])) {
      if (!parameters[i].is_callback)
        return std::unexpected(usage(
            fmt::format("{} of {} is a value, and was given a function", name, function.name)));
      calling.callbacks_.emplace(name, std::move(*callback));
      continue;
    }
    const Value& value = std::get<Value>(arguments[i]);
    if (parameters[i].is_callback)
      return std::unexpected(
          usage(fmt::format("{} of {} is an arrow, and was given a value", name, function.name)));
    if (const auto mismatch = services::find_mismatch(*shape.arguments[i].shape, value.json())) {
      return std::unexpected(
          usage(fmt::format("{}{} of {}: expected {}, given {}", name, mismatch->path,
                            function.name, mismatch->expected, mismatch->given)));
    }
    calling.values_.emplace(name, value);
  }
  calling.done_ = std::move(done);
  return calling;
}

std::optional<services::Answer> Calling::answer(const peer::Call& call) {
  const services::Answer nothing{0, std::string(kNoResult)};
  if (call.service == "getDataSrv") {
    if (call.function == "-relay-") return services::Answer{0, json::quoted(relay_)};
    const auto found = values_.find(call.function);
    if (found != values_.end()) return services::Answer{0, found->second.json()};
    return services::Answer{kErrorCode, json::quoted(fmt::format("there is no {}", call.function))};
  }
  if (call.service == "callbackSrv" && call.function == "response") {
    const std::vector<Value> results = values_of(call.arguments);
    end(results.empty() ? Value() : results.size() == 1 ? results[0] : Value::array(results));
    return nothing;
  }
  if (call.service == "callbackSrv") {
    const auto found = callbacks_.find(call.function);
    if (found == callbacks_.end()) return std::nullopt;
    return answer_of(found->second(values_of(call.arguments), context_of(call)));
  }
  if (call.service == "errorHandlingSrv" && call.function == "error") {
    end(std::unexpected(script_error(call.arguments)));
    return nothing;
  }
  return std::nullopt;
}

bool Calling::end(Result<Value> result) {
  if (done_ == nullptr) return false;
  // Before it is called: it may do anything.
  const Done done = std::exchange(done_, nullptr);
  done(std::move(result));
  return true;
}

services::NativeFunction native(Function function) {
  return [function = std::move(function)](services::Arguments arguments,
                                          const services::CallContext& from) {
    CallContext context{.particle_id = from.particle_id,
                        .init_peer_id = from.init_peer_id,
                        .host_peer_id = from.host_peer_id,
                        .tetraplets = {}};
    for (const auto& of_argument : from.tetraplets) {
      auto& provenances = context.tetraplets.emplace_back();
      for (const services::Provenance& p : of_argument)
        provenances.push_back({p.peer_id, p.service, p.function, p.lens});
    }
    return answer_of(function(values_of(arguments), context));
  };
}

}  // namespace aqua::embed

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "compiler/model/inlining.h"

// The entry function as a script: fetch the arguments from the init peer, run the body, send the
// results back, and report an error that nobody caught.

namespace aqua::model {

Inlined Inlining::run(const semantic::ExportedFunction& exported) {
  exported_ = exported;
  place_ = exported.place;
  const NameId relay = build_.reserved("-relay-", NameKind::kScalar);
  const bool has_relay = options_.relay == Relayed::kYes;
  relay_ = has_relay ? variable(relay) : Operand{InitPeerId{}, {}, false};
  std::vector<Relay> relays;
  if (has_relay) relays.push_back(Relay{relay_, false});
  root_path_ = build_.path(PathId::none(), Operand{InitPeerId{}, {}, false}, std::move(relays));
  path_ = root_path_;

  const semantic::Function& function = program_[exported.function];
  Frame& frame = frames_.emplace_back();
  frame.function = exported.function;
  frame.values.resize(slots_.counts[exported.function.value]);
  frame_ = &frame;

  if (has_relay) emit(Call{string("getDataSrv"), string("-relay-"), {}, relay});
  for (std::size_t i = 0; i < function.arguments.size(); ++i) fetch_argument(function, i, frame);
  std::vector<OpId> prologue = swap_block({});
  run_block(function.body);
  std::vector<OpId> executed = swap_block(std::move(prologue));
  place_ = exported.place;
  if (options_.tracing) {
    trace_call(function.name, std::move(executed));
  } else {
    block_.insert(block_.end(), executed.begin(), executed.end());
  }
  respond(function, frame);

  const OpId body = restrict(declared_, seal(swap_block({})));
  const OpId error = report_error();
  const OpId root = make(Xor{{body, error}});
  Inlined inlined;
  inlined.ops = build_.take();
  inlined.ops.root_path = root_path_;
  if (!is_stopped_) inlined.ops.root = root;
  inlined.diagnostics = std::move(diagnostics_);
  return inlined;
}

void Inlining::fetch_argument(const semantic::Function& function, std::size_t index, Frame& frame) {
  const semantic::VariableId id = function.arguments[index];
  const semantic::Variable& argument = program_[id];
  Value& value = frame.values[slots_.of_variable[id.value]];
  const types::Type& type = program_.types[argument.type];
  if (std::holds_alternative<types::Arrow>(type)) {
    value = CallbackArrow{argument.name, argument.type};
    return;
  }
  const std::string name = fmt::format("-{}-arg-", argument.name);
  if (std::holds_alternative<types::Stream>(type)) {
    const NameId stream = build_.reserved(name, NameKind::kStream);
    fetch_stream(stream, argument.name);
    value = LiveStream{stream};
    return;
  }
  const NameId fetched = build_.reserved(name, NameKind::kScalar);
  emit(Call{string("getDataSrv"), string(argument.name), {}, fetched});
  value = Data{variable(fetched)};
}

void Inlining::fetch_stream(NameId stream, std::string_view argument) {
  const NameId items = scalar(build_.ops().texts.store(fmt::format("{}-items", argument)));
  const NameId item = scalar(build_.ops().texts.store(fmt::format("{}-item", argument)));
  emit(Call{string("getDataSrv"), string(argument), {}, items});
  emit(Fold{FoldMode::kSequential, variable(items), item, make(Ap{variable(item), stream}), false});
}

void Inlining::respond(const semantic::Function& function, const Frame& frame) {
  const auto& arrow = std::get<types::Arrow>(program_.types[function.type]);
  if (arrow.results.empty() && !options_.empty_response) return;
  std::vector<Operand> results;
  for (const Value& result : frame.results) results.push_back(data_of(result));
  emit(Call{string("callbackSrv"), string("response"), std::move(results), {}});
}

OpId Inlining::report_error() {
  return make(Call{string("errorHandlingSrv"),
                   string("error"),
                   {Operand{ErrorSlot{}, {}, false}, integer(0)},
                   {}});
}

}  // namespace aqua::model

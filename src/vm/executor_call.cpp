#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "air/printer.h"
#include "base/overloaded.h"
#include "json/canonical.h"
#include "json/text.h"
#include "vm/executor.h"

namespace aqua::vm {

using base::Overloaded;

namespace {

// What a service answers with when its result is not JSON.
constexpr std::int32_t kNotJsonRetCode = 2147483647;

bool is_static(const air::Operand& operand) {
  return std::holds_alternative<air::Literal>(operand) ||
         std::holds_alternative<air::InitPeerId>(operand);
}

}  // namespace

Executor::Read Executor::resolve_triplet(air::InstructionId at, const air::Call& call,
                                         TetrapletId& out) {
  TetrapletId& cached = state_.script_cache.call_tetraplets[at.value];
  if (cached.has_value()) {
    out = cached;
    return Read::kOk;
  }
  Tetraplet triplet{.peer = {}, .service = {}, .function = {}, .lens = empty_text_};
  for (const auto& [operand, part] :
       {std::pair(call.peer, &triplet.peer), std::pair(call.service, &triplet.service),
        std::pair(call.function, &triplet.function)})
    if (const Read read = resolve_text(tree()[operand], *part); read != Read::kOk) return read;
  out = stores_.intern(triplet);
  if (is_static(tree()[call.peer]) && is_static(tree()[call.service]) &&
      is_static(tree()[call.function]))
    cached = out;
  return Read::kOk;
}

// The state of a call in the traces is taken only when nothing can fail before it: whatever stops here
// must find the state again in the next run.
Executor::Flow Executor::call(air::InstructionId at, const air::Call& call) {
  TetrapletId triplet;
  switch (resolve_triplet(at, call, triplet)) {
    case Read::kOk: break;
    case Read::kJoin: return wait_for_variable(at);
    case Read::kFailed: return failed_with_peer(at);
  }

  const bool to_scalar =
      call.output.has_value() && tree()[call.output].kind == air::NameKind::kScalar;
  if (to_scalar) {
    if (now_.iterators[call.output.value] != kNoStreamFold)
      return failed(at, {.kind = FaultKind::kWriteToIterator, .name = tree()[call.output].text});
    if (!now_.scalars.can_set(call.output, now_.levels))
      return failed(at, {.kind = FaultKind::kSetTwice, .name = tree()[call.output].text});
  }

  bool arguments_known = true;
  arguments_.clear();
  for (const air::Operand& operand : tree()[call.arguments]) {
    Resolved argument;
    const Read read = resolve(operand, Origins::kSkip, argument);
    if (read == Read::kFailed) return failed_with_triplet(at, triplet);
    if (read == Read::kJoin) {
      arguments_known = false;
      break;
    }
    arguments_.push_back(argument.ref.value);
  }

  note_frontier(at, stores_[triplet].peer == current_peer_);
  auto met = trace_.meet_call();
  if (!met) return fail_trace(at, std::move(met.error()));
  if (!*met) return send_or_request(at, call, triplet, std::nullopt, arguments_known);
  const Met<CallState>& merged = **met;

  if (const auto* sent = std::get_if<CallSentBy>(&merged.state)) {
    if (sent->peer == current_peer_ && sent->has_call_id) {
      const CallResult* result = take_call_result(sent->call_id);
      if (result == nullptr) {
        note(at, WaitsForResult{sent->call_id, triplet});
        trace_.push_met(*sent, merged.previous_pos, merged.current_pos);
        now_.complete = false;
        return Flow::kDone;
      }
      if (!arguments_known) return result_before_arguments(at);
      return take_result(at, call, triplet, stores_.argument_hash(arguments_), *result);
    }
    if (stores_[triplet].peer == current_peer_)
      return send_or_request(at, call, triplet, merged, arguments_known);
    note(at, WaitsForCall{triplet, sent->peer});
    trace_.push_met(*sent, merged.previous_pos, merged.current_pos);
    now_.complete = false;
    return Flow::kDone;
  }
  const bool is_unused = std::holds_alternative<CallUnused>(merged.state);
  return meet_result(
      at, call, triplet, arguments_known,
      is_unused || !arguments_known ? CidId::none() : stores_.argument_hash(arguments_), merged);
}

Executor::Flow Executor::send_or_request(air::InstructionId at, const air::Call& call,
                                         TetrapletId triplet,
                                         const std::optional<Met<CallState>>& met,
                                         bool arguments_known) {
  now_.complete = false;
  if (stores_[triplet].peer != current_peer_) {
    note(at, WaitsForCall{triplet, current_peer_});
    add_next_peer(stores_[triplet].peer);
    trace_.push(CallSentBy{current_peer_});
    return Flow::kDone;
  }
  if (!arguments_known) {
    note_missing_arguments(at, call);
    if (met) trace_.push_met(std::get<CallSentBy>(met->state), met->previous_pos, met->current_pos);
    return Flow::kDone;
  }
  CallRequest request{.id = ++last_call_request_id_,
                      .instruction = at,
                      .service = stores_[triplet].service,
                      .function = stores_[triplet].function,
                      .arguments = arguments_,
                      .tetraplets = {}};
  for (const air::Operand& operand : tree()[call.arguments]) {
    Resolved argument;
    if (resolve(operand, Origins::kWant, argument) != Read::kOk)
      return failed_with_triplet(at, triplet);
    std::vector<TetrapletId>& tetraplets = request.tetraplets.emplace_back();
    if (argument.whole == nullptr) {
      tetraplets.push_back(tetraplet_of(stores_, argument.ref));
    } else {
      for (const ValueRef& element : argument.whole->elements)
        tetraplets.push_back(tetraplet_of(stores_, element));
    }
  }
  note(at, WaitsForResult{request.id, triplet});
  trace_.push(CallSentBy{current_peer_, true, request.id});
  requests_.push_back(std::move(request));
  return Flow::kDone;
}

void Executor::note_missing_arguments(air::InstructionId at, const air::Call& call) {
  if (!parameters_.explain_waiting) return;
  for (const air::Operand& operand : tree()[call.arguments]) {
    Resolved unused;
    if (resolve(operand, Origins::kSkip, unused) == Read::kJoin)
      note(at, WaitsForVariable{now_.missing_name});
  }
}

// --- results that are recorded already --------------------------------------------------

const ServiceResult* Executor::find_service_result(CidId cid, TetrapletId triplet,
                                                   CidId argument_hash) {
  const ServiceResult* result = stores_.service_result(cid);
  if (result == nullptr) {
    now_.error = {.kind = FaultKind::kServiceResultNotFound,
                  .text = std::string(stores_.cids[cid])};
    return nullptr;
  }
  if (result->argument_hash != argument_hash) {
    now_.error = {.kind = FaultKind::kArgumentsDiffer,
                  .text = fmt::format("expected {}, got {}", stores_.cids[argument_hash],
                                      stores_.cids[result->argument_hash])};
    return nullptr;
  }
  const auto recorded = stores_.tetraplet(result->tetraplet);
  if (!recorded) {
    now_.error = {.kind = FaultKind::kTetrapletNotFound,
                  .text = std::string(stores_.cids[result->tetraplet])};
    return nullptr;
  }
  if (*recorded != triplet) {
    const auto describe = [&](TetrapletId id) {
      const Tetraplet& t = stores_[id];
      return fmt::format("{} {}.{}", stores_.texts[t.peer], stores_.texts[t.service],
                         stores_.texts[t.function]);
    };
    now_.error = {
        .kind = FaultKind::kTripletDiffers,
        .text = fmt::format("expected {}, got {}", describe(triplet), describe(*recorded))};
    return nullptr;
  }
  return result;
}

bool Executor::load_value(CidId cid, ValueId& out) {
  bool malformed = false;
  const auto value = stores_.value(cid, malformed);
  if (value && !malformed) {
    out = *value;
    return true;
  }
  now_.error = {.kind = malformed ? FaultKind::kValueNotJson : FaultKind::kValueNotFound,
                .text = std::string(stores_.cids[cid])};
  return false;
}

// A fold can hide in its second iteration what the first one saw: then a result is there and what it was
// made from is not. The data says that it happened, the script says that it cannot.
Executor::Flow Executor::result_before_arguments(air::InstructionId at) {
  return failed(
      at, {.kind = FaultKind::kResultBeforeArguments, .text = air::print_instruction(tree(), at)});
}

Executor::Flow Executor::meet_result(air::InstructionId at, const air::Call& call,
                                     TetrapletId triplet, bool arguments_known, CidId argument_hash,
                                     const Met<CallState>& met) {
  const bool to_stream =
      call.output.has_value() && tree()[call.output].kind == air::NameKind::kStream;
  const bool to_scalar = call.output.has_value() && !to_stream;
  const auto wrong_kind = [&](std::string_view kind) {
    return failed(at, {.kind = FaultKind::kResultKind, .text = std::string(kind)});
  };
  const auto load = [&](CidId cid, ValueRef& out) {
    const ServiceResult* result = find_service_result(cid, triplet, argument_hash);
    if (result == nullptr || !load_value(result->value, out.value)) return false;
    out.tetraplet = triplet;
    out.provenance = {ProvenanceKind::kServiceResult, cid};
    return true;
  };
  return std::visit(
      Overloaded{
          [&](const CallScalar& s) {
            ValueRef value;
            if (!to_scalar) return wrong_kind("Scalar");
            if (!arguments_known) return result_before_arguments(at);
            if (!load(s.service_result, value)) return failed_read(at);
            trace_.push_met(s, met.previous_pos, met.current_pos);
            register_cid(stores_[triplet].peer, s.service_result);
            return set_scalar(at, call.output, value);
          },
          [&](const CallStream& s) {
            ValueRef value;
            if (!to_stream) return wrong_kind("Stream");
            if (!arguments_known) return result_before_arguments(at);
            if (!load(s.service_result, value)) return failed_read(at);
            const std::uint32_t pos = trace_.push_met(s, met.previous_pos, met.current_pos);
            register_cid(stores_[triplet].peer, s.service_result);
            return add_to_stream(at, value, met.source, s.generation, pos);
          },
          [&](const CallUnused& s) {
            if (call.output.has_value()) return wrong_kind("Unused");
            if (!arguments_known) return result_before_arguments(at);
            trace_.push_met(s, met.previous_pos, met.current_pos);
            return Flow::kDone;
          },
          [&](const CallFailed& s) {
            if (!arguments_known) return result_before_arguments(at);
            return meet_failure(at, triplet, argument_hash, met, s);
          },
          [&](const CallSentBy&) { return Flow::kDone; },  // not a result: call() has handled it
      },
      met.state);
}

Executor::Flow Executor::meet_failure(air::InstructionId at, TetrapletId triplet,
                                      CidId argument_hash, const Met<CallState>& met,
                                      const CallFailed& state) {
  const ServiceResult* result = find_service_result(state.service_result, triplet, argument_hash);
  ValueId value;
  if (result == nullptr || !load_value(result->value, value)) return failed_read(at);

  // {"message","ret_code"}, or the two in an array.
  const std::string_view text = stores_.text(value);
  std::optional<std::string_view> ret_code;
  std::optional<std::string_view> message;
  if (text[0] == '{') {
    ret_code = json::find_member(text, "ret_code");
    message = json::find_member(text, "message");
  } else if (text[0] == '[') {
    if (const auto items = json::array_items(text); items.size() == 2) {
      ret_code = items[0];
      message = items[1];
    }
  }
  const auto number = ret_code ? json::as_int64(*ret_code) : std::nullopt;
  if (!number || *number < INT32_MIN || *number > INT32_MAX || !message || (*message)[0] != '"')
    return failed(at, {.kind = FaultKind::kFailureMalformed, .value = value});

  now_.complete = false;
  register_cid(stores_[triplet].peer, state.service_result);
  trace_.push_met(state, met.previous_pos, met.current_pos);
  now_.error = {
      .kind = FaultKind::kServiceError, .number = *number, .text = json::unquote(*message)};
  return failed_with_triplet(at, triplet);
}

// --- results that arrive now -------------------------------------------------------------

Executor::Flow Executor::take_result(air::InstructionId at, const air::Call& call,
                                     TetrapletId triplet, CidId argument_hash,
                                     const CallResult& result) {
  if (result.ret_code != 0)
    return record_failure(at, triplet, argument_hash, result.ret_code, std::string(result.result));
  const auto canonical = json::check(result.result);
  if (!canonical)
    return record_failure(
        at, triplet, argument_hash, kNotJsonRetCode,
        fmt::format("call_service result 'ret_code: 0, result: '{}'' can't be serialized or "
                    "deserialized with an error: {}",
                    result.result, canonical.error().text));
  // Many services give back what they were given: then there is one copy of it, with one hash.
  const auto given = std::ranges::find_if(
      arguments_, [&](ValueId argument) { return stores_.text(argument) == result.result; });
  const ValueId value = given != arguments_.end() ? *given
                        : *canonical              ? stores_.add_value(result.result)
                                     : stores_.add_value(json::canonicalize(result.result));
  const TextId peer = stores_[triplet].peer;
  if (call.output.is_none()) {
    trace_.push(CallUnused{stores_.cid_of(value)});
    return Flow::kDone;
  }
  const CidId cid = stores_.admit(
      ServiceResult{stores_.admit_value(value), argument_hash, stores_.admit_tetraplet(triplet)});
  register_new_cid(peer, cid);
  const ValueRef ref{value, triplet, ValueRef::kNotAnItem, {ProvenanceKind::kServiceResult, cid}};
  if (tree()[call.output].kind == air::NameKind::kStream) {
    const std::uint32_t pos = trace_.push(CallStream{cid});
    return add_to_stream(at, ref, GenerationSource::kNew, 0, pos);
  }
  trace_.push(CallScalar{cid});
  return set_scalar(at, call.output, ref);
}

Executor::Flow Executor::record_failure(air::InstructionId at, TetrapletId triplet,
                                        CidId argument_hash, std::int32_t ret_code,
                                        std::string message) {
  std::string text = R"({"message":)";
  json::append_quoted(text, message);
  text += fmt::format(R"(,"ret_code":{}}})", ret_code);
  const CidId cid = stores_.admit(ServiceResult{stores_.admit_value(stores_.add_value(text)),
                                                argument_hash, stores_.admit_tetraplet(triplet)});
  register_new_cid(stores_[triplet].peer, cid);
  trace_.push(CallFailed{cid});
  now_.error = {.kind = FaultKind::kServiceError, .number = ret_code, .text = std::move(message)};
  return failed_with_triplet(at, triplet);
}

}  // namespace aqua::vm

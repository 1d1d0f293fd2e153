#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "air/printer.h"
#include "json/text.h"
#include "vm/executor.h"

// The two error slots, %last_error% and :error:, and `fail`.

namespace aqua::vm {

namespace {

constexpr std::string_view kNoError = R"({"error_code":0,"message":""})";

// An unequal comparison is how scripts branch: it does not count as the last error.
bool is_comparison(FaultKind kind) {
  return kind == FaultKind::kMatchUnequal || kind == FaultKind::kMismatchEqual;
}

}  // namespace

// While an error passes outwards, the flags keep what its first instruction wrote; they are raised
// again by the xor that catches it, and %last_error%'s by the par that survives it.
void Executor::set_slots(air::InstructionId at, TextId peer_of_error, TetrapletId tetraplet) {
  now_.failed_at = at;
  if (!is_catchable(code_of(now_.error.kind))) return;
  const TextId peer = tetraplet.has_value() ? stores_[tetraplet].peer : current_peer_;
  if (now_.last_error.can_set && !is_comparison(now_.error.kind)) {
    now_.last_error = {.content = Slot::Content::kFault,
                       .fault = now_.error,
                       .at = at,
                       .peer = peer,
                       .tetraplet = tetraplet,
                       .can_set = false};
  }
  if (now_.error_slot.can_set) {
    now_.error_slot = {.content = Slot::Content::kFault,
                       .fault = now_.error,
                       .at = at,
                       .peer = peer_of_error,
                       .tetraplet = tetraplet,
                       .can_set = false};
  }
}

Executor::Flow Executor::failed(air::InstructionId at, Fault fault) {
  now_.error = std::move(fault);
  return failed_read(at);
}

Executor::Flow Executor::failed_read(air::InstructionId at) {
  set_slots(at, TextId::none(), TetrapletId::none());
  return Flow::kFailed;
}

Executor::Flow Executor::failed_with_peer(air::InstructionId at) {
  set_slots(at, current_peer_, TetrapletId::none());
  return Flow::kFailed;
}

Executor::Flow Executor::failed_with_triplet(air::InstructionId at, TetrapletId triplet) {
  set_slots(at, stores_[triplet].peer, triplet);
  return Flow::kFailed;
}

Executor::Flow Executor::fail_trace(air::InstructionId at, TraceFault fault) {
  now_.failed_at = at;
  now_.error = {.kind = FaultKind::kTraceContradiction,
                .text = fmt::format("on instruction '{}' trace handler encountered an error: {}",
                                    air::print_instruction(tree(), at), fault.text)};
  return Flow::kFailed;
}

ValueId Executor::error_object(const Fault& fault, air::InstructionId at, TextId peer) {
  std::string text =
      fmt::format(R"({{"error_code":{},"instruction":)", static_cast<int>(code_of(fault.kind)));
  json::append_quoted(text, air::print_instruction(tree(), at));
  text += R"(,"message":)";
  json::append_quoted(text, message_of(fault, stores_));
  if (peer.has_value()) {
    text += R"(,"peer_id":)";
    json::append_quoted(text, stores_.texts[peer]);
  }
  text += '}';
  return stores_.intern_value(text);
}

ValueId Executor::slot_value(Slot& slot) {
  switch (slot.content) {
    case Slot::Content::kNoError: return stores_.intern_value(kNoError);
    case Slot::Content::kValue: return slot.value;
    case Slot::Content::kFault:
      if (slot.value.is_none()) slot.value = error_object(slot.fault, slot.at, slot.peer);
      return slot.value;
  }
  return slot.value;
}

// --- fail ------------------------------------------------------------------------------

Executor::Flow Executor::fail_literal(air::InstructionId at, const air::FailLiteral& fail) {
  std::string text = fmt::format(R"({{"error_code":{},"instruction":)", fail.code);
  json::append_quoted(text, air::print_instruction(tree(), at));
  text += R"(,"message":)";
  json::append_quoted(text, fail.message);
  text += R"(,"peer_id":)";
  json::append_quoted(text, parameters_.init_peer_id);
  text += '}';
  const ValueId object = stores_.intern_value(text);
  now_.last_error = {.content = Slot::Content::kValue, .at = at, .value = object, .can_set = false};
  now_.complete = false;
  return failed(at, {.kind = FaultKind::kUserFail, .value = object});
}

// An error object: a map with a non-zero integer error_code and a string message.
bool Executor::check_error_object(ValueId value) {
  const auto reject = [&](FaultKind kind) {
    read_failed(kind, value);
    return false;
  };
  const std::string_view text = stores_.text(value);
  if (text[0] != '{') return reject(FaultKind::kErrorNotObject);
  const auto code = json::find_member(text, "error_code");
  if (!code) return reject(FaultKind::kErrorWithoutCode);
  if (json::kind_of(*code) != json::Kind::kInteger) return reject(FaultKind::kErrorCodeType);
  const auto number = json::as_int64(*code);
  if (!number) return reject(FaultKind::kErrorCodeTooLarge);
  if (*number == 0) return reject(FaultKind::kErrorCodeZero);
  const auto message = json::find_member(text, "message");
  if (!message) return reject(FaultKind::kErrorWithoutMessage);
  if (json::kind_of(*message) != json::Kind::kString) return reject(FaultKind::kErrorMessageType);
  return true;
}

Executor::Flow Executor::fail_value(air::InstructionId at, const air::FailValue& fail) {
  Resolved resolved;
  // A variable that is not there is an error here: a failure does not wait.
  if (resolve(tree()[fail.value], Origins::kWant, resolved) != Read::kOk ||
      !check_error_object(resolved.ref.value))
    return failed_read(at);
  now_.complete = false;
  now_.last_error = {.content = Slot::Content::kValue,
                     .at = at,
                     .value = resolved.ref.value,
                     .tetraplet = tetraplet_of(stores_, resolved.ref),
                     .provenance = resolved.ref.provenance,
                     .can_set = false};
  if (std::holds_alternative<air::ErrorSlot>(tree()[fail.value])) {
    now_.error_slot.can_set = false;
    if (now_.has_original_error) {
      now_.error = now_.original_error;
      now_.failed_at = at;
      return Flow::kFailed;
    }
  }
  return failed(at, {.kind = FaultKind::kUserFail, .value = resolved.ref.value});
}

}  // namespace aqua::vm

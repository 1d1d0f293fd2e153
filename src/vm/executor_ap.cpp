#include <cstdint>
#include <utility>

#include "json/text.h"
#include "vm/executor.h"

namespace aqua::vm {

Executor::Flow Executor::ap(air::InstructionId at, const air::Ap& ap) {
  Resolved value;
  switch (resolve(tree()[ap.value], Origins::kWant, value)) {
    case Read::kOk: break;
    case Read::kJoin: return wait_for_variable(at);
    case Read::kFailed: return failed_read(at);
  }
  if (tree()[ap.target].kind == air::NameKind::kScalar)
    return set_scalar(at, ap.target, copied(value));

  auto met = trace_.meet_ap();
  if (!met) return fail_trace(at, std::move(met.error()));
  const auto merged =
      met->value_or(Met<ApState>{{}, GenerationSource::kNew, kNoPosition, kNoPosition});
  const std::uint32_t pos = trace_.push_met(ApState{}, merged.previous_pos, merged.current_pos);
  return add_to_stream(at, copied(value), merged.source, merged.state.generation, pos);
}

// The state is taken before the key is looked at: a key that is not there or does not fit loses it.
// Other peers do the same, so it has to be so.
Executor::Flow Executor::ap_map(air::InstructionId at, const air::ApMap& ap) {
  Resolved value;
  switch (resolve(tree()[ap.value], Origins::kWant, value)) {
    case Read::kOk: break;
    case Read::kJoin: return wait_for_variable(at);
    case Read::kFailed: return failed_read(at);
  }
  auto met = trace_.meet_ap();
  if (!met) return fail_trace(at, std::move(met.error()));
  Resolved key;
  switch (resolve(tree()[ap.key], Origins::kSkip, key)) {
    case Read::kOk: break;
    case Read::kJoin: return wait_for_variable(at);
    case Read::kFailed: return failed_read(at);
  }
  const json::Kind kind = json::kind_of(stores_.text(key.ref.value));
  if (kind != json::Kind::kString && kind != json::Kind::kInteger)
    return failed(at, {.kind = FaultKind::kMapKeyType, .name = tree()[ap.map].text});

  const auto merged =
      met->value_or(Met<ApState>{{}, GenerationSource::kNew, kNoPosition, kNoPosition});
  const std::uint32_t pos = trace_.push_met(ApState{}, merged.previous_pos, merged.current_pos);
  ValueRef pair = copied(value);
  pair.value = stores_.pair(key.ref.value, value.ref.value);
  return add_to_stream(at, pair, merged.source, merged.state.generation, pos);
}

}  // namespace aqua::vm

#include "sim/journey_recorder.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/overloaded.h"
#include "sim/simulation.h"

namespace aqua::sim {

using report::CallIndex;
using report::PeerIndex;
using report::StepIndex;

report::WaitingFor shown_wait(const vm::WaitingFor& what, const vm::ParticleStores& stores,
                              const air::Tree& tree, const Identities& identities,
                              const std::map<std::uint32_t, CallIndex>& host_calls) {
  using What = report::WaitingFor;
  const auto other_peer = [&](vm::TextId id, vm::TextId sender) {
    const std::string_view peer_id = stores.texts[id];
    const PeerIndex found = identities.find(peer_id);
    return report::ForPeer{
        .peer = found,
        .name = found.is_none() ? std::string(peer_id) : identities.name(found),
        .sender = sender.is_none() ? PeerIndex() : identities.find(stores.texts[sender])};
  };
  return std::visit(
      base::Overloaded{
          [&](const vm::WaitsForVariable& w) -> What {
            return report::ForVariable{std::string(tree[w.name].text)};
          },
          [&](const vm::WaitsForResult& w) -> What {
            return report::ForAnswer{host_calls.at(w.call_id)};
          },
          [&](const vm::WaitsForCall& w) -> What {
            return other_peer(stores[w.triplet].peer, w.sender);
          },
          [&](const vm::WaitsForCanon& w) -> What { return other_peer(w.peer, w.sender); },
          [&](const vm::WaitsForStream& w) -> What {
            return report::ForStream{std::string(tree[w.stream].text)};
          },
          [&](const vm::WaitsForMoreValues& w) -> What {
            return report::ForMoreValues{std::string(tree[w.stream].text)};
          },
          [&](const vm::WaitsForever&) -> What { return report::Forever{}; },
          [&](const vm::Failed& w) -> What {
            return report::Failed{static_cast<std::int64_t>(w.code), identities.shown(w.message)};
          },
      },
      what);
}

void JourneyRecorder::ran(PeerIndex on, const peer::Ran& ran, const vm::ParticleStores& stores,
                          const air::Tree& tree, std::uint64_t at_ms) {
  last_steps_[on] = StepIndex(journey_.steps.size());
  report::Step& step = journey_.steps.emplace_back();
  step.peer = on;
  step.at_ms = at_ms;
  if (ran.took_data) step.from = identities_.find(ran.from);
  for (const std::uint32_t call_id : ran.answers)
    step.answers.push_back(host_calls_[on.value].at(call_id));
  step.code = static_cast<std::int64_t>(ran.outcome.code);
  step.message = identities_.shown(ran.outcome.message);
  step.failed_at = ran.outcome.failed_at;
  step.complete = ran.outcome.complete;
  // Requests of this run are waits already, before they are made.
  for (const vm::CallRequest& request : ran.outcome.requests) {
    const CallIndex index(journey_.calls.size());
    report::Call& call = journey_.calls.emplace_back();
    call.peer = on;
    call.step = last_steps_[on];
    call.at = request.instruction;
    call.service = identities_.shown(stores.texts[request.service]);
    call.function = identities_.shown(stores.texts[request.function]);
    for (const vm::ValueId argument : request.arguments)
      call.arguments.push_back(identities_.shown(stores.text(argument)));
    call.asked_at_ms = at_ms;
    step.calls.push_back(index);
    host_calls_[on.value].emplace(request.id, index);
  }
  const std::size_t count = std::min(ran.outcome.waiting.size(), kWaitsMax);
  for (std::size_t i = 0; i < count; ++i) {
    const vm::Waiting& waiting = ran.outcome.waiting[i];
    step.waits.push_back(
        {.at = waiting.at,
         .what = shown_wait(waiting.what, stores, tree, identities_, host_calls_[on.value]),
         .in_background = waiting.in_background});
  }
}

void JourneyRecorder::called(PeerIndex on, const peer::Call& call, std::uint64_t at_ms) {
  journey_.calls[host_calls_[on.value].at(call.call_id).value].asked_at_ms = at_ms;
}

void JourneyRecorder::sent(PeerIndex from, const peer::Send& send, PeerIndex to) {
  if (to.is_none()) {
    step_of(from).unreachable.push_back(identities_.shown(send.to));
  } else {
    step_of(from).sends_to.push_back(to);
    if (send.particle.data != nullptr) step_of(from).sent_bytes = send.particle.data->size();
  }
}

void JourneyRecorder::not_sent(PeerIndex from, PeerIndex to, std::string why) {
  step_of(from).undelivered.push_back({to, std::move(why)});
}

void JourneyRecorder::answered(PeerIndex on, std::uint32_t call_id, const report::Answer& answer,
                               std::uint64_t at_ms) {
  report::Call& call = journey_.calls[host_calls_[on.value].at(call_id).value];
  if (call.answer) return;
  call.answer = report::Answer{answer.ret_code, identities_.shown(answer.result)};
  call.answered_at_ms = at_ms;
}

report::Step& JourneyRecorder::step_of(PeerIndex peer) {
  const auto found = last_steps_.find(peer);
  AQUA_CHECK(found != last_steps_.end(), "peer {} sends without a run", peer.value);
  return journey_.steps[found->second.value];
}

}  // namespace aqua::sim

#include "sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "air/printer.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "json/writer.h"
#include "sim/identities.h"
#include "sim/journey_recorder.h"
#include "sim/peer_literals.h"
#include "sim/random.h"
#include "sim/stub_services.h"
#include "sim/trace_text.h"
#include "vm/run.h"

namespace aqua::sim {

using base::Overloaded;
using report::CallIndex;
using report::PeerIndex;
using report::Step;
using report::StepIndex;

namespace {

// The script as it travels: with peer ids instead of names. Its instructions have the same numbers.
std::shared_ptr<const vm::Script> prepare(const air::Tree& written, const Identities& identities) {
  auto script = vm::Script::prepare(air::print(with_resolved_literals(written, identities)));
  AQUA_CHECK(script.has_value(), "a valid script became invalid: {}", script.error()[0].message);
  return std::move(*script);
}

// On its way to a peer.
struct Message {
  PeerIndex from;
  PeerIndex to;
  std::shared_ptr<const base::Bytes> data;
};
struct Answers {
  PeerIndex to;
  std::vector<CallIndex> calls;  // with their answers
};
using Event = std::variant<Message, Answers>;

PeerIndex receiver_of(const Event& event) {
  return std::visit([](const auto& e) { return e.to; }, event);
}

// What one run takes in.
struct Input {
  PeerIndex peer;
  PeerIndex from;
  std::shared_ptr<const base::Bytes> data;
  std::vector<CallIndex> answers;

  void add(Event event) {
    std::visit(Overloaded{
                   [&](Message& message) {
                     from = message.from;
                     data = std::move(message.data);
                   },
                   [&](Answers& more) {
                     answers.insert(answers.end(), more.calls.begin(), more.calls.end());
                   },
               },
               event);
  }
};

class Simulation {
 public:
  Simulation(const Scenario& scenario, const Options& options)
      : options_(options),
        identities_(scenario.peers, options.seed),
        script_(prepare(scenario.tree, identities_)),
        services_(scenario, identities_),
        random_(options.seed),
        host_calls_(scenario.peers.size()) {
    for (std::size_t i = 0; i < scenario.peers.size(); ++i) {
      journey_.peers.push_back({.name = scenario.peers[i]});
      states_.push_back(std::make_unique<vm::ParticleState>(options.seed));
    }
  }

  report::Journey run() {
    Input start;
    start.peer = PeerIndex(0u);
    step(std::move(start));
    while (!events_.empty() && journey_.steps.size() < options_.steps_max) step(next_input());
    journey_.undelivered = events_.size();
    for (std::size_t i = 0; i < states_.size(); ++i) measure(PeerIndex(i));
    journey_.notes = services_.calls_without_stub();
    const bool finished = std::ranges::any_of(journey_.steps, &Step::complete);
    if (finished)
      std::ranges::move(services_.stubs_without_call(), std::back_inserter(journey_.notes));
    return std::move(journey_);
  }

 private:
  // --- what comes next -----------------------------------------------------------------

  Input next_input() {
    const bool in_order = options_.seed == 0;
    Input input;
    Event first = take_event(in_order ? 0 : random_.below(events_.size()));
    input.peer = receiver_of(first);
    input.add(std::move(first));
    if (!in_order) add_more(input);
    return input;
  }

  // Hosts give a run all answers that are there, and data that came in the meantime.
  void add_more(Input& input) {
    for (std::size_t i = 0; i < events_.size();) {
      const bool fits = receiver_of(events_[i]) == input.peer &&
                        (std::holds_alternative<Answers>(events_[i]) || input.data == nullptr);
      if (fits && random_.below(2) == 0) {
        input.add(take_event(i));
      } else {
        ++i;
      }
    }
  }

  Event take_event(std::size_t index) {
    const auto at = events_.begin() + static_cast<std::ptrdiff_t>(index);
    Event event = std::move(*at);
    events_.erase(at);
    return event;
  }

  // --- one run ---------------------------------------------------------------------------

  void step(Input input) {
    const StepIndex index(journey_.steps.size());
    vm::ParticleState& state = state_of(input.peer);
    const std::vector<vm::CallResult> results = results_of(input);
    const vm::RunParameters parameters{.init_peer_id = identities_.peer_id(PeerIndex(0u)),
                                       .current_peer_id = identities_.peer_id(input.peer),
                                       .timestamp_ms = kTimestampMs,
                                       .ttl_ms = kTtlMs,
                                       .particle_id = kParticleId,
                                       .explain_waiting = true};
    const base::ByteView data =
        input.data == nullptr ? base::ByteView() : base::ByteView(*input.data);
    if (!data.empty()) vm::sign_pending(state, identities_.key(input.peer), kParticleId);
    const vm::RunOutcome outcome = vm::run(script_, state, data, results, parameters);

    Step& step = journey_.steps.emplace_back();
    step.peer = input.peer;
    step.from = input.from;
    step.answers = std::move(input.answers);
    step.code = static_cast<std::int64_t>(outcome.code);
    step.message = identities_.shown(outcome.message);
    step.failed_at = outcome.failed_at;
    step.complete = outcome.complete;
    if (options_.record_trace) {
      for (const std::string& line : trace_text(state))
        step.trace.push_back(identities_.shown(line));
    }
    // As hosts do: an error that the script could have caught keeps nobody from going on.
    if (outcome.changed_state) {
      make_calls(index, outcome.requests);
      send(index, outcome.next_peers);
    }
    keep_waits(index, outcome.waiting);
  }

  std::vector<vm::CallResult> results_of(const Input& input) {
    std::vector<vm::CallResult> results;
    for (const CallIndex call : input.answers) {
      const PendingAnswer& pending = answers_[call.value];
      results.push_back({pending.call_id, pending.answer.ret_code, pending.answer.result});
    }
    return results;
  }

  void make_calls(StepIndex index, const std::vector<vm::CallRequest>& requests) {
    const PeerIndex peer = step_at(index).peer;
    Answers together{.to = peer, .calls = {}};
    for (const vm::CallRequest& request : requests) {
      const CallIndex call(journey_.calls.size());
      std::optional<report::Answer> answer = make_call(index, request);
      step_at(index).calls.push_back(call);
      host_calls_[peer.value].emplace(request.id, call);
      answers_.push_back({fmt::format("{}", request.id), answer.value_or(report::Answer{})});
      if (!answer) continue;
      if (options_.seed == 0) {
        together.calls.push_back(call);
      } else {
        events_.emplace_back(Answers{.to = peer, .calls = {call}});
      }
    }
    if (!together.calls.empty()) events_.emplace_back(std::move(together));
  }

  std::optional<report::Answer> make_call(StepIndex index, const vm::CallRequest& request) {
    const PeerIndex peer = step_at(index).peer;
    const vm::ParticleStores& stores = state_of(peer).stores;
    std::vector<std::string> arguments;
    arguments.reserve(request.arguments.size());
    for (const vm::ValueId argument : request.arguments)
      arguments.emplace_back(stores.text(argument));
    const std::optional<report::Answer> answer =
        services_.answer({.peer = peer,
                          .service = stores.texts[request.service],
                          .function = stores.texts[request.function],
                          .arguments = arguments,
                          .tetraplets = tetraplets_of(stores, request)});
    report::Call& call = journey_.calls.emplace_back();
    call.peer = peer;
    call.step = index;
    call.at = request.instruction;
    call.service = identities_.shown(stores.texts[request.service]);
    call.function = identities_.shown(stores.texts[request.function]);
    for (const std::string& argument : arguments)
      call.arguments.push_back(identities_.shown(argument));
    if (answer) call.answer = report::Answer{answer->ret_code, identities_.shown(answer->result)};
    return answer;
  }

  static std::string tetraplets_of(const vm::ParticleStores& stores,
                                   const vm::CallRequest& request) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& of_argument : request.tetraplets) {
      writer.begin_array();
      for (const vm::TetrapletId id : of_argument) {
        const vm::Tetraplet& t = stores[id];
        writer.begin_object();
        writer.key("peer_pk").string(stores.texts[t.peer]);
        writer.key("service_id").string(stores.texts[t.service]);
        writer.key("function_name").string(stores.texts[t.function]);
        writer.key("lens").string(stores.texts[t.lens]);
        writer.end_object();
      }
      writer.end_array();
    }
    writer.end_array();
    return writer.take();
  }

  void send(StepIndex index, const std::vector<vm::TextId>& next_peers) {
    if (next_peers.empty()) return;
    const PeerIndex from = step_at(index).peer;
    vm::ParticleState& state = state_of(from);
    auto data = std::make_shared<base::Bytes>();
    vm::encode(state, identities_.key(from), kParticleId, *data);
    for (const vm::TextId next : next_peers) {
      const std::string_view peer_id = state.stores.texts[next];
      const PeerIndex to = identities_.find(peer_id);
      if (to.is_none()) {
        step_at(index).unreachable.push_back(identities_.shown(peer_id));
      } else {
        step_at(index).sends_to.push_back(to);
        events_.emplace_back(Message{.from = from, .to = to, .data = data});
      }
    }
  }

  // --- what is told about it -----------------------------------------------------------

  void keep_waits(StepIndex index, const std::vector<vm::Waiting>& waiting) {
    const PeerIndex peer = step_at(index).peer;
    const std::size_t count = std::min(waiting.size(), kWaitsMax);
    for (std::size_t i = 0; i < count; ++i) {
      step_at(index).waits.push_back(
          {.at = waiting[i].at,
           .what = shown_wait(waiting[i].what, state_of(peer).stores, script_->tree(), identities_,
                              host_calls_[peer.value]),
           .in_background = waiting[i].in_background});
    }
  }

  void measure(PeerIndex peer) {
    vm::ParticleState& state = state_of(peer);
    base::Bytes data;
    vm::encode(state, identities_.key(peer), kParticleId, data);
    report::Peer& shown = journey_.peers[peer.value];
    shown.state_count = state.data.trace.states.size();
    shown.signature_count = state.data.signatures.size();
    shown.data_size_bytes = data.size();
  }

  // References into the journey do not outlive its growth.
  Step& step_at(StepIndex index) { return journey_.steps[index.value]; }
  vm::ParticleState& state_of(PeerIndex peer) { return *states_[peer.value]; }

  struct PendingAnswer {
    std::string call_id;
    report::Answer answer;
  };

  const Options& options_;
  Identities identities_;
  std::shared_ptr<const vm::Script> script_;
  StubServices services_;
  Random random_;
  std::vector<std::unique_ptr<vm::ParticleState>> states_;      // by peer
  std::vector<std::map<std::uint32_t, CallIndex>> host_calls_;  // by peer: its call ids
  std::vector<PendingAnswer> answers_;  // by CallIndex, as services gave them
  std::vector<Event> events_;           // in the order in which they were sent
  report::Journey journey_;
};

}  // namespace

report::Journey simulate(const Scenario& scenario, const Options& options) {
  return Simulation(scenario, options).run();
}

}  // namespace aqua::sim

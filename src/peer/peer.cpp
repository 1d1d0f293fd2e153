#include "peer/peer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::peer {

namespace {

constexpr std::int32_t kServiceErrorCode = 1;

DeliveryReport report_on(const ParticleHeader& header, std::uint64_t now_ms) {
  DeliveryReport report;
  report.particle = header.signature;
  report.particle_id = header.id;
  report.at_ms = now_ms;
  return report;
}

}  // namespace

void Peer::handle(Event event, std::uint64_t now_ms, std::vector<Effect>& effects) {
  // First, so that nothing is done for what is over.
  forget_expired(now_ms, effects);
  end_late_calls(now_ms, effects);
  std::visit([&](auto& e) { on(std::move(e), now_ms, effects); }, event);
  ask_to_be_woken(effects);
}

vm::ParticleState* Peer::state(ParticleKey key) {
  const Entry* const entry = find(key);
  return entry == nullptr ? nullptr : entry->state.get();
}

const vm::Script* Peer::script(ParticleKey key) const {
  const auto found = by_key_.find(key.value);
  return found == by_key_.end() ? nullptr : found->second->script.get();
}

Peer::Entry* Peer::find(ParticleKey key) {
  const auto found = by_key_.find(key.value);
  return found == by_key_.end() ? nullptr : found->second;
}

// --- events ----------------------------------------------------------------------------

void Peer::on(Arrived&& arrived, Time now_ms, std::vector<Effect>& effects) {
  const auto known = entries_.find(arrived.particle.header->signature);
  Entry* entry = known == entries_.end() ? nullptr : known->second.get();
  if (entry != nullptr) {
    // Only its data counts: what was signed is known.
    if (arrived.particle.data != nullptr &&
        arrived.particle.data->size() > options_.limits.data_bytes_max)
      return refuse(std::move(arrived), Refusal::kTooLarge, now_ms, effects);
    if (entry->copies.size() >= options_.limits.copies_waiting_max)
      return refuse(std::move(arrived), Refusal::kBusy, now_ms, effects);
  } else {
    if (const auto why = why_refused(arrived, now_ms))
      return refuse(std::move(arrived), *why, now_ms, effects);
    std::shared_ptr<const vm::Script> script =
        scripts_.find_or_prepare(arrived.particle.header->script);
    if (script == nullptr) return refuse(std::move(arrived), Refusal::kBadScript, now_ms, effects);
    make_room(arrived.particle.header->init_peer_id, effects);
    entry = &admit(arrived.particle, std::move(script));
    entry->came_from = arrived.from;
  }
  entry->copies.push_back({std::move(arrived.from), std::move(arrived.particle.data)});
  schedule_run(*entry, effects);
}

void Peer::on(Answered&& answered, Time now_ms, std::vector<Effect>& effects) {
  Entry* const entry = find(answered.particle);
  if (entry == nullptr) return;
  const auto call = entry->in_flight.find(answered.call_id);
  if (call == entry->in_flight.end()) return;
  calls_by_end_.erase({call->second, entry->key.value, answered.call_id});
  entry->in_flight.erase(call);
  if (answered.answer.result.size() > options_.limits.result_bytes_max) {
    answered.answer = {
        kServiceErrorCode,
        json::quoted(fmt::format("the result has {} bytes, more than {}",
                                 answered.answer.result.size(), options_.limits.result_bytes_max))};
  }
  entry->results.push_back({answered.call_id, std::move(answered.answer)});
  start_calls(*entry, now_ms, effects);
  schedule_run(*entry, effects);
}

void Peer::on(RunNow&& run, Time now_ms, std::vector<Effect>& effects) {
  Entry* const entry = find(run.particle);
  if (entry == nullptr || !entry->run_is_scheduled) return;
  entry->run_is_scheduled = false;
  run_once(*entry, now_ms, effects);
  if (!entry->copies.empty() || !entry->results.empty()) schedule_run(*entry, effects);
  note_rest(*entry);
}

void Peer::on(SendFailed&& failed, Time now_ms, std::vector<Effect>& effects) {
  Entry* const entry = find(failed.particle);
  if (entry == nullptr || entry->report_count >= options_.limits.reports_per_particle_max) return;
  DeliveryReport report = report_on(*entry->header, now_ms);
  report.from = key_.peer_id();
  report.to = std::move(failed.to);
  report.why = kUnreachable;
  report.detail = std::move(failed.detail);
  sign(report, key_);
  pass_on(*entry, std::move(report), effects);
}

void Peer::on(ReportArrived&& arrived, Time, std::vector<Effect>& effects) {
  const auto known = entries_.find(arrived.report.particle);
  if (known == entries_.end()) return;
  Entry& entry = *known->second;
  if (entry.report_count >= options_.limits.reports_per_particle_max) return;
  if (!has_valid_signature(arrived.report)) return;
  pass_on(entry, std::move(arrived.report), effects);
}

void Peer::on(Woke&&, Time, std::vector<Effect>&) { woken_at_ms_ = 0; }

// --- coming and going ----------------------------------------------------------------------

std::optional<Refusal> Peer::why_refused(const Arrived& arrived, Time now_ms) const {
  const Limits& limits = options_.limits;
  const Particle& particle = arrived.particle;
  const ParticleHeader& header = *particle.header;
  if (is_expired(header, now_ms)) return Refusal::kExpired;
  if (header.timestamp_ms > now_ms && header.timestamp_ms - now_ms > limits.clock_skew_ms_max)
    return Refusal::kFromTheFuture;
  if (header.ttl_ms > limits.ttl_ms_max) return Refusal::kTtlTooLong;
  if (header.id.size() > limits.id_bytes_max || header.script.size() > limits.script_bytes_max ||
      (particle.data != nullptr && particle.data->size() > limits.data_bytes_max))
    return Refusal::kTooLarge;
  if (entries_.size() >= limits.particles_max) return Refusal::kTooManyParticles;
  const bool is_full = is_at_its_limit(header.init_peer_id) && !can_make_room(header.init_peer_id);
  if (is_full || forgotten_.contains(header.signature)) return Refusal::kTooManyOfInitiator;
  // What this peer has just signed itself it need not verify.
  const bool is_own = arrived.from.empty() && header.init_peer_id == key_.peer_id();
  if (!is_own && !has_valid_signature(header)) return Refusal::kBadSignature;
  return std::nullopt;
}

void Peer::refuse(Arrived&& arrived, Refusal why, Time now_ms, std::vector<Effect>& effects) {
  // A forged particle has no sender who could learn from it; a busy peer is asked again.
  const bool tells =
      !arrived.from.empty() && why != Refusal::kBadSignature && why != Refusal::kBusy;
  if (tells && has_room_for_report(now_ms)) {
    DeliveryReport report = report_on(*arrived.particle.header, now_ms);
    report.from = arrived.from;
    report.to = key_.peer_id();
    report.why = word_of(why);
    sign(report, key_);
    effects.push_back(SendReport{arrived.from, std::move(report)});
  }
  effects.push_back(Refused{std::move(arrived.from), std::move(arrived.particle), why});
}

bool Peer::has_room_for_report(Time now_ms) {
  if (now_ms / 1000 != reports_second_) {
    reports_second_ = now_ms / 1000;
    reports_in_second_ = 0;
  }
  return reports_in_second_++ < options_.limits.reports_per_second_max;
}

// Towards the init peer, the way the particle came.
void Peer::pass_on(Entry& entry, DeliveryReport report, std::vector<Effect>& effects) {
  ++entry.report_count;
  if (entry.header->init_peer_id == key_.peer_id()) {
    effects.push_back(Reported{entry.key, std::move(report)});
  } else if (!entry.came_from.empty()) {
    effects.push_back(SendReport{entry.came_from, std::move(report)});
  }
}

Peer::Entry& Peer::admit(const Particle& particle, std::shared_ptr<const vm::Script> script) {
  auto entry = std::make_unique<Entry>();
  entry->key = ParticleKey{++last_key_};
  entry->header = particle.header;
  entry->script = std::move(script);
  entry->state = std::make_unique<vm::ParticleState>(options_.hash_seed);
  entry->deadline_ms = *deadline_ms(*particle.header);  // it is not expired
  by_deadline_.emplace(entry->deadline_ms, entry->key.value);
  by_key_.emplace(entry->key.value, entry.get());
  ++count_by_initiator_[particle.header->init_peer_id];
  return *entries_.emplace(particle.header->signature, std::move(entry)).first->second;
}

void Peer::forget_expired(Time now_ms, std::vector<Effect>& effects) {
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= now_ms) {
    forget(*find(ParticleKey{by_deadline_.begin()->second}), effects);
  }
  while (!forgotten_by_deadline_.empty() && forgotten_by_deadline_.begin()->first <= now_ms) {
    forgotten_.erase(forgotten_by_deadline_.begin()->second);
    forgotten_by_deadline_.erase(forgotten_by_deadline_.begin());
  }
}

void Peer::forget(Entry& entry, std::vector<Effect>& effects) {
  by_deadline_.erase({entry.deadline_ms, entry.key.value});
  for (const auto& [call_id, end_ms] : entry.in_flight) {
    calls_by_end_.erase({end_ms, entry.key.value, call_id});
    effects.push_back(CancelCall{entry.key, call_id});
  }
  effects.push_back(Forgotten{entry.key});
  const std::string& initiator = entry.header->init_peer_id;
  note_no_rest(entry);
  const auto of_initiator = count_by_initiator_.find(initiator);
  if (--of_initiator->second == 0) count_by_initiator_.erase(of_initiator);
  by_key_.erase(entry.key.value);
  entries_.erase(crypto::Signature(entry.header->signature));  // a copy: the entry goes with it
}

bool Peer::is_at_its_limit(std::string_view initiator) const {
  const auto count = count_by_initiator_.find(initiator);
  return count != count_by_initiator_.end() &&
         count->second >= options_.limits.particles_per_initiator_max;
}

bool Peer::can_make_room(std::string_view initiator) const {
  return resting_.contains(initiator) && forgotten_.size() < options_.limits.forgotten_max;
}

void Peer::make_room(std::string_view initiator, std::vector<Effect>& effects) {
  if (!is_at_its_limit(initiator)) return;
  Entry& oldest = *find(ParticleKey{*resting_.find(initiator)->second.begin()});
  forgotten_.emplace(oldest.header->signature, oldest.deadline_ms);
  forgotten_by_deadline_.emplace(oldest.deadline_ms, oldest.header->signature);
  forget(oldest, effects);
}

// What began here is not given up: somebody waits for its end.
void Peer::note_rest(Entry& entry) {
  if (entry.run_is_scheduled || !entry.in_flight.empty() || !entry.held_back.empty() ||
      entry.header->init_peer_id == key_.peer_id())
    return;
  resting_[entry.header->init_peer_id].insert(entry.key.value);
}

void Peer::note_no_rest(const Entry& entry) {
  const auto resting = resting_.find(entry.header->init_peer_id);
  if (resting == resting_.end()) return;
  resting->second.erase(entry.key.value);
  if (resting->second.empty()) resting_.erase(resting);
}

void Peer::end_late_calls(Time now_ms, std::vector<Effect>& effects) {
  while (!calls_by_end_.empty() && calls_by_end_.begin()->at_ms <= now_ms) {
    const CallEnd late = *calls_by_end_.begin();
    effects.push_back(CancelCall{ParticleKey{late.particle}, late.call_id});
    Answer answer{kServiceErrorCode, json::quoted(fmt::format("the call was ended after {} ms",
                                                              options_.limits.call_ms_max))};
    on(Answered{ParticleKey{late.particle}, late.call_id, std::move(answer)}, now_ms, effects);
  }
}

void Peer::ask_to_be_woken(std::vector<Effect>& effects) {
  Time next = by_deadline_.empty() ? 0 : by_deadline_.begin()->first;
  if (!calls_by_end_.empty()) next = std::min(next, calls_by_end_.begin()->at_ms);
  if (next == 0 || next == woken_at_ms_) return;
  woken_at_ms_ = next;
  const bool ends_calls =
      !calls_by_end_.empty() && calls_by_end_.begin()->at_ms < by_deadline_.begin()->first;
  effects.push_back(WakeAt{next, ends_calls});
}

// --- running -------------------------------------------------------------------------------

void Peer::schedule_run(Entry& entry, std::vector<Effect>& effects) {
  if (entry.run_is_scheduled) return;
  entry.run_is_scheduled = true;
  note_no_rest(entry);
  effects.push_back(ScheduleRun{entry.key});
}

void Peer::run_once(Entry& entry, Time now_ms, std::vector<Effect>& effects) {
  Copy copy;
  Ran ran{.particle = entry.key,
          .took_data = !entry.copies.empty(),
          .from = {},
          .answers = {},
          .outcome = {}};
  if (ran.took_data) {
    copy = std::move(entry.copies.front());
    entry.copies.pop_front();
    ran.from = copy.from;
  }
  std::vector<Result> results = std::move(entry.results);
  entry.results.clear();

  std::vector<std::string> call_ids;
  call_ids.reserve(results.size());
  std::vector<vm::CallResult> call_results;
  for (const Result& result : results) {
    ran.answers.push_back(result.call_id);
    call_ids.push_back(std::to_string(result.call_id));
    call_results.push_back({call_ids.back(), result.answer.ret_code, result.answer.result});
  }
  const base::ByteView data = copy.data == nullptr ? base::ByteView() : base::ByteView(*copy.data);
  // Data of others is merged with signed data only.
  if (!data.empty()) vm::sign_pending(*entry.state, key_, entry.header->id);
  ran.outcome = vm::run(entry.script, *entry.state, data, call_results,
                        {.init_peer_id = entry.header->init_peer_id,
                         .current_peer_id = key_.peer_id(),
                         .timestamp_ms = entry.header->timestamp_ms,
                         .ttl_ms = entry.header->ttl_ms,
                         .particle_id = entry.header->id,
                         .explain_waiting = options_.explain_waiting});
  if (!ran.outcome.changed_state && !data.empty()) {
    // Somebody's bad data costs nobody a result: the next run gets them.
    entry.results = std::move(results);
    ran.answers.clear();
  }
  for (const vm::CallRequest& request : ran.outcome.requests) {
    if (ran.outcome.changed_state) entry.held_back.push_back(make_call(entry, request));
  }
  const std::vector<vm::TextId> next_peers =
      ran.outcome.changed_state ? ran.outcome.next_peers : std::vector<vm::TextId>();
  const bool changed = ran.outcome.changed_state;
  effects.push_back(std::move(ran));
  if (options_.keeps_particles && changed) keep(entry, effects);
  start_calls(entry, now_ms, effects);
  send(entry, next_peers, effects);
}

void Peer::keep(Entry& entry, std::vector<Effect>& effects) {
  auto data = std::make_shared<base::Bytes>();
  vm::encode(*entry.state, key_, entry.header->id, *data);
  effects.push_back(Keep{entry.key, entry.header, std::move(data)});
}

void Peer::send(Entry& entry, const std::vector<vm::TextId>& next_peers,
                std::vector<Effect>& effects) {
  if (next_peers.empty()) return;
  auto data = std::make_shared<base::Bytes>();
  vm::encode(*entry.state, key_, entry.header->id, *data);
  for (const vm::TextId next : next_peers) {
    effects.push_back(Send{entry.key, std::string(entry.state->stores.texts[next]),
                           Particle{entry.header, data}});
  }
}

Call Peer::make_call(const Entry& entry, const vm::CallRequest& request) const {
  const vm::ParticleStores& stores = entry.state->stores;
  Call call;
  call.particle = entry.key;
  call.call_id = request.id;
  call.header = entry.header;
  call.at = request.instruction;
  call.service = stores.texts[request.service];
  call.function = stores.texts[request.function];
  call.arguments.reserve(request.arguments.size());
  for (const vm::ValueId argument : request.arguments)
    call.arguments.emplace_back(stores.text(argument));
  call.tetraplets.reserve(request.tetraplets.size());
  for (const auto& of_argument : request.tetraplets) {
    auto& out = call.tetraplets.emplace_back();
    out.reserve(of_argument.size());
    for (const vm::TetrapletId id : of_argument) {
      const vm::Tetraplet& t = stores[id];
      out.push_back({std::string(stores.texts[t.peer]), std::string(stores.texts[t.service]),
                     std::string(stores.texts[t.function]), std::string(stores.texts[t.lens])});
    }
  }
  return call;
}

void Peer::start_calls(Entry& entry, Time now_ms, std::vector<Effect>& effects) {
  while (!entry.held_back.empty() && entry.in_flight.size() < options_.limits.calls_in_flight_max) {
    Call call = std::move(entry.held_back.front());
    entry.held_back.pop_front();
    call.deadline_ms = std::min(entry.deadline_ms, now_ms + options_.limits.call_ms_max);
    entry.in_flight.emplace(call.call_id, call.deadline_ms);
    calls_by_end_.insert({call.deadline_ms, entry.key.value, call.call_id});
    effects.push_back(std::move(call));
  }
}

}  // namespace aqua::peer

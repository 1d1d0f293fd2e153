#include "sim/embedded_network.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/overloaded.h"

namespace aqua::sim {

using report::PeerIndex;

namespace {

constexpr std::string_view kAirVersion = "0.64.1";

std::vector<std::string> names_of(const config::Network& network) {
  std::vector<std::string> names;
  for (const config::PeerEntry& peer : network.peers) names.push_back(peer.name);
  return names;
}

std::pair<std::string_view, std::string_view> link_key(std::string_view a, std::string_view b) {
  return a < b ? std::pair(a, b) : std::pair(b, a);
}

// Canned values name peers: "@bob".
services::Service with_peer_ids(services::Service service, const Identities& identities) {
  auto* const canned = std::get_if<services::CannedService>(&service.body);
  if (canned == nullptr) return service;
  for (auto& [name, function] : canned->functions) {
    for (services::CannedReply& reply : function.replies) {
      if (auto* const value = std::get_if<services::CannedValue>(&reply.answer))
        value->json = identities.resolved_json(value->json);
    }
  }
  return service;
}

services::ServiceCall service_call(const peer::Call& call, std::string_view host_peer_id) {
  services::ServiceCall out;
  out.key = {call.particle.value, call.call_id};
  out.service = call.service;
  out.function = call.function;
  out.arguments = call.arguments;
  out.deadline_ms = call.deadline_ms;
  out.context = {.particle_id = call.header->id,
                 .init_peer_id = call.header->init_peer_id,
                 .host_peer_id = std::string(host_peer_id),
                 .timestamp_ms = call.header->timestamp_ms,
                 .ttl_ms = call.header->ttl_ms,
                 .tetraplets = {}};
  for (const auto& of_argument : call.tetraplets) {
    auto& provenances = out.context.tetraplets.emplace_back();
    for (const peer::Tetraplet& t : of_argument)
      provenances.push_back({t.peer_id, t.service, t.function, t.lens});
  }
  return out;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

EmbeddedNetwork::EmbeddedNetwork(const config::Network& network, const NetworkOptions& options)
    : network_(network),
      options_(options),
      identities_(names_of(network), options.seed),
      scripts_(options.limits.scripts_max),
      random_(options.seed),
      now_ms_(options.start_ms) {
  for (std::size_t i = 0; i < network.peers.size(); ++i) {
    Host& host = hosts_.emplace_back();
    host.peer = std::make_unique<peer::Peer>(
        identities_.key(PeerIndex(i)), scripts_,
        peer::Peer::Options{.limits = options.limits,
                            .hash_seed = options.seed,
                            .explain_waiting = options.explain_waiting});
    host.desk = std::make_unique<services::ServiceDesk>(
        services::ServiceDesk::Peer{
            .key = &identities_.key(PeerIndex(i)),
            .name = network.peers[i].name,
            .air_version = kAirVersion,
            .known_peers = [this, i] { return known_peers(PeerIndex(i)); },
        },
        options.declarations);
    for (const config::Services* services : {&network.peers[i].services, &network.services}) {
      for (const auto& [id, service] : *services)
        host.desk->add(id, with_peer_ids(service, identities_));
    }
  }
  for (const config::LinkEntry& link : network.links) links_[link_key(link.a, link.b)] = &link;
}

void EmbeddedNetwork::start(PeerIndex on, peer::Particle particle) {
  handle(on, peer::Arrived{"", std::move(particle)});
}

bool EmbeddedNetwork::step() {
  if (!next_at_ms()) return false;
  const Event event = events_.top();
  events_.pop();
  if (moves(*event.what)) --moving_;
  AQUA_CHECK(event.at_ms >= now_ms_, "time goes back from {} to {}", now_ms_, event.at_ms);
  now_ms_ = event.at_ms;
  std::visit(
      base::Overloaded{
          [&](Delivery& e) {
            ++delivered_;
            handle(event.on,
                   peer::Arrived{std::string(identities_.peer_id(e.from)), std::move(e.particle)});
          },
          [&](Answering& e) {
            const services::CallKey key{e.answered.particle.value, e.answered.call_id};
            if (recorder_ != nullptr)
              recorder_->answered(event.on, key.call_id,
                                  {e.answered.answer.ret_code, e.answered.answer.result}, now_ms_);
            handle(event.on, std::move(e.answered));
            at_desk(event.on,
                    [&](auto& desk, auto& effects) { desk.given(key, now_ms_, effects); });
          },
          [&](peer::RunNow& e) { handle(event.on, e); },
          [&](Wake&) { handle(event.on, peer::Woke{}); },
      },
      *event.what);
  return true;
}

std::optional<std::uint64_t> EmbeddedNetwork::next_at_ms() const {
  // While somebody outside works, deadlines count too.
  if (events_.empty() || (moving_ == 0 && outside_calls_ == 0)) return std::nullopt;
  return events_.top().at_ms;
}

void EmbeddedNetwork::advance_to(Time now_ms) {
  if (!events_.empty()) now_ms = std::min(now_ms, events_.top().at_ms);
  now_ms_ = std::max(now_ms_, now_ms);
}

bool EmbeddedNetwork::moves(const Happening& what) {
  const Wake* const wake = std::get_if<Wake>(&what);
  return wake == nullptr || wake->moves;
}

void EmbeddedNetwork::push(Time at_ms, PeerIndex on, Happening what) {
  if (moves(what)) ++moving_;
  const bool is_run = std::holds_alternative<peer::RunNow>(what);
  const std::uint64_t order = options_.seed == 0 ? 0 : random_.next();
  events_.push({at_ms, static_cast<std::uint8_t>(is_run ? 1 : 0), order, pushed_++, on,
                std::make_shared<Happening>(std::move(what))});
}

void EmbeddedNetwork::handle(PeerIndex on, peer::Event event) {
  std::vector<peer::Effect> effects;
  hosts_[on.value].peer->handle(std::move(event), now_ms_, effects);
  for (peer::Effect& effect : effects) std::visit([&](auto& e) { perform(on, e); }, effect);
}

// --- effects -----------------------------------------------------------------------------------

void EmbeddedNetwork::perform(PeerIndex on, peer::ScheduleRun& effect) {
  push(now_ms_, on, peer::RunNow{effect.particle});
}

void EmbeddedNetwork::perform(PeerIndex on, peer::Send& effect) {
  const PeerIndex to = identities_.find(effect.to);
  if (to.is_none()) {
    if (recorder_ != nullptr) recorder_->sent(on, effect, to);
    return;
  }
  std::string why_not;
  const auto latency = latency_ms(on, to, why_not);
  if (!latency) {
    if (recorder_ != nullptr) recorder_->not_sent(on, to, std::move(why_not));
    return;
  }
  if (recorder_ != nullptr) recorder_->sent(on, effect, to);
  push(now_ms_ + *latency, to, Delivery{on, std::move(effect.particle)});
}

void EmbeddedNetwork::perform(PeerIndex on, peer::Call& effect) {
  if (recorder_ != nullptr) recorder_->called(on, effect, now_ms_);
  if (call_client(on, effect)) return;
  at_desk(on, [&](auto& desk, auto& effects) {
    desk.call(service_call(effect, identities_.peer_id(on)), now_ms_, effects);
  });
}

void EmbeddedNetwork::perform(PeerIndex on, peer::CancelCall& effect) {
  const services::CallKey key{effect.particle.value, effect.call_id};
  forget_outside(on, key);
  at_desk(on, [&](auto& desk, auto& effects) { desk.cancel(key, now_ms_, effects); });
}

void EmbeddedNetwork::perform(PeerIndex on, peer::WakeAt& effect) {
  push(effect.at_ms, on, Wake{effect.ends_calls});
}

void EmbeddedNetwork::perform(PeerIndex on, peer::Ran& effect) {
  if (recorder_ == nullptr) return;
  const peer::Peer& peer = *hosts_[on.value].peer;
  const vm::ParticleState* const state = hosts_[on.value].peer->state(effect.particle);
  if (state != nullptr)
    recorder_->ran(on, effect, state->stores, peer.script(effect.particle)->tree(), now_ms_);
}

void EmbeddedNetwork::perform(PeerIndex on, peer::Refused& effect) {
  // Back-pressure: the sender keeps what the peer has no room for yet, and offers it again.
  if (effect.why == peer::Refusal::kBusy)
    push(now_ms_ + 1, on, Delivery{identities_.find(effect.from), std::move(effect.particle)});
}

// Whoever holds all peers in its hand sees what did not arrive by itself.
void EmbeddedNetwork::perform(PeerIndex, peer::SendReport&) {}
void EmbeddedNetwork::perform(PeerIndex, peer::Reported&) {}
void EmbeddedNetwork::perform(PeerIndex, peer::Keep&) {}

void EmbeddedNetwork::perform(PeerIndex, peer::Forgotten&) { has_forgotten_ = true; }

// --- calls -------------------------------------------------------------------------------------

bool EmbeddedNetwork::call_client(PeerIndex on, const peer::Call& call) {
  if (!client_ || call.header->init_peer_id != identities_.peer_id(on)) return false;
  auto answer = client_(on, call, now_ms_);
  if (!answer) return false;
  const services::CallKey key{call.particle.value, call.call_id};
  std::visit(base::Overloaded{
                 [&](services::Answer& a) {
                   services::GiveAnswer give{key, std::move(a)};
                   perform(on, give);
                 },
                 [&](services::AnswerLater& a) {
                   services::GiveAnswer give{key, std::move(a.answer), a.delay_ms};
                   perform(on, give);
                 },
             },
             *answer);
  return true;
}

void EmbeddedNetwork::at_desk(PeerIndex on, const DeskStep& step) {
  std::vector<services::DeskEffect> effects;
  step(*hosts_[on.value].desk, effects);
  for (services::DeskEffect& effect : effects) std::visit([&](auto& e) { perform(on, e); }, effect);
}

void EmbeddedNetwork::perform(PeerIndex on, services::GiveAnswer& effect) {
  forget_outside(on, effect.key);
  push(now_ms_ + effect.delay_ms, on,
       Answering{peer::Answered{peer::ParticleKey{effect.key.particle},
                                effect.key.call_id,
                                {effect.answer.ret_code, std::move(effect.answer.result)}}});
}

void EmbeddedNetwork::perform(PeerIndex on, services::Print& effect) {
  if (printer_) printer_(on, effect.text, now_ms_);
}

void EmbeddedNetwork::perform(PeerIndex on, services::Ask& effect) {
  if (hosts_[on.value].outside.insert(effect.key).second) ++outside_calls_;
  outside_.push_back(OutsideCall{on, std::move(effect)});
}

void EmbeddedNetwork::perform(PeerIndex on, services::Withdraw& effect) {
  outside_.push_back(OutsideWithdrawal{on, std::move(effect)});
}

// --- services outside of this process ----------------------------------------------------------------

void EmbeddedNetwork::forget_outside(PeerIndex on, const services::CallKey& key) {
  outside_calls_ -= hosts_[on.value].outside.erase(key);
}

std::vector<OutsideEffect> EmbeddedNetwork::take_outside() { return std::exchange(outside_, {}); }

base::Result<bool, std::string> EmbeddedNetwork::replied(PeerIndex on, std::string_view service_id,
                                                         std::string_view message) {
  std::string why_not;
  at_desk(on, [&](auto& desk, auto& effects) {
    const auto key = desk.replied(service_id, message, now_ms_, effects);
    if (!key) why_not = key.error();
  });
  if (!why_not.empty()) return std::unexpected(std::move(why_not));
  return true;
}

void EmbeddedNetwork::call_failed(PeerIndex on, const services::CallKey& key,
                                  std::string_view why) {
  at_desk(on, [&](auto& desk, auto& effects) { desk.failed(key, why, now_ms_, effects); });
}

void EmbeddedNetwork::call_timed_out(PeerIndex on, const services::CallKey& key) {
  at_desk(on, [&](auto& desk, auto& effects) { desk.timed_out(key, now_ms_, effects); });
}

void EmbeddedNetwork::all_failed(PeerIndex on, std::string_view service_id, std::string_view why) {
  at_desk(on,
          [&](auto& desk, auto& effects) { desk.all_failed(service_id, why, now_ms_, effects); });
}

const services::Service* EmbeddedNetwork::find_service(PeerIndex on,
                                                       std::string_view service_id) const {
  return hosts_[on.value].desk->find(service_id);
}

// --- links -------------------------------------------------------------------------------------

std::optional<std::uint32_t> EmbeddedNetwork::latency_ms(PeerIndex from, PeerIndex to,
                                                         std::string& why_not) const {
  const config::PeerEntry& a = network_.peers[from.value];
  const config::PeerEntry& b = network_.peers[to.value];
  const auto refuse = [&](std::string why) {
    why_not = std::move(why);
    return std::nullopt;
  };
  if (b.is_down) return refuse(fmt::format("{} is down", b.name));
  if (a.is_down) return refuse(fmt::format("{} is down", a.name));
  // One of the two must know the other; behind a relay, only the relay does.
  if (!b.via.empty() && !contains(b.via, a.name) && !contains(a.via, b.name))
    return refuse(fmt::format("{} is reachable only via {}", b.name, fmt::join(b.via, ", ")));
  if (!a.via.empty() && !contains(a.via, b.name) && !contains(b.via, a.name))
    return refuse(fmt::format("{} reaches others only via {}", a.name, fmt::join(a.via, ", ")));
  const auto found = links_.find(link_key(a.name, b.name));
  const config::LinkEntry* const link = found == links_.end() ? nullptr : found->second;
  if (link != nullptr && link->is_down)
    return refuse(fmt::format("the link between {} and {} is down", a.name, b.name));
  if (link != nullptr && link->latency_ms) return link->latency_ms;
  if (!a.latency_ms && !b.latency_ms) return network_.latency_ms;
  return std::max(a.latency_ms.value_or(0), b.latency_ms.value_or(0));
}

std::vector<std::string> EmbeddedNetwork::known_peers(PeerIndex on) const {
  std::vector<std::string> known;
  std::string ignored;
  for (std::size_t i = 0; i < network_.peers.size(); ++i) {
    if (PeerIndex(i) != on && latency_ms(on, PeerIndex(i), ignored))
      known.emplace_back(identities_.peer_id(PeerIndex(i)));
  }
  return known;
}

}  // namespace aqua::sim

#include "sim/embedded_network.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/edit_distance.h"
#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::sim {

using report::PeerIndex;

namespace {

constexpr std::int32_t kErrorCode = 1;
constexpr std::string_view kAirVersion = "0.64.1";

std::vector<std::string> names_of(const config::Network& network) {
  std::vector<std::string> names;
  for (const config::PeerEntry& peer : network.peers) names.push_back(peer.name);
  return names;
}

std::pair<std::string_view, std::string_view> link_key(std::string_view a, std::string_view b) {
  return a < b ? std::pair(a, b) : std::pair(b, a);
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
    for (const config::Services* services : {&network.peers[i].services, &network.services}) {
      for (const auto& [id, service] : *services) {
        if (std::ranges::find(host.services, id, &services::ServiceEntry::id) ==
            host.services.end())
          host.services.push_back({id, service.aliases});
      }
    }
  }
  for (const config::LinkEntry& link : network.links) links_[link_key(link.a, link.b)] = &link;
}

void EmbeddedNetwork::start(PeerIndex on, peer::Particle particle) {
  handle(on, peer::Arrived{"", std::move(particle)});
}

bool EmbeddedNetwork::step() {
  if (moving_ == 0) return false;
  const Event event = events_.top();
  events_.pop();
  if (moves(*event.what)) --moving_;
  AQUA_CHECK(event.at_ms >= now_ms_, "time goes back from {} to {}", now_ms_, event.at_ms);
  now_ms_ = event.at_ms;
  std::visit(
      base::Overloaded{
          [&](Delivery& e) {
            handle(event.on,
                   peer::Arrived{std::string(identities_.peer_id(e.from)), std::move(e.particle)});
          },
          [&](Answering& e) {
            const std::uint64_t particle = e.answered.particle.value;
            const std::uint32_t call_id = e.answered.call_id;
            if (recorder_ != nullptr)
              recorder_->answered(event.on, call_id,
                                  {e.answered.answer.ret_code, e.answered.answer.result}, now_ms_);
            handle(event.on, std::move(e.answered));
            if (!e.busy_service.empty()) free_service(event.on, e.busy_service, particle, call_id);
          },
          [&](peer::RunNow& e) { handle(event.on, e); },
          [&](Wake&) { handle(event.on, peer::Woke{}); },
      },
      *event.what);
  return true;
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
  if (call_client(on, effect) || call_builtin(on, effect)) return;
  call_canned(on, std::move(effect));
}

void EmbeddedNetwork::perform(PeerIndex on, peer::CancelCall& effect) {
  for (auto& [id, canned] : hosts_[on.value].canned) {
    std::erase_if(canned.waiting, [&](const peer::Call& call) {
      return call.particle == effect.particle && call.call_id == effect.call_id;
    });
    if (canned.running.contains({effect.particle.value, effect.call_id})) {
      free_service(on, id, effect.particle.value, effect.call_id);
      break;
    }
  }
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

void EmbeddedNetwork::answer_at(Time at_ms, PeerIndex on, const peer::Call& call,
                                services::Answer answer, std::string busy_service) {
  push(at_ms, on,
       Answering{
           peer::Answered{call.particle, call.call_id, {answer.ret_code, std::move(answer.result)}},
           std::move(busy_service)});
}

bool EmbeddedNetwork::call_client(PeerIndex on, const peer::Call& call) {
  if (!client_ || call.header->init_peer_id != identities_.peer_id(on)) return false;
  auto answer = client_(on, call, now_ms_);
  if (!answer) return false;
  std::visit(base::Overloaded{
                 [&](services::Answer& a) { answer_at(now_ms_, on, call, std::move(a)); },
                 [&](services::AnswerLater& a) {
                   answer_at(now_ms_ + a.delay_ms, on, call, std::move(a.answer));
                 },
             },
             *answer);
  return true;
}

bool EmbeddedNetwork::call_builtin(PeerIndex on, const peer::Call& call) {
  Host& host = hosts_[on.value];
  // Only these look at who is there, and that takes time.
  const bool looks_around = call.service == "kad" || call.service == "peer";
  const std::vector<std::string> known =
      looks_around ? known_peers(on) : std::vector<std::string>();
  auto reply = services::call_builtin(call.service, call.function, call.arguments,
                                      {.key = identities_.key(on),
                                       .now_ms = now_ms_,
                                       .air_version = kAirVersion,
                                       .init_peer_id = call.header->init_peer_id,
                                       .known_peers = known,
                                       .services = host.services});
  if (!reply) return false;
  std::visit(base::Overloaded{
                 [&](services::Answer& r) { answer_at(now_ms_, on, call, std::move(r)); },
                 [&](services::AnswerLater& r) {
                   // Later than anybody listens: no event for it.
                   if (r.delay_ms > call.deadline_ms - now_ms_)
                     r.delay_ms = call.deadline_ms - now_ms_;
                   answer_at(now_ms_ + r.delay_ms, on, call, std::move(r.answer));
                 },
                 [&](services::PrintLine& r) {
                   if (printer_) printer_(on, r.text, now_ms_);
                   answer_at(now_ms_, on, call, std::move(r.answer));
                 },
                 [&](services::SetAlias& r) {
                   for (services::ServiceEntry& entry : host.services) {
                     std::erase(entry.aliases, r.alias);
                     if (entry.id == r.service_id) entry.aliases.push_back(r.alias);
                   }
                   answer_at(now_ms_, on, call, std::move(r.answer));
                 },
             },
             *reply);
  return true;
}

void EmbeddedNetwork::call_canned(PeerIndex on, peer::Call call) {
  const std::string* const id = find_service_id(on, call.service);
  const std::string& peer_name = identities_.name(on);
  if (id == nullptr) {
    std::vector<std::string> known;
    for (const services::ServiceEntry& entry : hosts_[on.value].services) known.push_back(entry.id);
    const std::string hint = base::did_you_mean(call.service, known);
    const std::string text =
        services::is_builtin_service(call.service)
            ? fmt::format("the service \"{}\" has no function \"{}\"", call.service, call.function)
            : fmt::format("{} has no service \"{}\"{}{}", peer_name, call.service,
                          hint.empty() ? "" : ", ", hint);
    return answer_at(now_ms_, on, call, {kErrorCode, json::quoted(text)});
  }
  const services::CannedService& canned = service(on, *id);
  if (!canned.functions.contains(call.function)) {
    std::vector<std::string> known;
    for (const auto& [name, function] : canned.functions) known.push_back(name);
    const std::string hint = base::did_you_mean(call.function, known);
    return answer_at(now_ms_, on, call,
                     {kErrorCode, json::quoted(fmt::format(
                                      "the service \"{}\" on {} has no function \"{}\"{}{}", *id,
                                      peer_name, call.function, hint.empty() ? "" : ", ", hint))});
  }
  Host::Canned& state = hosts_[on.value].canned[*id];
  if (state.running.size() >= canned.concurrency) {
    state.waiting.push_back(std::move(call));
  } else {
    run_canned(on, call, *id);
  }
}

void EmbeddedNetwork::run_canned(PeerIndex on, const peer::Call& call,
                                 const std::string& service_id) {
  Host& host = hosts_[on.value];
  const services::CannedFunction& function =
      service(on, service_id).functions.find(call.function)->second;
  const std::size_t number = host.call_counts[{service_id, call.function}]++;
  auto answer = services::canned_answer(function, number, call.arguments);
  host.canned[service_id].running.insert({call.particle.value, call.call_id});
  if (!answer) return;  // until it is cancelled
  answer->answer.result = identities_.resolved_json(answer->answer.result);
  answer_at(now_ms_ + answer->delay_ms, on, call, std::move(answer->answer), service_id);
}

void EmbeddedNetwork::free_service(PeerIndex on, const std::string& service_id,
                                   std::uint64_t particle, std::uint32_t call_id) {
  Host::Canned& state = hosts_[on.value].canned[service_id];
  if (state.running.erase({particle, call_id}) == 0 || state.waiting.empty()) return;
  const peer::Call next = std::move(state.waiting.front());
  state.waiting.erase(state.waiting.begin());
  run_canned(on, next, service_id);
}

const std::string* EmbeddedNetwork::find_service_id(PeerIndex on,
                                                    std::string_view id_or_alias) const {
  const std::vector<services::ServiceEntry>& entries = hosts_[on.value].services;
  const auto by_id = std::ranges::find(entries, id_or_alias, &services::ServiceEntry::id);
  if (by_id != entries.end()) return &by_id->id;
  const auto by_alias = std::ranges::find_if(entries, [&](const services::ServiceEntry& entry) {
    return contains(entry.aliases, id_or_alias);
  });
  return by_alias == entries.end() ? nullptr : &by_alias->id;
}

const services::CannedService& EmbeddedNetwork::service(PeerIndex on, const std::string& id) const {
  const config::Services& own = network_.peers[on.value].services;
  const auto found = own.find(id);
  return found != own.end() ? found->second : network_.services.find(id)->second;
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

#include "node/desk_calls.h"

#include <utility>
#include <variant>

#include "node/http_service.h"
#include "node/process_service.h"

namespace aqua::node {

namespace {

services::ServiceCall service_call(peer::Call&& call, const std::string& host_peer_id) {
  services::ServiceCall out;
  out.key = {call.particle.value, call.call_id};
  out.service = std::move(call.service);
  out.function = std::move(call.function);
  out.arguments = std::move(call.arguments);
  out.deadline_ms = call.deadline_ms;
  out.context.particle_id = call.header->id;
  out.context.init_peer_id = call.header->init_peer_id;
  out.context.host_peer_id = host_peer_id;
  out.context.timestamp_ms = call.header->timestamp_ms;
  out.context.ttl_ms = call.header->ttl_ms;
  for (std::vector<peer::Tetraplet>& of_argument : call.tetraplets) {
    std::vector<services::Provenance>& to = out.context.tetraplets.emplace_back();
    for (peer::Tetraplet& t : of_argument)
      to.push_back(
          {std::move(t.peer_id), std::move(t.service), std::move(t.function), std::move(t.lens)});
  }
  return out;
}

}  // namespace

DeskCalls::DeskCalls(Loop& loop, services::ServiceDesk::Peer peer,
                     const services::Services& services, const services::Declarations* declarations,
                     Printer printer)
    : loop_(loop),
      peer_id_(peer.key->peer_id()),
      desk_(std::move(peer), declarations),
      printer_(std::move(printer)) {
  for (const auto& [id, service] : services) desk_.add(id, service);
}

DeskCalls::~DeskCalls() {
  for (auto& [key, waiting] : waiting_) loop_.cancel(waiting.timer);
}

void DeskCalls::call(peer::Call call, std::uint64_t now_ms, Answered answered) {
  const services::CallKey key{call.particle.value, call.call_id};
  waiting_.emplace(key, Waiting{std::move(answered), {}});
  Effects effects;
  desk_.call(service_call(std::move(call), peer_id_), now_ms, effects);
  perform(effects);
}

void DeskCalls::cancel(peer::ParticleKey particle, std::uint32_t call_id) {
  const services::CallKey key{particle.value, call_id};
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  loop_.cancel(found->second.timer);
  waiting_.erase(found);
  Effects effects;
  desk_.cancel(key, loop_.now_ms(), effects);
  perform(effects);
}

void DeskCalls::perform(Effects& effects) {
  for (services::DeskEffect& effect : effects) to_perform_.push_back(std::move(effect));
  if (is_performing_) return;
  is_performing_ = true;
  while (!to_perform_.empty()) {
    services::DeskEffect effect = std::move(to_perform_.front());
    to_perform_.pop_front();
    std::visit([&](auto& e) { perform(e); }, effect);
  }
  is_performing_ = false;
}

void DeskCalls::perform(services::GiveAnswer& effect) {
  const auto found = waiting_.find(effect.key);
  if (found == waiting_.end()) return;
  if (effect.delay_ms == 0) return give(effect.key, effect.answer);
  loop_.cancel(found->second.timer);
  found->second.timer = loop_.call_after(
      effect.delay_ms,
      [this, key = effect.key, answer = std::move(effect.answer)] { give(key, answer); });
}

void DeskCalls::give(const services::CallKey& key, const services::Answer& answer) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  const Answered answered = std::move(found->second.answered);
  loop_.cancel(found->second.timer);
  waiting_.erase(found);
  Effects effects;
  desk_.given(key, loop_.now_ms(), effects);
  answered({answer.ret_code, answer.result});
  perform(effects);
}

void DeskCalls::perform(services::Print& effect) {
  if (printer_) printer_(effect.text);
}

void DeskCalls::perform(services::Ask& effect) {
  const auto found = waiting_.find(effect.key);
  if (found != waiting_.end()) {
    loop_.cancel(found->second.timer);
    found->second.timer = loop_.call_at(effect.at_ms, [this, key = effect.key] {
      Effects effects;
      desk_.timed_out(key, loop_.now_ms(), effects);
      perform(effects);
    });
  }
  outside(effect.service_id).ask(effect.key, effect.request_id, std::move(effect.message));
}

void DeskCalls::perform(services::Withdraw& effect) {
  outside(effect.service_id).withdraw(effect.request_id);
}

OutsideService& DeskCalls::outside(const std::string& service_id) {
  std::unique_ptr<OutsideService>& known = outside_[service_id];
  if (known != nullptr) return *known;
  OutsideListener listener{
      .replied = [this,
                  service_id](std::string_view message) { return replied(service_id, message); },
      .failed =
          [this](const services::CallKey& key, std::string_view why) {
            Effects effects;
            desk_.failed(key, why, loop_.now_ms(), effects);
            perform(effects);
          },
      .all_failed =
          [this, service_id](std::string_view why) {
            Effects effects;
            desk_.all_failed(service_id, why, loop_.now_ms(), effects);
            perform(effects);
          },
      .said =
          [this, service_id](std::string_view line) {
            if (printer_) printer_(service_id + ": " + std::string(line));
          },
  };
  const std::string name = "the service \"" + service_id + '"';
  const services::ServiceBody& body = desk_.find(service_id)->body;
  if (const auto* const process = std::get_if<services::ProcessService>(&body)) {
    known = std::make_unique<ProcessService>(loop_, name, *process, std::move(listener));
  } else {
    known = std::make_unique<HttpService>(loop_, name, std::get<services::HttpService>(body),
                                          std::move(listener));
  }
  return *known;
}

bool DeskCalls::replied(const std::string& service_id, std::string_view message) {
  Effects effects;
  const auto taken = desk_.replied(service_id, message, loop_.now_ms(), effects);
  perform(effects);
  if (!taken && printer_) printer_(service_id + ": " + taken.error());
  return taken.has_value();
}

}  // namespace aqua::node

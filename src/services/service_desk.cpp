#include "services/service_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/edit_distance.h"
#include "base/overloaded.h"
#include "json/text.h"
#include "services/json_rpc.h"

namespace aqua::services {

namespace {

constexpr std::int32_t kErrorCode = 1;

Answer error_answer(std::string_view why) { return {kErrorCode, json::quoted(why)}; }

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

// None: only whoever answers knows them.
std::optional<std::vector<std::string>> function_names(const ServiceBody& body) {
  using Names = std::optional<std::vector<std::string>>;
  return std::visit(base::Overloaded{
                        [](const CannedService& s) -> Names { return keys_of(s.functions); },
                        [](const NativeService& s) -> Names { return keys_of(s.functions); },
                        [](const ProcessService&) -> Names { return std::nullopt; },
                        [](const HttpService&) -> Names { return std::nullopt; },
                    },
                    body);
}

std::string at(std::string_view path) { return path.empty() ? "" : fmt::format(" at {}", path); }

}  // namespace

void ServiceDesk::add(std::string id, Service service) {
  if (instances_.contains(id)) return;
  entries_.push_back({id, service.aliases});
  Instance instance{.service = std::move(service), .call_counts = {}, .running = {}, .waiting = {}};
  if (declarations_ != nullptr) {
    const auto declared = declarations_->find(id);
    if (declared != declarations_->end()) instance.shape = &declared->second;
  }
  instances_.emplace(std::move(id), std::move(instance));
}

const Service* ServiceDesk::find(std::string_view service_id) const {
  const auto found = instances_.find(service_id);
  return found == instances_.end() ? nullptr : &found->second.service;
}

const std::string* ServiceDesk::find_id(std::string_view id_or_alias) const {
  const auto by_id = std::ranges::find(entries_, id_or_alias, &ServiceEntry::id);
  if (by_id != entries_.end()) return &by_id->id;
  const auto by_alias = std::ranges::find_if(entries_, [&](const ServiceEntry& entry) {
    return std::ranges::find(entry.aliases, id_or_alias) != entry.aliases.end();
  });
  return by_alias == entries_.end() ? nullptr : &by_alias->id;
}

// --- calls -------------------------------------------------------------------------------------------

void ServiceDesk::call(ServiceCall call, std::uint64_t now_ms, Effects& effects) {
  if (call_builtin(call, now_ms, effects)) return;
  const std::string* const id = find_id(call.service);
  if (id == nullptr) return refuse(call, unknown_service(call), effects);
  Instance& instance = instances_.find(*id)->second;
  if (std::string why = why_not(*id, instance, call); !why.empty())
    return refuse(call, std::move(why), effects);
  if (instance.running.size() >= instance.service.concurrency) {
    waits_at_.emplace(call.key, Place{*id, ++last_arrival_});
    instance.waiting.emplace(last_arrival_, std::move(call));
  } else {
    begin(*id, instance, std::move(call), now_ms, effects);
  }
}

bool ServiceDesk::call_builtin(const ServiceCall& call, std::uint64_t now_ms, Effects& effects) {
  // Only these look at who is there, and that takes time.
  const bool looks_around = call.service == "kad" || call.service == "peer";
  const std::vector<std::string> known =
      looks_around && peer_.known_peers ? peer_.known_peers() : std::vector<std::string>();
  auto reply = services::call_builtin(call.service, call.function, call.arguments,
                                      {.key = *peer_.key,
                                       .now_ms = now_ms,
                                       .air_version = peer_.air_version,
                                       .init_peer_id = call.context.init_peer_id,
                                       .known_peers = known,
                                       .services = entries_});
  if (!reply) return false;
  std::visit(base::Overloaded{
                 [&](Answer& r) { effects.push_back(GiveAnswer{call.key, std::move(r)}); },
                 [&](AnswerLater& r) {
                   // Later than anybody listens: no event for it.
                   const std::uint64_t left_ms =
                       call.deadline_ms - std::min(now_ms, call.deadline_ms);
                   effects.push_back(
                       GiveAnswer{call.key, std::move(r.answer), std::min(r.delay_ms, left_ms)});
                 },
                 [&](PrintLine& r) {
                   effects.push_back(Print{std::move(r.text)});
                   effects.push_back(GiveAnswer{call.key, std::move(r.answer)});
                 },
                 [&](SetAlias& r) {
                   for (ServiceEntry& entry : entries_) {
                     std::erase(entry.aliases, r.alias);
                     if (entry.id == r.service_id) entry.aliases.push_back(r.alias);
                   }
                   effects.push_back(GiveAnswer{call.key, std::move(r.answer)});
                 },
             },
             *reply);
  return true;
}

void ServiceDesk::refuse(const ServiceCall& call, std::string why, Effects& effects) const {
  effects.push_back(GiveAnswer{call.key, error_answer(why)});
}

std::string ServiceDesk::unknown_service(const ServiceCall& call) const {
  if (is_builtin_service(call.service))
    return fmt::format("the service \"{}\" has no function \"{}\"", call.service, call.function);
  std::vector<std::string> known;
  for (const ServiceEntry& entry : entries_) known.push_back(entry.id);
  const std::string hint = base::did_you_mean(call.service, known);
  return fmt::format("{} has no service \"{}\"{}{}", peer_.name, call.service,
                     hint.empty() ? "" : ", ", hint);
}

// Empty: the call may go on.
std::string ServiceDesk::why_not(const std::string& id, const Instance& instance,
                                 const ServiceCall& call) const {
  const auto names = function_names(instance.service.body);
  if (names && std::ranges::find(*names, call.function) == names->end()) {
    const std::string hint = base::did_you_mean(call.function, *names);
    return fmt::format("the service \"{}\" on {} has no function \"{}\"{}{}", id, peer_.name,
                       call.function, hint.empty() ? "" : ", ", hint);
  }
  if (instance.shape == nullptr) return {};
  const auto function = instance.shape->find(call.function);
  if (function == instance.shape->end()) return {};
  const std::vector<NamedShape>& declared = function->second.arguments;
  if (declared.size() != call.arguments.size()) {
    return fmt::format("{}.{} on {} takes {} argument{}, and was given {}", id, call.function,
                       peer_.name, declared.size(), declared.size() == 1 ? "" : "s",
                       call.arguments.size());
  }
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const auto mismatch = find_mismatch(*declared[i].shape, call.arguments[i]);
    if (!mismatch) continue;
    return fmt::format("{}.{} on {}: the argument {}{} has to be {}, and is {}", id, call.function,
                       peer_.name,
                       declared[i].name.empty() ? std::to_string(i + 1) : declared[i].name,
                       at(mismatch->path), mismatch->expected, mismatch->given);
  }
  return {};
}

void ServiceDesk::begin(const std::string& id, Instance& instance, ServiceCall call,
                        std::uint64_t now_ms, Effects& effects) {
  const CallKey key = call.key;
  instance.running.emplace(key, Running{call.function});
  service_of_.emplace(key, id);
  const auto ask = [&] {
    const std::uint64_t request_id = ++last_request_id_;
    instance.running.find(key)->second.request_id = request_id;
    asked_.emplace(request_id, key);
    std::uint64_t at_ms = call.deadline_ms;
    if (instance.service.timeout_ms) at_ms = std::min(at_ms, now_ms + *instance.service.timeout_ms);
    effects.push_back(Ask{key, id, request_id, encode_request(request_id, id, call), at_ms});
  };
  std::visit(
      base::Overloaded{
          [&](const CannedService& s) {
            const auto answer =
                canned_answer(s.functions.find(call.function)->second,
                              instance.call_counts[call.function]++, call.arguments);
            if (!answer) return;  // until it is cancelled
            effects.push_back(GiveAnswer{key, checked(id, instance, call.function, answer->answer),
                                         answer->delay_ms});
          },
          [&](const NativeService& s) {
            Answer answer = s.functions.find(call.function)->second(call.arguments, call.context);
            effects.push_back(
                GiveAnswer{key, checked(id, instance, call.function, std::move(answer))});
          },
          [&](const ProcessService&) { ask(); },
          [&](const HttpService&) { ask(); },
      },
      instance.service.body);
}

Answer ServiceDesk::checked(const std::string& id, const Instance& instance,
                            std::string_view function, Answer answer) const {
  if (instance.shape == nullptr || answer.ret_code != 0) return answer;
  const auto declared = instance.shape->find(function);
  if (declared == instance.shape->end() || declared->second.results.size() != 1) return answer;
  const auto mismatch = find_mismatch(*declared->second.results[0], answer.result);
  if (!mismatch) return answer;
  return error_answer(fmt::format("{}.{} on {}: the result{} has to be {}, and is {}", id, function,
                                  peer_.name, at(mismatch->path), mismatch->expected,
                                  mismatch->given));
}

// --- what comes of them --------------------------------------------------------------------------------

void ServiceDesk::given(const CallKey& key, std::uint64_t now_ms, Effects& effects) {
  const auto service = service_of_.find(key);
  if (service == service_of_.end()) return;
  Instance& instance = instances_.find(service->second)->second;
  const std::string id = service->second;
  release(id, instance, instance.running.find(key), now_ms, effects);
}

void ServiceDesk::release(const std::string& id, Instance& instance,
                          std::map<CallKey, Running>::iterator running, std::uint64_t now_ms,
                          Effects& effects) {
  AQUA_CHECK(running != instance.running.end(), "a call of {} has a turn, and does not run", id);
  if (running->second.request_id != 0) asked_.erase(running->second.request_id);
  service_of_.erase(running->first);
  instance.running.erase(running);
  while (!instance.waiting.empty() && instance.running.size() < instance.service.concurrency) {
    ServiceCall next = std::move(instance.waiting.begin()->second);
    instance.waiting.erase(instance.waiting.begin());
    waits_at_.erase(next.key);
    begin(id, instance, std::move(next), now_ms, effects);
  }
}

void ServiceDesk::cancel(const CallKey& key, std::uint64_t now_ms, Effects& effects) {
  const auto service = service_of_.find(key);
  if (service == service_of_.end()) {
    const auto place = waits_at_.find(key);
    if (place == waits_at_.end()) return;
    instances_.find(place->second.service_id)->second.waiting.erase(place->second.arrival);
    waits_at_.erase(place);
    return;
  }
  const std::string id = service->second;
  Instance& instance = instances_.find(id)->second;
  const auto running = instance.running.find(key);
  if (running->second.request_id != 0) effects.push_back(Withdraw{id, running->second.request_id});
  release(id, instance, running, now_ms, effects);
}

// The answer of a call that somebody else was asked for.
void ServiceDesk::end(const CallKey& key, Answer answer, std::uint64_t now_ms, Effects& effects) {
  const auto service = service_of_.find(key);
  if (service == service_of_.end()) return;
  const std::string id = service->second;
  Instance& instance = instances_.find(id)->second;
  const auto running = instance.running.find(key);
  effects.push_back(
      GiveAnswer{key, checked(id, instance, running->second.function, std::move(answer))});
  release(id, instance, running, now_ms, effects);
}

base::Result<CallKey, std::string> ServiceDesk::replied(std::string_view service_id,
                                                        std::string_view message,
                                                        std::uint64_t now_ms, Effects& effects) {
  auto reply = decode_reply(message);
  if (!reply) return std::unexpected(std::move(reply.error()));
  const auto asked = asked_.find(reply->id);
  if (asked == asked_.end() || service_of_.find(asked->second)->second != service_id)
    return std::unexpected(fmt::format("a reply to the request {}, which is not open", reply->id));
  const CallKey key = asked->second;
  end(key, std::move(reply->answer), now_ms, effects);
  return key;
}

void ServiceDesk::failed(const CallKey& key, std::string_view why, std::uint64_t now_ms,
                         Effects& effects) {
  end(key, error_answer(why), now_ms, effects);
}

void ServiceDesk::timed_out(const CallKey& key, std::uint64_t now_ms, Effects& effects) {
  const auto service = service_of_.find(key);
  if (service == service_of_.end()) return;
  const Running& running = instances_.find(service->second)->second.running.find(key)->second;
  effects.push_back(Withdraw{service->second, running.request_id});
  end(key,
      error_answer(fmt::format("the service \"{}\" on {} did not answer {} in time",
                               service->second, peer_.name, running.function)),
      now_ms, effects);
}

void ServiceDesk::all_failed(std::string_view service_id, std::string_view why,
                             std::uint64_t now_ms, Effects& effects) {
  const auto found = instances_.find(service_id);
  if (found == instances_.end()) return;
  // Those that wait for their turn are not among them: they are asked when the process is there again.
  std::vector<CallKey> lost;
  for (const auto& [key, running] : found->second.running) {
    if (running.request_id != 0) lost.push_back(key);
  }
  for (const CallKey& key : lost) end(key, error_answer(why), now_ms, effects);
}

}  // namespace aqua::services

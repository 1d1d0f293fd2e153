#include "node/peer_driver.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/check.h"
#include "peer/frame.h"

namespace aqua::node {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

PeerDriver::PeerDriver(Loop& loop, const crypto::KeyPair& key, const Options& options,
                       ParticleNetwork& network, CallPerformer& calls, Metrics& metrics,
                       EventLog& log)
    : loop_(loop),
      options_(options),
      network_(network),
      calls_(calls),
      metrics_(metrics),
      log_(log),
      scripts_(options.peer.limits.scripts_max),
      peer_(key, scripts_, options.peer),
      history_(options.history) {}

PeerDriver::~PeerDriver() { loop_.cancel(wake_); }

void PeerDriver::start(peer::Particle particle, Watcher watcher) {
  arriving_watcher_ = std::move(watcher);
  arriving_is_own_ = true;
  arrived("", std::move(particle));
  arriving_is_own_ = false;
  arriving_watcher_ = {};
}

void PeerDriver::arrived(std::string from, peer::Particle particle) {
  AQUA_CHECK(events_.empty(), "a particle arrives inside of an effect");
  arriving_ = particle.header;
  if (!from.empty()) {
    metrics_.count(Counter::kReceivedParticles);
    metrics_.particle_sizes.add(static_cast<double>(
        particle.header->script.size() + (particle.data == nullptr ? 0 : particle.data->size())));
  }
  if (log_.has(Level::kDebug))
    log_.write(Level::kDebug, "arrived", {{"particle", particle.header->id}, {"from", from}});
  note(*particle.header, Happening::kArrived, from);
  if (!from.empty() && runs_.size() >= options_.runs_waiting_max && paused_.insert(from).second)
    network_.pause(from);
  handle(peer::Arrived{std::move(from), std::move(particle)});
  arriving_ = nullptr;
}

void PeerDriver::report_arrived(std::string from, peer::DeliveryReport report) {
  metrics_.count(Counter::kReportsReceived);
  handle(peer::ReportArrived{std::move(from), std::move(report)});
}

void PeerDriver::measure(Metrics& metrics) const {
  metrics.alive_particles += peer_.particle_count();
  metrics.calls_in_flight += peer_.call_count();
  metrics.runs_waiting += runs_.size();
}

// An effect may bring about the next event at once: that one waits for its turn, or a chain of answers would nest.
void PeerDriver::handle(peer::Event event) {
  events_.push_back(std::move(event));
  if (events_.size() > 1) return;
  while (!events_.empty()) {
    std::vector<peer::Effect> effects;
    peer_.handle(std::move(events_.front()), loop_.now_ms(), effects);
    for (peer::Effect& effect : effects) std::visit([&](auto& e) { perform(e); }, effect);
    events_.pop_front();
  }
}

// --- runs --------------------------------------------------------------------------------------

void PeerDriver::perform(peer::ScheduleRun& effect) {
  auto known = known_.find(effect.particle.value);
  if (known == known_.end()) {
    AQUA_CHECK(arriving_ != nullptr, "particle {} came from nowhere", effect.particle.value);
    known = known_
                .emplace(effect.particle.value,
                         Known{arriving_, std::move(arriving_watcher_), arriving_is_own_, {}})
                .first;
  }
  runs_.push(known->second.header->init_peer_id, effect.particle);
  if (run_is_due_) return;
  run_is_due_ = true;
  loop_.post_when_idle([this, alive = std::weak_ptr(is_alive_)] {
    if (!alive.expired()) run_next();
  });
}

void PeerDriver::run_next() {
  const auto start = std::chrono::steady_clock::now();
  handle(peer::RunNow{runs_.pop()});
  metrics_.run_seconds.add(seconds_since(start));
  if (!paused_.empty() && runs_.size() <= options_.runs_waiting_max / 2) {
    for (const std::string& from : std::exchange(paused_, {})) network_.resume(from);
  }
  run_is_due_ = !runs_.empty();
  if (!run_is_due_) return;
  loop_.post_when_idle([this, alive = std::weak_ptr(is_alive_)] {
    if (!alive.expired()) run_next();
  });
}

void PeerDriver::perform(peer::Ran& effect) {
  const bool is_ok = effect.outcome.code == vm::Code::kSuccess;
  metrics_.count(is_ok ? Counter::kRunSuccesses : Counter::kRunFailures);
  const auto known = known_.find(effect.particle.value);
  if (known == known_.end()) return;
  const peer::ParticleHeader& particle = *known->second.header;
  note(particle, Happening::kRan, effect.from,
       is_ok ? fmt::format("{} answers, {} calls, {} next peers", effect.answers.size(),
                           effect.outcome.requests.size(), effect.outcome.next_peers.size())
             : effect.outcome.message);
  if (is_ok) {
    if (log_.has(Level::kDebug))
      log_.write(Level::kDebug, "ran",
                 {{"particle", particle.id},
                  {"calls", effect.outcome.requests.size()},
                  {"next_peers", effect.outcome.next_peers.size()}});
    return;
  }
  if (log_.has(Level::kInfo))
    log_.write(Level::kInfo, "run-failed",
               {{"particle", particle.id},
                {"init_peer", particle.init_peer_id},
                {"code", static_cast<std::uint64_t>(effect.outcome.code)},
                {"message", effect.outcome.message}});
  if (known->second.watcher.on_run_failed)
    known->second.watcher.on_run_failed(effect.outcome.message);
}

void PeerDriver::perform(peer::WakeAt& effect) {
  loop_.cancel(wake_);
  wake_ = loop_.call_at(effect.at_ms, [this] {
    wake_ = {};
    handle(peer::Woke{});
  });
}

void PeerDriver::perform(peer::Forgotten& effect) {
  const auto known = known_.find(effect.particle.value);
  if (known == known_.end()) return;
  const Known gone = std::move(known->second);
  known_.erase(known);
  note(*gone.header, Happening::kForgotten, "");
  if (gone.watcher.on_forgotten) gone.watcher.on_forgotten();
}

void PeerDriver::perform(peer::Keep&) {}  // never asked for

// --- what leaves -------------------------------------------------------------------------------

void PeerDriver::perform(peer::Send& effect) {
  if (effect.particle.data != framed_data_ || frame_ == nullptr) {
    auto frame = std::make_shared<base::Bytes>();
    peer::append_frame(*frame, *effect.particle.header, *effect.particle.data);
    frame_ = std::move(frame);
    framed_data_ = effect.particle.data;
  }
  if (log_.has(Level::kDebug))
    log_.write(Level::kDebug, "sending",
               {{"particle", effect.particle.header->id}, {"to", effect.to}});
  const auto known = known_.find(effect.key.value);
  if (known != known_.end() && known->second.is_own) known->second.sent[effect.to] = frame_;
  send(effect.key, effect.particle.header, effect.to, frame_);
}

void PeerDriver::send_again(const std::string& to) {
  for (const auto& [key, known] : known_) {
    const auto sent = known.sent.find(to);
    if (sent != known.sent.end()) send(peer::ParticleKey{key}, known.header, to, sent->second);
  }
}

void PeerDriver::send(peer::ParticleKey key, std::shared_ptr<const peer::ParticleHeader> particle,
                      const std::string& to, std::shared_ptr<const base::Bytes> frame) {
  network_.send(to, std::move(frame),
                [this, alive = std::weak_ptr(is_alive_), key, to,
                 particle = std::move(particle)](std::string failure) {
                  if (alive.expired()) return;
                  if (failure.empty()) {
                    metrics_.count(Counter::kSendSuccess);
                    note(*particle, Happening::kSent, to);
                    return;
                  }
                  metrics_.count(Counter::kSendFailure);
                  note(*particle, Happening::kNotSent, to, failure);
                  if (log_.has(Level::kInfo))
                    log_.write(Level::kInfo, "not-sent",
                               {{"particle", particle->id}, {"to", to}, {"why", failure}});
                  handle(peer::SendFailed{key, to, std::move(failure)});
                });
}

void PeerDriver::perform(peer::SendReport& effect) {
  metrics_.count(Counter::kReportsSent);
  base::Bytes frame;
  peer::append_frame(frame, effect.report);
  network_.send_report(effect.to, std::move(frame));
}

void PeerDriver::perform(peer::Reported& effect) {
  const auto known = known_.find(effect.particle.value);
  if (known == known_.end()) return;
  note(*known->second.header, Happening::kReported, effect.report.reporter,
       fmt::format("{} to {}: {} {}", effect.report.from, effect.report.to, effect.report.why,
                   effect.report.detail));
  if (known->second.watcher.on_report) known->second.watcher.on_report(effect.report);
}

void PeerDriver::perform(peer::Refused& effect) {
  if (effect.why == peer::Refusal::kBusy) return offer_again(std::move(effect));
  metrics_.count(Counter::kRefused);
  if (effect.why == peer::Refusal::kExpired) metrics_.count(Counter::kExpired);
  const peer::ParticleHeader& particle = *effect.particle.header;
  note(particle, Happening::kRefused, effect.from, std::string(peer::word_of(effect.why)));
  if (log_.has(Level::kInfo))
    log_.write(Level::kInfo, "refused",
               {{"particle", particle.id},
                {"init_peer", particle.init_peer_id},
                {"from", effect.from},
                {"why", peer::word_of(effect.why)}});
  if (effect.from.empty() && arriving_watcher_.on_run_failed)
    arriving_watcher_.on_run_failed(fmt::format("refused: {}", peer::word_of(effect.why)));
}

// Whoever brought it is not heard until it has found room.
void PeerDriver::offer_again(peer::Refused refused) {
  if (!refused.from.empty()) network_.pause(refused.from);
  const auto waiting = std::make_shared<peer::Refused>(std::move(refused));
  loop_.call_after(options_.busy_retry_ms, [this, waiting, alive = std::weak_ptr(is_alive_)] {
    if (alive.expired()) return;
    if (!waiting->from.empty()) network_.resume(waiting->from);
    arriving_ = waiting->particle.header;
    handle(peer::Arrived{waiting->from, std::move(waiting->particle)});
    arriving_ = nullptr;
  });
}

// --- calls -------------------------------------------------------------------------------------

void PeerDriver::perform(peer::Call& effect) {
  std::string name = fmt::format("{}.{}", effect.service, effect.function);
  note(*effect.header, Happening::kCalled, name);
  if (log_.has(Level::kDebug))
    log_.write(Level::kDebug, "called",
               {{"particle", effect.header->id}, {"function", name}, {"call", effect.call_id}});
  const peer::ParticleKey particle = effect.particle;
  const std::uint32_t call_id = effect.call_id;
  const std::uint64_t now_ms = loop_.now_ms();
  calls_.call(std::move(effect), now_ms,
              [this, alive = std::weak_ptr(is_alive_), particle, call_id, now_ms,
               name = std::move(name)](peer::Answer given) {
                if (!alive.expired()) answer(particle, call_id, name, now_ms, std::move(given));
              });
}

void PeerDriver::answer(peer::ParticleKey particle, std::uint32_t call_id, const std::string& name,
                        std::uint64_t asked_at_ms, peer::Answer answer) {
  const bool is_ok = answer.ret_code == 0;
  metrics_.count(is_ok ? Counter::kCallSuccesses : Counter::kCallFailures);
  metrics_.call_seconds.add(static_cast<double>(loop_.now_ms() - asked_at_ms) / 1000);
  if (const peer::ParticleHeader* const known = header(particle)) {
    note(*known, Happening::kAnswered, name, is_ok ? std::string() : answer.result);
    const Level level = is_ok ? Level::kDebug : Level::kInfo;
    if (log_.has(level))
      log_.write(level, is_ok ? "answered" : "call-failed",
                 {{"particle", known->id},
                  {"function", name},
                  {"call", call_id},
                  {"result", is_ok ? std::string_view() : std::string_view(answer.result)}});
  }
  handle(peer::Answered{particle, call_id, std::move(answer)});
}

void PeerDriver::perform(peer::CancelCall& effect) {
  calls_.cancel(effect.particle, effect.call_id);
}

// --- what is told about it ---------------------------------------------------------------------

const peer::ParticleHeader* PeerDriver::header(peer::ParticleKey particle) const {
  const auto known = known_.find(particle.value);
  return known == known_.end() ? nullptr : known->second.header.get();
}

void PeerDriver::note(const peer::ParticleHeader& header, Happening what, std::string_view peer,
                      std::string detail) {
  history_.add(header.id, header.init_peer_id,
               {loop_.now_ms(), what, std::string(peer), std::move(detail)});
}

}  // namespace aqua::node

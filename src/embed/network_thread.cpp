#include "embed/network_thread.h"

#include <fmt/format.h>

#include <chrono>
#include <future>

#include "base/check.h"
#include "base/edit_distance.h"
#include "embed/compiled_script.h"
#include "report/aqua_script.h"
#include "report/explain.h"
#include "report/stall.h"
#include "sim/peer_literals.h"

namespace aqua::embed {

using report::PeerIndex;

namespace {

constexpr std::uint64_t kVirtualStartMs = 1'700'000'000'000;
// Between two looks at what others left: a script that never comes to rest shuts nobody out.
constexpr std::size_t kEventsAtOnceMax = 256;
constexpr std::size_t kParticlesMax = 1'000'000;

std::uint64_t real_ms() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

std::string no_function(std::string_view name, const std::vector<std::string>& names) {
  if (names.empty()) return "the script exports no function; after a header \"aqua\", export it";
  const std::string hint = base::did_you_mean(name, names);
  return fmt::format("the script has no function \"{}\"; {}", name,
                     hint.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : hint);
}

// All peers of this network are those of one program: none has to be held back for the others' sake.
peer::Limits limits() {
  peer::Limits limits;
  limits.particles_max = kParticlesMax;
  limits.particles_per_initiator_max = kParticlesMax;
  return limits;
}

}  // namespace

NetworkThread::NetworkThread(config::Network config, const NetworkOptions& options)
    : config_(std::move(config)),
      clock_(options.clock),
      ttl_ms_(options.ttl_ms),
      epoch_ms_(options.clock == Clock::kReal ? real_ms() : kVirtualStartMs),
      started_(std::chrono::steady_clock::now()),
      network_(config_, {.seed = options.seed,
                         .start_ms = epoch_ms_,
                         .limits = limits(),
                         .explain_waiting = true}) {
  network_.set_client(
      [this](PeerIndex on, const peer::Call& call, std::uint64_t) { return answer(on, call); });
  thread_ = std::thread([this] { drive(); });
}

NetworkThread::~NetworkThread() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_one();
  thread_.join();
}

// --- from any thread ---------------------------------------------------------------------------------

std::string NetworkThread::peer_id(std::string_view name) const {
  const PeerIndex peer = network_.identities().find_name(name);
  return peer.is_none() ? std::string() : std::string(network_.identities().peer_id(peer));
}

Result<PeerIndex> NetworkThread::find(std::string_view peer) const {
  const PeerIndex found = network_.identities().find_name(peer);
  if (found.has_value()) return found;
  std::vector<std::string> names;
  for (const config::PeerEntry& entry : config_.peers) names.push_back(entry.name);
  const std::string hint = base::did_you_mean(peer, names);
  return std::unexpected(Error{
      ErrorKind::kUsage,
      fmt::format("the network has no peer \"{}\"{}{}", peer, hint.empty() ? "" : ", ", hint)});
}

void NetworkThread::leave(Work work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  has_work_.notify_one();
}

Result<void> NetworkThread::add(std::string_view peer, std::string service_id,
                                std::map<std::string, Function> functions) {
  const auto on = find(peer);
  if (!on) return std::unexpected(on.error());
  services::NativeService body;
  for (auto& [name, function] : functions)
    body.functions.emplace(name, native(std::move(function)));
  const auto add_now = [this, on = *on, id = std::move(service_id), body = std::move(body),
                        name = std::string(peer)]() -> Result<void> {
    if (network_.find_service(on, id) != nullptr)
      return std::unexpected(
          Error{ErrorKind::kUsage, fmt::format("{} has a service \"{}\" already", name, id)});
    services::Service service;
    service.body = body;
    network_.add_service(on, id, std::move(service));
    return {};
  };
  if (std::this_thread::get_id() == thread_.get_id()) return add_now();
  // Shared: whoever gets the result may be gone before set_value() has returned.
  const auto promise = std::make_shared<std::promise<Result<void>>>();
  auto added = promise->get_future();
  leave([promise, &add_now] { promise->set_value(add_now()); });
  return added.get();
}

void NetworkThread::call(std::string_view peer, const Script& script, std::string_view name,
                         std::vector<Argument> arguments, std::function<void(Result<Value>)> done) {
  const auto on = find(peer);
  if (!on) return done(std::unexpected(on.error()));
  const std::shared_ptr<const CompiledScript> compiled = script.compiled_;
  const bool has_relay = !config_.peers[on->value].via.empty();
  const compiler::CompiledFunction* const function = compiled->find(name, has_relay);
  if (function == nullptr) {
    return done(std::unexpected(Error{ErrorKind::kUsage, no_function(name, script.functions())}));
  }
  std::vector<std::variant<Value, Function>> bodies;
  for (Argument& argument : arguments) bodies.push_back(std::move(argument.body_));
  auto calling = Calling::prepare(*function, std::move(bodies), done);
  if (!calling) return done(std::unexpected(std::move(calling.error())));
  // The function lives as long as the compiled script.
  leave([this, on = *on, compiled, function,
         calling = std::make_shared<Calling>(std::move(*calling))] {
    start(on, compiled, *function, std::move(*calling));
  });
}

// --- on the thread -------------------------------------------------------------------------------------

NetworkThread::Time NetworkThread::clock_ms() const {
  const auto passed = std::chrono::steady_clock::now() - started_;
  return epoch_ms_ +
         static_cast<Time>(std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
}

void NetworkThread::drive() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    while (!work_.empty() && !is_ending_) {
      const Work work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
    lock.unlock();
    const std::optional<Time> next = advance();
    lock.lock();
    const auto is_wanted = [this] { return is_ending_ || !work_.empty(); };
    if (!next) {
      has_work_.wait(lock, is_wanted);
    } else if (clock_ == Clock::kReal) {
      has_work_.wait_until(lock, started_ + std::chrono::milliseconds(*next - epoch_ms_),
                           is_wanted);
    }
  }
  // Whoever waits for work that was left, waits for what it does.
  const std::deque<Work> left = std::move(work_);
  lock.unlock();
  for (const Work& work : left) work();
  end_all(ErrorKind::kStopped, "the network ended before");
}

std::optional<NetworkThread::Time> NetworkThread::advance() {
  if (clock_ == Clock::kReal) network_.advance_to(clock_ms());
  for (std::size_t i = 0; i < kEventsAtOnceMax; ++i) {
    const auto next = network_.next_at_ms();
    if (!next || (clock_ == Clock::kReal && *next > clock_ms())) break;
    network_.step();
  }
  end_late();
  const auto next = network_.next_at_ms();
  if (!next && unanswered_ > 0) end_all(ErrorKind::kStalled, why_stalled());
  return next;
}

void NetworkThread::start(PeerIndex on, const std::shared_ptr<const CompiledScript>& script,
                          const compiler::CompiledFunction& function, Calling calling) {
  if (clock_ == Clock::kReal) network_.advance_to(clock_ms());
  const std::vector<std::string>& via = config_.peers[on.value].via;
  stop_watching();
  // Otherwise something is on its way still, and a journey is that of one particle.
  if (unanswered_ == 0 && !network_.next_at_ms()) watch(script, function, !via.empty());
  if (!via.empty()) calling.set_relay(peer_id(via[0]));
  auto header = std::make_shared<peer::ParticleHeader>();
  header->id = fmt::format("{}-{}", epoch_ms_, ++last_number_);
  header->init_peer_id = network_.identities().peer_id(on);
  header->timestamp_ms = network_.now_ms();
  header->ttl_ms = ttl_ms_;
  header->script = sim::with_peer_ids(function.script.tree, network_.identities());
  peer::sign(*header, network_.identities().key(on));
  by_deadline_.emplace(network_.now_ms() + ttl_ms_, header->id);
  callings_.emplace(header->id, std::move(calling));
  ++unanswered_;
  network_.start(on, {std::move(header), nullptr});
}

void NetworkThread::watch(const std::shared_ptr<const CompiledScript>& script,
                          const compiler::CompiledFunction& function, bool has_relay) {
  watched_.emplace(script, function, has_relay, sim::JourneyRecorder(network_.identities()));
  network_.set_recorder(&watched_->recorder);
}

void NetworkThread::stop_watching() {
  network_.set_recorder(nullptr);
  watched_.reset();
}

std::string NetworkThread::why_stalled() const {
  if (!watched_) {
    return "nothing can move any more, and there is no result: a value that the script waits for "
           "never comes, or a peer can not be reached; call it alone to hear which";
  }
  const auto& compiled = watched_->function.script;
  const report::AquaScript script{.tree = compiled.tree,
                                  .source_map = compiled.source_map,
                                  .on_frames = compiled.on_frames,
                                  .sources = watched_->script->sources(watched_->has_relay)};
  const report::Journey& journey = watched_->recorder.journey();
  return diagnostics::render(
      script.sources,
      report::describe_stall(journey, script, report::explain(journey, script.tree), false),
      diagnostics::Colour::kOff);
}

std::optional<sim::EmbeddedNetwork::ClientAnswer> NetworkThread::answer(PeerIndex,
                                                                        const peer::Call& call) {
  const auto found = callings_.find(call.header->id);
  if (found == callings_.end()) return std::nullopt;
  const bool had_ended = found->second.has_ended();
  auto answer = found->second.answer(call);
  if (!had_ended && found->second.has_ended()) --unanswered_;
  if (!answer) return std::nullopt;
  return std::move(*answer);
}

void NetworkThread::end_late() {
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= network_.now_ms()) {
    const auto late = callings_.extract(by_deadline_.begin()->second);
    by_deadline_.erase(by_deadline_.begin());
    if (late.mapped().end(std::unexpected(
            Error{ErrorKind::kDeadline, fmt::format("no result within {} ms", ttl_ms_)})))
      --unanswered_;
  }
}

void NetworkThread::end_all(ErrorKind kind, std::string_view why) {
  for (auto& [id, calling] : callings_) {
    if (calling.end(std::unexpected(Error{kind, std::string(why)}))) --unanswered_;
  }
}

}  // namespace aqua::embed

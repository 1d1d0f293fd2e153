#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "node/event_log.h"
#include "node/loop.h"
#include "node/metrics.h"
#include "node/particle_history.h"
#include "node/run_queue.h"
#include "peer/peer.h"

// A peer in real time on one loop: hands it what happens, does what it wants done.

namespace aqua::node {

// How particles leave. Two bodies: connections, and what tests put there.
class ParticleNetwork {
 public:
  // Empty: it is on its way. Never called from inside of send().
  using Done = std::function<void(std::string failure)>;

  virtual ~ParticleNetwork() = default;
  virtual void send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done) = 0;
  virtual void send_report(const std::string& to, base::Bytes frame) = 0;
  // Back-pressure: nothing more is read from this peer until resume(); they are counted.
  virtual void pause(const std::string& from) = 0;
  virtual void resume(const std::string& from) = 0;
};

// How calls are done.
class CallPerformer {
 public:
  using Answered = std::function<void(peer::Answer)>;

  virtual ~CallPerformer() = default;
  // Answers once, or never; not after cancel(). It may answer at once.
  virtual void call(peer::Call call, std::uint64_t now_ms, Answered answered) = 0;
  virtual void cancel(peer::ParticleKey particle, std::uint32_t call_id) = 0;
};

class PeerDriver {
 public:
  struct Options {
    peer::Peer::Options peer;
    ParticleHistory::Limits history;
    std::size_t runs_waiting_max = 2'000;  // then who brings more is paused
    std::uint32_t busy_retry_ms = 2;       // what the peer had no room for is offered again
  };
  // For the init peer of particles that begin here.
  struct Watcher {
    std::function<void(const peer::DeliveryReport&)> on_report;
    std::function<void(const std::string& message)> on_run_failed;
    std::function<void()> on_forgotten;
  };

  // All of them live on.
  PeerDriver(Loop& loop, const crypto::KeyPair& key, const Options& options,
             ParticleNetwork& network, CallPerformer& calls, Metrics& metrics, EventLog& log);
  ~PeerDriver();

  // A particle of this peer's own making.
  void start(peer::Particle particle, Watcher watcher);
  // Sends that peer what it was sent last of each particle that began here: it may have forgotten it.
  void send_again(const std::string& to);
  void arrived(std::string from, peer::Particle particle);
  void report_arrived(std::string from, peer::DeliveryReport report);

  // No run waits, and no call is in flight.
  bool is_idle() const { return runs_.empty() && peer_.call_count() == 0; }
  const ParticleHistory& history() const { return history_; }
  // Fills in what is counted here as it is now.
  void measure(Metrics& metrics) const;

 private:
  struct Known {
    std::shared_ptr<const peer::ParticleHeader> header;
    Watcher watcher;
    bool is_own = false;
    std::map<std::string, std::shared_ptr<const base::Bytes>, std::less<>> sent;  // of own ones
  };

  void handle(peer::Event event);
  void run_next();
  void answer(peer::ParticleKey particle, std::uint32_t call_id, const std::string& name,
              std::uint64_t asked_at_ms, peer::Answer answer);

  void perform(peer::ScheduleRun& effect);
  void perform(peer::Send& effect);
  void perform(peer::Call& effect);
  void perform(peer::CancelCall& effect);
  void perform(peer::WakeAt& effect);
  void perform(peer::Ran& effect);
  void perform(peer::Refused& effect);
  void perform(peer::SendReport& effect);
  void perform(peer::Reported& effect);
  void perform(peer::Keep& effect);
  void perform(peer::Forgotten& effect);

  void offer_again(peer::Refused refused);
  const peer::ParticleHeader* header(peer::ParticleKey particle) const;
  void send(peer::ParticleKey key, std::shared_ptr<const peer::ParticleHeader> particle,
            const std::string& to, std::shared_ptr<const base::Bytes> frame);
  void note(const peer::ParticleHeader& header, Happening what, std::string_view peer,
            std::string detail = {});

  Loop& loop_;
  Options options_;
  ParticleNetwork& network_;
  CallPerformer& calls_;
  Metrics& metrics_;
  EventLog& log_;
  peer::ScriptCache scripts_;
  peer::Peer peer_;
  std::deque<peer::Event> events_;  // the first one is being handled
  RunQueue runs_;
  bool run_is_due_ = false;
  std::set<std::string> paused_;  // until half of the runs are done
  ParticleHistory history_;
  std::unordered_map<std::uint64_t, Known> known_;  // by particle key
  // Of the event that is handled now: the peer names no header where it admits a particle.
  std::shared_ptr<const peer::ParticleHeader> arriving_;
  Watcher arriving_watcher_;
  bool arriving_is_own_ = false;
  Loop::TimerId wake_;
  // The last particle that was sent, as a frame: often it goes to several peers.
  std::shared_ptr<const base::Bytes> framed_data_;
  std::shared_ptr<const base::Bytes> frame_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace aqua::node

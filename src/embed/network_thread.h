#pragma once

#include <aqua/network.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "embed/calling.h"
#include "embed/compiled_script.h"
#include "sim/embedded_network.h"

namespace aqua::embed {

// An embedded network with the thread that drives it. All of the network is touched by that thread only; others
// leave work for it.
class NetworkThread {
 public:
  NetworkThread(config::Network config, const NetworkOptions& options);
  ~NetworkThread();
  NetworkThread(const NetworkThread&) = delete;
  NetworkThread& operator=(const NetworkThread&) = delete;

  std::string peer_id(std::string_view name) const;
  Result<void> add(std::string_view peer, std::string service_id,
                   std::map<std::string, Function> functions);
  void call(std::string_view peer, const Script& script, std::string_view function,
            std::vector<Argument> arguments, std::function<void(Result<Value>)> done);

 private:
  using Work = std::function<void()>;
  using Time = std::uint64_t;

  Result<report::PeerIndex> find(std::string_view peer) const;
  // From any thread; what is left when the network ends is forgotten.
  void leave(Work work);

  // --- on the thread -------------------------------------------------------------------------------

  void drive();
  // Does what is due. The moment at which something is due again; none: nothing is.
  std::optional<Time> advance();
  Time clock_ms() const;
  void start(report::PeerIndex on, const std::shared_ptr<const CompiledScript>& script,
             const compiler::CompiledFunction& function, Calling calling);
  void watch(const std::shared_ptr<const CompiledScript>& script,
             const compiler::CompiledFunction& function, bool has_relay);
  void stop_watching();
  std::string why_stalled() const;
  std::optional<sim::EmbeddedNetwork::ClientAnswer> answer(report::PeerIndex on,
                                                           const peer::Call& call);
  void end_late();
  void end_all(ErrorKind kind, std::string_view why);

  // A particle that is alone in the network, from its start on: what happens to it can be told.
  struct Watched {
    std::shared_ptr<const CompiledScript> script;
    const compiler::CompiledFunction& function;
    bool has_relay;
    sim::JourneyRecorder recorder;
  };

  const config::Network config_;
  const Clock clock_;
  const std::uint32_t ttl_ms_;
  const Time epoch_ms_;  // of the particles' clock, when the steady clock showed `started_`
  const std::chrono::steady_clock::time_point started_;
  sim::EmbeddedNetwork network_;
  std::uint64_t last_number_ = 0;
  std::map<std::string, Calling, std::less<>> callings_;  // by particle id
  std::set<std::pair<Time, std::string>> by_deadline_;
  std::size_t unanswered_ = 0;
  std::optional<Watched> watched_;

  std::mutex mutex_;  // of what follows
  std::condition_variable has_work_;
  std::deque<Work> work_;
  bool is_ending_ = false;

  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace aqua::embed

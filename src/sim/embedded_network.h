#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/network.h"
#include "peer/peer.h"
#include "services/service_desk.h"
#include "sim/identities.h"
#include "sim/journey_recorder.h"
#include "sim/random.h"

// Any number of peers in one process, as a pure step: the network knows when its next event is due, and whoever
// drives it jumps there (virtual time) or waits until then (real time). Services in other processes are asked by
// the driver too. The same network and the same seed give the same order and the same bytes.

namespace aqua::sim {

struct NetworkOptions {
  std::uint64_t seed =
      0;  // of keys, and of the order of what happens at the same moment; 0: as it came
  std::uint64_t start_ms = 0;
  peer::Limits limits;
  bool explain_waiting = false;
  // What the services of users look like in the script; lives on. Null: not known.
  const services::Declarations* declarations = nullptr;
};

// What a service outside of this process is asked.
struct OutsideCall {
  report::PeerIndex on;
  services::Ask ask;
};
struct OutsideWithdrawal {
  report::PeerIndex on;
  services::Withdraw withdraw;
};
using OutsideEffect = std::variant<OutsideCall, OutsideWithdrawal>;

class EmbeddedNetwork {
 public:
  // What the client answers to its own script. None: it does not know the function.
  using ClientAnswer = std::variant<services::Answer, services::AnswerLater>;
  using Client = std::function<std::optional<ClientAnswer>(
      report::PeerIndex on, const peer::Call& call, std::uint64_t now_ms)>;
  using Printer =
      std::function<void(report::PeerIndex on, std::string_view line, std::uint64_t now_ms)>;

  // `network` lives on.
  EmbeddedNetwork(const config::Network& network, const NetworkOptions& options);

  const Identities& identities() const { return identities_; }
  std::uint64_t now_ms() const { return now_ms_; }

  // Calls of particles on the peer that they come from are shown to the client first.
  void set_client(Client client) { client_ = std::move(client); }
  void set_printer(Printer printer) { printer_ = std::move(printer); }
  // Beside those of the network file; of services with the same id the first one counts.
  void add_service(report::PeerIndex on, std::string id, services::Service service) {
    hosts_[on.value].desk->add(std::move(id), std::move(service));
  }
  // For networks with one particle; lives on.
  void set_recorder(JourneyRecorder* recorder) { recorder_ = recorder; }

  // The particle is that peer's own.
  void start(report::PeerIndex on, peer::Particle particle);

  // When the next event is due; none: nothing is left that could change anything, but for calls outside.
  std::optional<std::uint64_t> next_at_ms() const;
  // Performs the next event, at its time. False: nothing is left that could change anything.
  bool step();
  // So late it is in real time; never beyond the next event.
  void advance_to(std::uint64_t now_ms);

  // --- services outside of this process ---------------------------------------------------------------

  std::size_t outside_calls() const { return outside_calls_; }
  std::vector<OutsideEffect> take_outside();
  // Hostile text. The error is for people; nothing happened then.
  base::Result<bool, std::string> replied(report::PeerIndex on, std::string_view service_id,
                                          std::string_view message);
  void call_failed(report::PeerIndex on, const services::CallKey& key, std::string_view why);
  void call_timed_out(report::PeerIndex on, const services::CallKey& key);
  void all_failed(report::PeerIndex on, std::string_view service_id, std::string_view why);
  const services::Service* find_service(report::PeerIndex on, std::string_view service_id) const;

  std::size_t undelivered() const { return moving_; }
  std::uint64_t delivered() const { return delivered_; }  // particles, to peers
  bool has_forgotten() const { return has_forgotten_; }   // a particle whose time was over

 private:
  using Time = std::uint64_t;
  // An answer is on its way back from a service.
  struct Answering {
    peer::Answered answered;
  };
  struct Delivery {
    report::PeerIndex from;
    peer::Particle particle;
  };
  struct Wake {
    bool moves = false;
  };
  using Happening = std::variant<Delivery, Answering, peer::RunNow, Wake>;
  struct Event {
    Time at_ms;
    std::uint8_t phase;   // runs come after all that is there at the same moment
    std::uint64_t order;  // by seed
    std::uint64_t number;
    report::PeerIndex on;
    std::shared_ptr<Happening> what;  // a priority queue gives out copies only
    bool operator<(const Event& other) const {
      return std::tie(at_ms, phase, order, number) >
             std::tie(other.at_ms, other.phase, other.order, other.number);
    }
  };
  struct Host {
    std::unique_ptr<peer::Peer> peer;
    std::unique_ptr<services::ServiceDesk> desk;
    std::set<services::CallKey> outside;  // asked, and not yet answered
  };

  static bool moves(const Happening& what);
  void push(Time at_ms, report::PeerIndex on, Happening what);
  void handle(report::PeerIndex on, peer::Event event);

  void perform(report::PeerIndex on, peer::ScheduleRun& effect);
  void perform(report::PeerIndex on, peer::Send& effect);
  void perform(report::PeerIndex on, peer::Call& effect);
  void perform(report::PeerIndex on, peer::CancelCall& effect);
  void perform(report::PeerIndex on, peer::WakeAt& effect);
  void perform(report::PeerIndex on, peer::Ran& effect);
  void perform(report::PeerIndex on, peer::Refused& effect);
  void perform(report::PeerIndex on, peer::SendReport& effect);
  void perform(report::PeerIndex on, peer::Reported& effect);
  void perform(report::PeerIndex on, peer::Keep& effect);
  void perform(report::PeerIndex on, peer::Forgotten& effect);

  bool call_client(report::PeerIndex on, const peer::Call& call);
  using DeskStep = std::function<void(services::ServiceDesk&, std::vector<services::DeskEffect>&)>;
  // Performs what the desk of that peer wants done.
  void at_desk(report::PeerIndex on, const DeskStep& step);
  void perform(report::PeerIndex on, services::GiveAnswer& effect);
  void perform(report::PeerIndex on, services::Print& effect);
  void perform(report::PeerIndex on, services::Ask& effect);
  void perform(report::PeerIndex on, services::Withdraw& effect);
  void forget_outside(report::PeerIndex on, const services::CallKey& key);

  // None: no message can pass.
  std::optional<std::uint32_t> latency_ms(report::PeerIndex from, report::PeerIndex to,
                                          std::string& why_not) const;
  std::vector<std::string> known_peers(report::PeerIndex on) const;

  const config::Network& network_;
  NetworkOptions options_;
  Identities identities_;
  peer::ScriptCache scripts_;
  Random random_;
  std::vector<Host> hosts_;
  std::map<std::pair<std::string_view, std::string_view>, const config::LinkEntry*> links_;
  std::priority_queue<Event> events_;
  std::uint64_t pushed_ = 0;
  std::size_t moving_ = 0;  // events that can change something
  std::uint64_t delivered_ = 0;
  std::size_t outside_calls_ = 0;
  std::vector<OutsideEffect> outside_;
  Time now_ms_;
  bool has_forgotten_ = false;
  Client client_;
  Printer printer_;
  JourneyRecorder* recorder_ = nullptr;
};

}  // namespace aqua::sim

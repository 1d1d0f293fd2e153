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

#include "config/network.h"
#include "peer/peer.h"
#include "services/builtin.h"
#include "sim/identities.h"
#include "sim/journey_recorder.h"
#include "sim/random.h"

// Any number of peers in one process, in virtual time: the clock jumps to the next event. The same network
// and the same seed give the same order and the same bytes.

namespace aqua::sim {

struct NetworkOptions {
  std::uint64_t seed =
      0;  // of keys, and of the order of what happens at the same moment; 0: as it came
  std::uint64_t start_ms = 0;
  peer::Limits limits;
  bool explain_waiting = false;
};

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
  // For networks with one particle; lives on.
  void set_recorder(JourneyRecorder* recorder) { recorder_ = recorder; }

  // The particle is that peer's own.
  void start(report::PeerIndex on, peer::Particle particle);

  // Performs the next event. False: nothing is left that could change anything.
  bool step();
  std::size_t undelivered() const { return moving_; }
  bool has_forgotten() const { return has_forgotten_; }  // a particle whose time was over

 private:
  using Time = std::uint64_t;
  // An answer is on its way back from a service.
  struct Answering {
    peer::Answered answered;
    std::string busy_service;  // that is free then; empty: none
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
    std::vector<services::ServiceEntry> services;
    std::map<std::pair<std::string, std::string>, std::size_t>
        call_counts;  // by service and function
    struct Canned {
      std::set<std::pair<std::uint64_t, std::uint32_t>> running;  // particle and call
      std::vector<peer::Call> waiting;  // for their turn, first come first served
    };
    std::map<std::string, Canned> canned;  // by service id
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

  void answer_at(Time at_ms, report::PeerIndex on, const peer::Call& call, services::Answer answer,
                 std::string busy_service = {});
  bool call_client(report::PeerIndex on, const peer::Call& call);
  bool call_builtin(report::PeerIndex on, const peer::Call& call);
  void call_canned(report::PeerIndex on, peer::Call call);
  void run_canned(report::PeerIndex on, const peer::Call& call, const std::string& service_id);
  void free_service(report::PeerIndex on, const std::string& service_id, std::uint64_t particle,
                    std::uint32_t call_id);

  const std::string* find_service_id(report::PeerIndex on, std::string_view id_or_alias) const;
  const services::CannedService& service(report::PeerIndex on, const std::string& id) const;

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
  Time now_ms_;
  bool has_forgotten_ = false;
  Client client_;
  Printer printer_;
  JourneyRecorder* recorder_ = nullptr;
};

}  // namespace aqua::sim

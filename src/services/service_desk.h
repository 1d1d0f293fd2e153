#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "services/service.h"
#include "services/shape.h"

namespace aqua::services {

// --- what the desk wants done, in this order ----------------------------------------------------------

// The answer of a call, `delay_ms` from now; given() is to be said then.
struct GiveAnswer {
  CallKey key;
  Answer answer;
  std::uint64_t delay_ms = 0;
};
// For whoever looks at the peer.
struct Print {
  std::string text;
};
// A message of JSON-RPC for the process or the address of that service; replied() or failed() is to be said
// when something comes of it, timed_out() when nothing did at `at_ms`.
struct Ask {
  CallKey key;
  std::string service_id;
  std::uint64_t request_id = 0;
  std::string message;
  std::uint64_t at_ms = 0;
};
// Nobody waits for the reply to that request any more.
struct Withdraw {
  std::string service_id;
  std::uint64_t request_id = 0;
};
using DeskEffect = std::variant<GiveAnswer, Print, Ask, Withdraw>;

// All services of one peer, built in or of users: which there are, who answers, whose turn it is. Keeps no
// clock and performs nothing.
class ServiceDesk {
 public:
  struct Peer {
    const crypto::KeyPair* key = nullptr;
    std::string name;  // as people know it
    std::string_view air_version;
    // Peer ids that it could reach now, without its own; asked for only where a call is about them.
    std::function<std::vector<std::string>()> known_peers;
  };

  // The key outlives it, and so do the declarations, which may be null.
  explicit ServiceDesk(Peer peer, const Declarations* declarations = nullptr)
      : peer_(std::move(peer)), declarations_(declarations) {}

  // Of services with the same id the first one counts.
  void add(std::string id, Service service);

  // Each appends to `effects`.
  void call(ServiceCall call, std::uint64_t now_ms, std::vector<DeskEffect>& effects);
  void given(const CallKey& key, std::uint64_t now_ms, std::vector<DeskEffect>& effects);
  // Nobody waits for the answer any more.
  void cancel(const CallKey& key, std::uint64_t now_ms, std::vector<DeskEffect>& effects);
  // Hostile text from a process or an address. What makes no sense there is told by the result, for people, and
  // nothing else happens.
  base::Result<CallKey, std::string> replied(std::string_view service_id, std::string_view message,
                                             std::uint64_t now_ms,
                                             std::vector<DeskEffect>& effects);
  void failed(const CallKey& key, std::string_view why, std::uint64_t now_ms,
              std::vector<DeskEffect>& effects);
  void timed_out(const CallKey& key, std::uint64_t now_ms, std::vector<DeskEffect>& effects);
  // What is asked of that service will never be answered: its process died.
  void all_failed(std::string_view service_id, std::string_view why, std::uint64_t now_ms,
                  std::vector<DeskEffect>& effects);

  const Service* find(std::string_view service_id) const;

 private:
  struct Running {
    std::string function;
    std::uint64_t request_id = 0;  // 0: nobody else was asked
  };
  struct Instance {
    Service service;
    std::map<std::string, std::size_t> call_counts;  // by function
    std::map<CallKey, Running> running;
    std::map<std::uint64_t, ServiceCall> waiting;  // by arrival: first come, first served
    const ServiceShape* shape = nullptr;
  };
  struct Place {
    std::string service_id;
    std::uint64_t arrival = 0;
  };
  using Effects = std::vector<DeskEffect>;

  bool call_builtin(const ServiceCall& call, std::uint64_t now_ms, Effects& effects);
  const std::string* find_id(std::string_view id_or_alias) const;
  void refuse(const ServiceCall& call, std::string why, Effects& effects) const;
  std::string unknown_service(const ServiceCall& call) const;
  std::string why_not(const std::string& id, const Instance& instance,
                      const ServiceCall& call) const;
  void begin(const std::string& id, Instance& instance, ServiceCall call, std::uint64_t now_ms,
             Effects& effects);
  Answer checked(const std::string& id, const Instance& instance, std::string_view function,
                 Answer answer) const;
  void release(const std::string& id, Instance& instance,
               std::map<CallKey, Running>::iterator running, std::uint64_t now_ms,
               Effects& effects);
  void end(const CallKey& key, Answer answer, std::uint64_t now_ms, Effects& effects);

  Peer peer_;
  const Declarations* declarations_;
  std::vector<ServiceEntry> entries_;  // in the order in which they were added
  std::map<std::string, Instance, std::less<>> instances_;
  std::map<CallKey, std::string> service_of_;  // of the calls that hold a turn
  std::map<CallKey, Place> waits_at_;          // of the calls that wait for one
  std::uint64_t last_arrival_ = 0;
  std::map<std::uint64_t, CallKey> asked_;  // by request id
  std::uint64_t last_request_id_ = 0;
};

}  // namespace aqua::services

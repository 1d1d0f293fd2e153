#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/keys.h"
#include "node/event_log.h"
#include "node/node.h"
#include "peer/delivery_report.h"

// A client behind a relay: calls one compiled function through real connections. How a script asks for its
// arguments and gives its results: docs/formats/definitions.md.

namespace aqua::node {

struct RelayFunction {
  std::string script;
  std::map<std::string, std::string, std::less<>> arguments;  // canonical JSON by parameter
  std::map<std::string, services::CannedFunction, std::less<>> callbacks;  // what they reply
  std::vector<std::string> callbacks_with_result;
};

// --- what the caller hears, as it comes ---------------------------------------------------------------

struct CallbackCalled {
  std::string name;
  std::vector<std::string> arguments;
};
struct LinePrinted {
  std::string text;
};
struct Returned {
  std::vector<std::string> values;
};
struct FailedWith {
  std::string error;  // JSON: error_code, message, instruction, peer_id
};
struct Connected {
  std::string address;
  std::string relay;  // peer id
};
// The relay that the function was started behind. It goes on when that one comes back; another one ends it, once
// `waits_ms` are over.
struct RelayLost {
  std::string relay;
  std::string address;
  std::string why;
  std::uint32_t waits_ms = 0;
};
struct RelayBack {
  std::string relay;
  std::string address;
  std::uint64_t away_ms = 0;
};
struct NotConnected {
  std::string address;
  std::string why;
};
struct NotDelivered {
  peer::DeliveryReport report;
};
struct ClientNews {
  std::uint64_t at_ms = 0;  // since the function was started; 0 before
  std::variant<CallbackCalled, LinePrinted, Returned, FailedWith, Connected, NotConnected,
               RelayLost, RelayBack, NotDelivered>
      what;
};

enum class RelayRunEnd : std::uint8_t {
  kReturned,
  kFailed,     // the script told an error
  kNoRelay,    // none could be connected to in time
  kRelayLost,  // in the middle, and another one can not go on with the same particle
  kRunFailed,  // the script can not be run here
  kOverTime,
};

struct RelayRun {
  RelayRunEnd end = RelayRunEnd::kOverTime;
  std::string why;  // a sentence, where there is something to say
  std::optional<Returned> result;
  std::optional<FailedWith> error;
  std::vector<peer::DeliveryReport> reports;
  std::string particle_id;
  std::string relay;        // peer id: behind which it was started; empty: behind none
  std::string other_relay;  // the one that the client is connected to instead; empty: none
};

struct RelayRunOptions {
  std::vector<std::string> relays;  // multiaddrs, the first one first
  std::uint32_t ttl_ms = 15'000;
  std::uint32_t connect_ms_max = 10'000;  // to any of them
  // So long a relay that was lost may take to come back while another one is there.
  std::uint32_t relay_wait_ms = 5'000;
  NodeOptions node;
};

// In this thread, until it has ended.
RelayRun run_behind_relay(const RelayFunction& function, const crypto::KeyPair& key,
                          const RelayRunOptions& options, EventLog& log,
                          const std::function<void(const ClientNews&)>& listener);

}  // namespace aqua::node

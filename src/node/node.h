#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/limits.h"
#include "node/event_log.h"
#include "node/loop.h"
#include "node/node_limits.h"
#include "node/peer_driver.h"
#include "peer/limits.h"
#include "services/service.h"
#include "services/shape.h"

namespace aqua::node {

struct NodeOptions {
  std::vector<std::string> listen;     // multiaddrs
  std::vector<std::string> bootstrap;  // multiaddrs; kept connected
  std::vector<std::string>
      external;             // multiaddrs under which others reach it, beside those it listens on
  std::string http;         // ADDRESS:PORT; empty: no HTTP port
  std::string certificate;  // PEM files, to listen on wss
  std::string certificate_key;
  std::string roots;  // PEM file of whom to trust when dialling wss; empty: the system
  services::Services services;
  // What the script says of those services; lives on. Null: not known.
  const services::Declarations* declarations = nullptr;
  peer::Limits peer_limits;
  net::Limits net_limits{.keepalive_ms = 60'000};
  NodeLimits limits;
};

// What this process is, for identify and metrics.
inline constexpr std::string_view kVersion = "0.1.0";

// A peer in real time with all that it needs of the machine. Its functions are called on the first loop, and before
// it runs. A particle belongs to one of the loops by its signature, a connection to the loop that has it.
class Node {
 public:
  // For whoever uses this peer as a client.
  struct Client {
    // Answers calls of particles that begin here, before any service; false: it does not know the function.
    std::function<bool(const peer::Call&, const CallPerformer::Answered&)> call;
    std::function<void(const std::string& line)> print;
    std::function<void(const std::string& address, const std::string& peer)> on_bootstrap_connected;
    std::function<void(const std::string& address, const std::string& why)> on_bootstrap_lost;
  };

  // Loops, key and log live on; the loops do not run yet. Clients have one loop. The error is a sentence.
  static base::Result<std::unique_ptr<Node>, std::string> open(const std::vector<Loop*>& loops,
                                                               const crypto::KeyPair& key,
                                                               const NodeOptions& options,
                                                               EventLog& log, Client client);
  ~Node();

  const std::string& peer_id() const;
  // What it listens on, with its peer id, as others may dial it.
  const std::vector<std::string>& addresses() const;
  std::uint16_t http_port() const;  // 0: none

  // One more address to stay connected to.
  void connect(const std::string& address);
  void start(peer::Particle particle, PeerDriver::Watcher watcher);
  // What that peer was sent of particles that began here, once more.
  void send_again(const std::string& to);
  std::vector<std::string> connected_peers() const;
  // No new connections and particles; what runs and what is queued is finished within NodeLimits::stop_ms_max,
  // then `stopped` is called, and nothing happens any more.
  void stop(std::function<void()> stopped);

 private:
  class State;
  explicit Node(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aqua::node

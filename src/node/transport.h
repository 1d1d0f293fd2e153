#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "node/byte_stream.h"

// Where byte streams come from: sockets that are connected to, or accepted.

namespace aqua::node {

// A socket, connected, which from then on belongs to who is told.
using Connected = std::function<void(base::Result<int, std::string>)>;

// Tries the addresses that the host has, one after the other, in `timeout_ms` together.
void connect_tcp(Loop& loop, const Endpoint& endpoint, std::uint32_t timeout_ms,
                 Connected connected);

class Listener {
 public:
  struct Accepted {
    int socket = -1;   // belongs to who is told
    std::string from;  // multiaddr
  };
  using Handler = std::function<void(Accepted)>;

  // Port 0: any free one. The error is a sentence.
  static base::Result<std::unique_ptr<Listener>, std::string> open(Loop& loop,
                                                                   const Endpoint& endpoint,
                                                                   Handler handler);
  ~Listener();

  std::uint16_t port() const { return port_; }
  void stop();

 private:
  struct State;
  Listener(std::shared_ptr<State> state, std::uint16_t port)
      : state_(std::move(state)), port_(port) {}

  std::shared_ptr<State> state_;
  std::uint16_t port_;
};

}  // namespace aqua::node

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "node/byte_stream.h"

// Multiaddrs as far as there are transports for them:
//
//   /ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT [/ws | /wss | /tls/ws] [/p2p/PEER ID]

namespace aqua::node {

struct PeerAddress {
  Endpoint endpoint;
  std::string peer_id;  // may be empty
};

// The error is a sentence.
base::Result<PeerAddress, std::string> parse_address(std::string_view multiaddr);
// Without a peer id.
std::string address_text(const Endpoint& endpoint);
// ADDRESS:PORT, [ADDRESS]:PORT, or only a port of the loopback address.
base::Result<Endpoint, std::string> parse_host_port(std::string_view text);

}  // namespace aqua::node

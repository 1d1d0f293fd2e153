#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/keys.h"

// The signed record of a peer's addresses that identify carries (libp2p RFC 0002 and 0003): others may hand it on,
// because it proves by itself who said so.

namespace aqua::net {

// `addresses`: multiaddrs as text; what does not parse is left out. `sequence`: a later record of the same peer has a
// greater one, and replaces the earlier ones.
base::Bytes sign_peer_record(const crypto::KeyPair& identity,
                             const std::vector<std::string>& addresses, std::uint64_t sequence);

}  // namespace aqua::net

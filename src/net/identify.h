#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "net/limits.h"

// /ipfs/id/1.0.0: the listener of the stream writes one message, behind its length as a varint, and ends it.

namespace aqua::net {

inline constexpr std::string_view kIdentifyProtocolVersion = "ipfs/0.1.0";

struct Identify {
  std::optional<crypto::PublicKey> public_key;
  std::string protocol_version;
  std::string agent_version;
  std::vector<std::string> protocols;
  // Multiaddrs as text. When encoding, what does not parse is left out; when decoding, too.
  std::vector<std::string> listen_addresses;
  std::string observed_address;  // of the reader, as the writer sees it; empty: not said
  base::Bytes
      peer_record;  // see net/peer_record.h; empty: none. Not read: the connection proves as much.

  friend bool operator==(const Identify&, const Identify&) = default;
};

enum class IdentifyError : std::uint8_t { kTooLong, kMalformed };

// The message, without its length.
base::Bytes encode_identify(const Identify& identify);
// Keeps no more than `limits` allow; a text that is too long is left out.
base::Result<Identify, IdentifyError> decode_identify(base::ByteView message, const Limits& limits);

}  // namespace aqua::net

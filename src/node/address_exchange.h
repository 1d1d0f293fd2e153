#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// Connected peers ask each other for addresses. On a stream of its own protocol the dialler writes a question
// and closes its side, the other end writes an answer and closes:
//
//   question   varint length, MessagePack map: "ask": peer ids; none: any that the other end knows
//   answer     varint length, MessagePack map: "peers": map of peer id to an array of multiaddrs
//
// Unknown keys are skipped. Nobody has to believe an answer: who answers a dial proves its peer id.

namespace aqua::node {

inline constexpr std::string_view kAddressExchangeProtocol = "/aqua/addresses/1.0.0";

inline constexpr std::size_t kExchangeBytesMax = 65'536;  // without the first varint
inline constexpr std::size_t kAskedPeersMax = 64;
inline constexpr std::size_t kToldPeersMax = 64;
inline constexpr std::size_t kToldAddressesMax = 8;  // of one peer
inline constexpr std::size_t kAddressBytesMax = 256;
inline constexpr std::size_t kPeerIdBytesMax = 128;

struct AddressQuestion {
  std::vector<std::string> peers;
};
struct KnownPeer {
  std::string peer_id;
  std::vector<std::string> addresses;

  friend bool operator==(const KnownPeer&, const KnownPeer&) = default;
};
struct AddressAnswer {
  std::vector<KnownPeer> peers;
};

enum class ExchangeError : std::uint8_t { kTooLong, kTruncated, kMalformed };

// What is beyond the limits is left away.
void append_frame(base::Bytes& out, const AddressQuestion& question);
void append_frame(base::Bytes& out, const AddressAnswer& answer);
// Whole frames.
base::Result<AddressQuestion, ExchangeError> decode_question(base::ByteView frame);
base::Result<AddressAnswer, ExchangeError> decode_answer(base::ByteView frame);

}  // namespace aqua::node

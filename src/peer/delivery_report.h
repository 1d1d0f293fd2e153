#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"

// A notice that one hop of one particle did not happen. It travels back the way the particle came, from peer
// to peer, until it reaches the init peer; nothing depends on its arrival. On a stream of its own protocol:
//
//   varint       number of bytes that follow
//   map          MessagePack: "particle", "id", "reporter", "from", "to", "why", "detail", "at", "signature"
//
// The order of keys does not matter; unknown keys are skipped. Signed by the reporter, who is one end of the hop.

namespace aqua::peer {

inline constexpr std::string_view kDeliveryReportProtocol = "/aqua/delivery-report/1.0.0";

inline constexpr std::size_t kDeliveryReportBytesMax = 4096;  // without the first varint
inline constexpr std::size_t kDetailBytesMax = 512;

// Words for `why` beside those of a Refusal.
inline constexpr std::string_view kUnreachable = "unreachable";

struct DeliveryReport {
  crypto::Signature particle{};  // its signature says which one it is
  std::string particle_id;       // for people
  std::string reporter;          // peer id: `from` could not send, or `to` refused
  std::string from;              // peer id
  std::string to;                // peer id
  std::string why;               // a word; others may come from newer peers
  std::string detail;            // for people; may be empty
  std::uint64_t at_ms = 0;       // of the reporter's clock
  crypto::Signature signature{};
};

enum class DeliveryReportError : std::uint8_t { kTooLong, kTruncated, kMalformed, kMissingField };

// Fills in reporter and signature; cuts what is too long for people to read.
void sign(DeliveryReport& report, const crypto::KeyPair& key);
// By the key that the reporter's id holds; a reporter that is no end of the hop has none.
bool has_valid_signature(const DeliveryReport& report);

void append_frame(base::Bytes& out, const DeliveryReport& report);
// A whole frame.
base::Result<DeliveryReport, DeliveryReportError> decode_delivery_report(base::ByteView frame);

}  // namespace aqua::peer

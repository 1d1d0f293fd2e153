#include "net/peer_record.h"

#include <array>

#include "base/base58.h"
#include "base/varint.h"
#include "net/multiaddr.h"
#include "net/noise_payload.h"
#include "net/protobuf.h"

namespace aqua::net {

namespace {

constexpr std::string_view kDomain = "libp2p-peer-record";
constexpr std::array<base::Byte, 2> kPayloadType = {0x03, 0x01};  // multicodec libp2p-peer-record

namespace envelope_field {
constexpr std::uint32_t kPublicKey = 1;
constexpr std::uint32_t kPayloadType = 2;
constexpr std::uint32_t kPayload = 3;
constexpr std::uint32_t kSignature = 5;
}  // namespace envelope_field

namespace record_field {
constexpr std::uint32_t kPeerId = 1;
constexpr std::uint32_t kSequence = 2;
constexpr std::uint32_t kAddresses = 3;
}  // namespace record_field

namespace address_field {
constexpr std::uint32_t kMultiaddr = 1;
}  // namespace address_field

base::Bytes record_of(const crypto::KeyPair& identity, const std::vector<std::string>& addresses,
                      std::uint64_t sequence) {
  base::Bytes record;
  append_field(record, record_field::kPeerId, *base::base58_decode(identity.peer_id()));
  append_field(record, record_field::kSequence, sequence);
  for (const std::string& text : addresses) {
    const auto address = parse_multiaddr(text);
    if (!address) continue;
    base::Bytes entry;
    append_field(entry, address_field::kMultiaddr, encode_multiaddr(*address));
    append_field(record, record_field::kAddresses, entry);
  }
  return record;
}

void append_with_length(base::Bytes& out, base::ByteView bytes) {
  base::append_varint(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

base::Bytes sign_peer_record(const crypto::KeyPair& identity,
                             const std::vector<std::string>& addresses, std::uint64_t sequence) {
  const base::Bytes record = record_of(identity, addresses, sequence);
  base::Bytes signed_bytes;
  append_with_length(signed_bytes, base::as_bytes(kDomain));
  append_with_length(signed_bytes, kPayloadType);
  append_with_length(signed_bytes, record);
  base::Bytes envelope;
  append_field(envelope, envelope_field::kPublicKey, encode_identity_key(identity.public_key()));
  append_field(envelope, envelope_field::kPayloadType, kPayloadType);
  append_field(envelope, envelope_field::kPayload, record);
  append_field(envelope, envelope_field::kSignature, identity.sign(signed_bytes));
  return envelope;
}

}  // namespace aqua::net

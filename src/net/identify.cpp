#include "net/identify.h"

#include "net/multiaddr.h"
#include "net/noise_payload.h"
#include "net/protobuf.h"

namespace aqua::net {

namespace {

constexpr std::uint32_t kPublicKey = 1;
constexpr std::uint32_t kListenAddresses = 2;
constexpr std::uint32_t kProtocols = 3;
constexpr std::uint32_t kObservedAddress = 4;
constexpr std::uint32_t kProtocolVersion = 5;
constexpr std::uint32_t kAgentVersion = 6;
constexpr std::uint32_t kPeerRecord = 8;

void append_address(base::Bytes& out, std::uint32_t field, std::string_view text) {
  const auto address = parse_multiaddr(text);
  if (address) append_field(out, field, encode_multiaddr(*address));
}

std::string text_of(base::ByteView bytes, const Limits& limits) {
  if (bytes.size() > limits.identify_text_bytes_max) return {};
  return std::string(base::as_text(bytes));
}

std::string address_of(base::ByteView bytes, const Limits& limits) {
  if (bytes.size() > limits.identify_text_bytes_max) return {};
  const auto address = decode_multiaddr(bytes);
  return address ? print_multiaddr(*address) : std::string();
}

void add(std::vector<std::string>& list, std::string text, std::size_t count_max) {
  if (!text.empty() && list.size() < count_max) list.push_back(std::move(text));
}

bool read_field(Identify& identify, std::uint32_t number, base::ByteView bytes,
                const Limits& limits) {
  switch (number) {
    case kPublicKey: {
      const auto key = decode_identity_key(bytes);
      if (key) identify.public_key = *key;
      return key.has_value();
    }
    case kListenAddresses:
      add(identify.listen_addresses, address_of(bytes, limits), limits.identify_addresses_max);
      return true;
    case kProtocols:
      add(identify.protocols, text_of(bytes, limits), limits.identify_protocols_max);
      return true;
    case kObservedAddress: identify.observed_address = address_of(bytes, limits); return true;
    case kProtocolVersion: identify.protocol_version = text_of(bytes, limits); return true;
    case kAgentVersion: identify.agent_version = text_of(bytes, limits); return true;
    default: return true;  // a field of a later version
  }
}

}  // namespace

base::Bytes encode_identify(const Identify& identify) {
  base::Bytes out;
  if (identify.public_key) append_field(out, kPublicKey, encode_identity_key(*identify.public_key));
  for (const std::string& address : identify.listen_addresses) {
    append_address(out, kListenAddresses, address);
  }
  for (const std::string& name : identify.protocols)
    append_field(out, kProtocols, base::as_bytes(name));
  append_address(out, kObservedAddress, identify.observed_address);
  append_field(out, kProtocolVersion, base::as_bytes(identify.protocol_version));
  append_field(out, kAgentVersion, base::as_bytes(identify.agent_version));
  if (!identify.peer_record.empty()) append_field(out, kPeerRecord, identify.peer_record);
  return out;
}

base::Result<Identify, IdentifyError> decode_identify(base::ByteView message,
                                                      const Limits& limits) {
  if (message.size() > limits.identify_bytes_max) return std::unexpected(IdentifyError::kTooLong);
  Identify identify;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    if (!field->bytes) continue;
    if (!read_field(identify, field->number, *field->bytes, limits)) {
      return std::unexpected(IdentifyError::kMalformed);
    }
  }
  if (reader.malformed()) return std::unexpected(IdentifyError::kMalformed);
  return identify;
}

}  // namespace aqua::net

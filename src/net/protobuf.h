#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

// As much of Protocol Buffers as libp2p needs: fields that are varints or bytes.

namespace aqua::net {

void append_field(base::Bytes& out, std::uint32_t number, base::ByteView bytes);
void append_field(base::Bytes& out, std::uint32_t number, std::uint64_t value);

struct ProtobufField {
  std::uint32_t number = 0;
  // Of a field of varint type. Other fields: 0.
  std::uint64_t value = 0;
  // Of a field of bytes type, within the message. Other fields: none.
  std::optional<base::ByteView> bytes;
};

// The fields of one message in their order. Fixed-width fields are passed over; groups are malformed.
class ProtobufReader {
 public:
  explicit ProtobufReader(base::ByteView message) : rest_(message) {}

  // None at the end, or where the message is malformed.
  std::optional<ProtobufField> next();
  bool malformed() const { return malformed_; }

 private:
  std::optional<std::uint64_t> take_varint();
  bool skip(std::size_t count);

  base::ByteView rest_;
  bool malformed_ = false;
};

}  // namespace aqua::net

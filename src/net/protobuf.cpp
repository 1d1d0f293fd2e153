#include "net/protobuf.h"

#include "base/varint.h"

namespace aqua::net {

namespace {

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr std::uint64_t kFieldNumberMax = (1U << 29) - 1;

void append_tag(base::Bytes& out, std::uint32_t number, WireType type) {
  base::append_varint(out, (std::uint64_t{number} << 3) | type);
}

}  // namespace

void append_field(base::Bytes& out, std::uint32_t number, base::ByteView bytes) {
  append_tag(out, number, kBytes);
  base::append_varint(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_field(base::Bytes& out, std::uint32_t number, std::uint64_t value) {
  append_tag(out, number, kVarint);
  base::append_varint(out, value);
}

// Protocol Buffers allow ten bytes and longer forms than needed, unlike multiformats.
std::optional<std::uint64_t> ProtobufReader::take_varint() {
  constexpr std::size_t kBytesMax = 10;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < rest_.size() && i < kBytesMax; ++i) {
    value |= static_cast<std::uint64_t>(rest_[i] & 0x7F) << (7 * i);
    if ((rest_[i] & 0x80) != 0) continue;
    rest_ = rest_.subspan(i + 1);
    return value;
  }
  malformed_ = true;
  return std::nullopt;
}

bool ProtobufReader::skip(std::size_t count) {
  malformed_ = count > rest_.size();
  if (!malformed_) rest_ = rest_.subspan(count);
  return !malformed_;
}

std::optional<ProtobufField> ProtobufReader::next() {
  while (!malformed_ && !rest_.empty()) {
    const auto tag = take_varint();
    if (!tag) break;
    const std::uint64_t number = *tag >> 3;
    malformed_ = number == 0 || number > kFieldNumberMax;
    if (malformed_) break;
    ProtobufField field;
    field.number = static_cast<std::uint32_t>(number);
    switch (*tag & 7) {
      case kVarint: {
        const auto value = take_varint();
        if (!value) return std::nullopt;
        field.value = *value;
        return field;
      }
      case kBytes: {
        const auto size = take_varint();
        if (!size) return std::nullopt;
        const base::ByteView from_here = rest_;
        if (!skip(*size)) return std::nullopt;
        field.bytes = from_here.first(*size);
        return field;
      }
      case kFixed64: skip(8); break;
      case kFixed32: skip(4); break;
      default: malformed_ = true; break;
    }
  }
  return std::nullopt;
}

}  // namespace aqua::net

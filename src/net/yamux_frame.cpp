#include "net/yamux_frame.h"

namespace aqua::net {

namespace {

void append_big_endian(base::Bytes& out, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<base::Byte>(value >> (8 * i)));
}

std::uint32_t big_endian(base::ByteView bytes) {
  std::uint32_t value = 0;
  for (const base::Byte byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

void append_yamux_header(base::Bytes& out, const YamuxHeader& header) {
  out.push_back(0);
  out.push_back(static_cast<base::Byte>(header.type));
  append_big_endian(out, header.flags, 2);
  append_big_endian(out, header.stream, 4);
  append_big_endian(out, header.length, 4);
}

std::optional<YamuxHeader> parse_yamux_header(
    const std::array<base::Byte, kYamuxHeaderBytes>& bytes) {
  if (bytes[0] != 0 || bytes[1] > static_cast<base::Byte>(YamuxType::kGoAway)) return std::nullopt;
  const base::ByteView view(bytes);
  return YamuxHeader{.type = static_cast<YamuxType>(bytes[1]),
                     .flags = static_cast<std::uint16_t>(big_endian(view.subspan(2, 2))),
                     .stream = big_endian(view.subspan(4, 4)),
                     .length = big_endian(view.subspan(8, 4))};
}

}  // namespace aqua::net

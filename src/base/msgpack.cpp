#include "base/msgpack.h"

#include <algorithm>
#include <bit>

namespace aqua::base {

void MsgpackWriter::big_endian(std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out_.push_back(static_cast<Byte>(value >> shift));
}

void MsgpackWriter::unsigned_integer(std::uint64_t value) {
  if (value < 0x80) {
    out_.push_back(static_cast<Byte>(value));
  } else if (value <= 0xFF) {
    out_.push_back(0xCC);
    big_endian(value, 1);
  } else if (value <= 0xFFFF) {
    out_.push_back(0xCD);
    big_endian(value, 2);
  } else if (value <= 0xFFFFFFFF) {
    out_.push_back(0xCE);
    big_endian(value, 4);
  } else {
    out_.push_back(0xCF);
    big_endian(value, 8);
  }
}

void MsgpackWriter::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0) {
    unsigned_integer(bits);
  } else if (value >= -32) {
    out_.push_back(static_cast<Byte>(bits));
  } else if (value >= INT8_MIN) {
    out_.push_back(0xD0);
    big_endian(bits, 1);
  } else if (value >= INT16_MIN) {
    out_.push_back(0xD1);
    big_endian(bits, 2);
  } else if (value >= INT32_MIN) {
    out_.push_back(0xD2);
    big_endian(bits, 4);
  } else {
    out_.push_back(0xD3);
    big_endian(bits, 8);
  }
}

void MsgpackWriter::float64(double value) {
  out_.push_back(0xCB);
  big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

void MsgpackWriter::text(std::string_view value) {
  const std::size_t size = value.size();
  if (size < 32) {
    out_.push_back(static_cast<Byte>(0xA0 | size));
  } else if (size <= 0xFF) {
    out_.push_back(0xD9);
    big_endian(size, 1);
  } else if (size <= 0xFFFF) {
    out_.push_back(0xDA);
    big_endian(size, 2);
  } else {
    out_.push_back(0xDB);
    big_endian(size, 4);
  }
  out_.insert(out_.end(), value.begin(), value.end());
}

void MsgpackWriter::binary_head(std::uint32_t size) {
  if (size <= 0xFF) {
    out_.push_back(0xC4);
    big_endian(size, 1);
  } else if (size <= 0xFFFF) {
    out_.push_back(0xC5);
    big_endian(size, 2);
  } else {
    out_.push_back(0xC6);
    big_endian(size, 4);
  }
}

void MsgpackWriter::binary(ByteView value) {
  binary_head(static_cast<std::uint32_t>(value.size()));
  out_.insert(out_.end(), value.begin(), value.end());
}

namespace {
constexpr std::size_t kBinaryHeadBytesMax = 5;
}  // namespace

std::size_t MsgpackWriter::open_binary() {
  const std::size_t opened = out_.size();
  out_.resize(opened + kBinaryHeadBytesMax);
  return opened;
}

void MsgpackWriter::close_binary(std::size_t opened) {
  const std::size_t start = opened + kBinaryHeadBytesMax;
  Bytes head;
  MsgpackWriter(head).binary_head(static_cast<std::uint32_t>(out_.size() - start));
  // Only a short content moves.
  const std::size_t unused = kBinaryHeadBytesMax - head.size();
  std::copy(head.begin(), head.end(), out_.begin() + opened + unused);
  out_.erase(out_.begin() + opened, out_.begin() + opened + unused);
}

void MsgpackWriter::array_head(std::uint32_t count) {
  if (count < 16) {
    out_.push_back(static_cast<Byte>(0x90 | count));
  } else if (count <= 0xFFFF) {
    out_.push_back(0xDC);
    big_endian(count, 2);
  } else {
    out_.push_back(0xDD);
    big_endian(count, 4);
  }
}

void MsgpackWriter::map_head(std::uint32_t count) {
  if (count < 16) {
    out_.push_back(static_cast<Byte>(0x80 | count));
  } else if (count <= 0xFFFF) {
    out_.push_back(0xDE);
    big_endian(count, 2);
  } else {
    out_.push_back(0xDF);
    big_endian(count, 4);
  }
}

std::optional<Byte> MsgpackReader::byte() {
  if (failed_ || at_ >= in_.size()) return fail();
  return in_[at_++];
}

std::optional<std::uint64_t> MsgpackReader::big_endian(int count) {
  const auto view = bytes(static_cast<std::uint64_t>(count));
  if (!view) return std::nullopt;
  std::uint64_t value = 0;
  for (const Byte b : *view) value = value << 8 | b;
  return value;
}

std::optional<ByteView> MsgpackReader::bytes(std::uint64_t count) {
  if (failed_ || count > in_.size() - at_) return fail();
  const ByteView view = in_.subspan(at_, count);
  at_ += count;
  return view;
}

std::optional<std::uint32_t> MsgpackReader::map_head() {
  const auto head = byte();
  if (!head) return std::nullopt;
  if ((*head & 0xF0) == 0x80) return *head & 0x0F;
  if (*head != 0xDE && *head != 0xDF) return fail();
  const auto count = big_endian(*head == 0xDE ? 2 : 4);
  if (!count) return std::nullopt;
  return static_cast<std::uint32_t>(*count);
}

std::optional<std::uint32_t> MsgpackReader::array_head() {
  const auto head = byte();
  if (!head) return std::nullopt;
  if ((*head & 0xF0) == 0x90) return *head & 0x0F;
  if (*head != 0xDC && *head != 0xDD) return fail();
  const auto count = big_endian(*head == 0xDC ? 2 : 4);
  if (!count) return std::nullopt;
  return static_cast<std::uint32_t>(*count);
}

std::optional<std::string_view> MsgpackReader::text() {
  const auto head = byte();
  if (!head) return std::nullopt;
  std::optional<std::uint64_t> size;
  if ((*head & 0xE0) == 0xA0)
    size = *head & 0x1F;
  else if (*head >= 0xD9 && *head <= 0xDB)
    size = big_endian(1 << (*head - 0xD9));
  else
    return fail();
  if (!size) return std::nullopt;
  const auto view = bytes(*size);
  if (!view) return std::nullopt;
  return as_text(*view);
}

std::optional<ByteView> MsgpackReader::binary() {
  const auto head = byte();
  if (!head) return std::nullopt;
  if (*head < 0xC4 || *head > 0xC6) return fail();
  const auto size = big_endian(1 << (*head - 0xC4));
  if (!size) return std::nullopt;
  return bytes(*size);
}

std::optional<std::int64_t> MsgpackReader::integer() {
  const auto head = byte();
  if (!head) return std::nullopt;
  if (*head < 0x80) return *head;
  if (*head >= 0xE0) return static_cast<std::int8_t>(*head);
  if (*head >= 0xCC && *head <= 0xCF) {
    const auto value = big_endian(1 << (*head - 0xCC));
    if (!value) return std::nullopt;
    if (*value > static_cast<std::uint64_t>(INT64_MAX)) return fail();
    return static_cast<std::int64_t>(*value);
  }
  if (*head >= 0xD0 && *head <= 0xD3) {
    const int size = 1 << (*head - 0xD0);
    const auto value = big_endian(size);
    if (!value) return std::nullopt;
    const int unused = 64 - size * 8;
    return static_cast<std::int64_t>(*value << unused) >> unused;
  }
  return fail();
}

bool MsgpackReader::skip() {
  for (std::uint64_t left = 1; left != 0; --left) {
    const auto head = byte();
    if (!head) return false;
    const Byte h = *head;
    std::optional<std::uint64_t> size = 0;
    if (h < 0x80 || h >= 0xE0 || h == 0xC0 || h == 0xC2 || h == 0xC3) {
    } else if (h < 0x90) {
      left += 2 * (h & 0x0F);
    } else if (h < 0xA0) {
      left += h & 0x0F;
    } else if (h < 0xC0) {
      size = h & 0x1F;
    } else if (h >= 0xC4 && h <= 0xC6) {
      size = big_endian(1 << (h - 0xC4));
    } else if (h >= 0xC7 && h <= 0xC9) {
      size = big_endian(1 << (h - 0xC7));
      if (size) ++*size;
    } else if (h == 0xCA) {
      size = 4;
    } else if (h == 0xCB) {
      size = 8;
    } else if (h >= 0xCC && h <= 0xD3) {
      size = 1 << ((h - 0xCC) & 3);
    } else if (h >= 0xD4 && h <= 0xD8) {
      size = (1 << (h - 0xD4)) + 1;
    } else if (h >= 0xD9 && h <= 0xDB) {
      size = big_endian(1 << (h - 0xD9));
    } else if (h == 0xDC || h == 0xDD) {
      size = big_endian(h == 0xDC ? 2 : 4);
      if (!size) return false;
      left += *size;
      size = 0;
    } else if (h == 0xDE || h == 0xDF) {
      size = big_endian(h == 0xDE ? 2 : 4);
      if (!size) return false;
      left += 2 * *size;
      size = 0;
    } else {
      fail();
      return false;
    }
    if (!size || !bytes(*size)) return false;
  }
  return true;
}

}  // namespace aqua::base

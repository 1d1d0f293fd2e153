#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace aqua::base {

// Appends MessagePack items, each in its shortest form.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(Bytes& out) : out_(out) {}

  void nil() { out_.push_back(0xC0); }
  void boolean(bool value) { out_.push_back(value ? 0xC3 : 0xC2); }
  void unsigned_integer(std::uint64_t value);
  void integer(std::int64_t value);
  void float64(double value);
  void text(std::string_view value);
  void binary(ByteView value);
  // Only the head; the caller appends exactly `size` bytes.
  void binary_head(std::uint32_t size);
  // Binary of a size that is not known yet: what is appended in between, without a copy of its own.
  std::size_t open_binary();
  void close_binary(std::size_t opened);
  void array_head(std::uint32_t count);
  void map_head(std::uint32_t count);

 private:
  void big_endian(std::uint64_t value, int bytes);

  Bytes& out_;
};

// Reads MessagePack items from hostile bytes. After the first failure every read fails.
class MsgpackReader {
 public:
  explicit MsgpackReader(ByteView in) : in_(in) {}

  bool failed() const { return failed_; }
  bool at_end() const { return at_ == in_.size(); }
  std::size_t position() const { return at_; }

  std::optional<std::uint32_t> map_head();
  std::optional<std::uint32_t> array_head();
  std::optional<std::string_view> text();
  // Binary, or an array of small integers, as some writers send bytes: those are not views, so
  // only the binary family is accepted here.
  std::optional<ByteView> binary();
  std::optional<std::int64_t> integer();
  // Skips one item with all that it contains. Depth costs no native stack.
  bool skip();

 private:
  std::optional<Byte> byte();
  std::optional<std::uint64_t> big_endian(int bytes);
  std::optional<ByteView> bytes(std::uint64_t count);
  std::nullopt_t fail() {
    failed_ = true;
    return std::nullopt;
  }

  ByteView in_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace aqua::base

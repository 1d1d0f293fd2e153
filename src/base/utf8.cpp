#include "base/utf8.h"

#include <fmt/format.h>

#include <cstring>

namespace aqua::base {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && is_continuation_byte(text[at]);
}

// Size of the sequence at `at`, 0 where it is malformed (Unicode 15, table 3-7).
std::size_t valid_sequence_size(std::string_view text, std::size_t at) {
  const std::uint8_t lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4 || !is_continuation(text, at + 1)) return 0;
  if (lead < 0xE0) return 2;
  const std::uint8_t second = byte_at(text, at + 1);
  if (!is_continuation(text, at + 2)) return 0;
  if (lead < 0xF0) {
    const bool overlong = lead == 0xE0 && second < 0xA0;
    const bool surrogate = lead == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = lead == 0xF0 && second < 0x90;
  const bool too_large = lead == 0xF4 && second >= 0x90;
  return overlong || too_large || !is_continuation(text, at + 3) ? 0 : 4;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  const auto tail = [text](std::size_t at) -> char32_t { return byte_at(text, at) & 0x3F; };
  if (lead < 0xE0) return {((lead & 0x1Fu) << 6) | tail(1), 2};
  if (lead < 0xF0) return {((lead & 0x0Fu) << 12) | (tail(1) << 6) | tail(2), 3};
  return {((lead & 0x07u) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3), 4};
}

CodePoint decode_utf8_lossy(std::string_view text) {
  if (valid_sequence_size(text, 0) == 0) return {kReplacementCharacter, 1};
  return decode_utf8(text);
}

std::size_t find_invalid_utf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t block;
    if (at + sizeof block <= text.size()) {
      std::memcpy(&block, text.data() + at, sizeof block);
      if ((block & kHighBits) == 0) {
        at += sizeof block;
        continue;
      }
    }
    const std::size_t size = valid_sequence_size(text, at);
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t size = bytes_max;
  while (size > 0 && is_continuation_byte(text[size])) --size;
  return text.substr(0, size);
}

std::string truncated(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  return fmt::format("{}...", utf8_prefix(text, bytes_max));
}

std::string abbreviated(std::string_view word) {
  constexpr std::size_t kSizeMax = 60;
  constexpr std::size_t kEndsSize = 24;
  if (word.size() <= kSizeMax) return std::string(word);
  std::size_t tail = word.size() - kEndsSize;
  while (tail < word.size() && is_continuation_byte(word[tail])) ++tail;
  return fmt::format("{}...{}", utf8_prefix(word, kEndsSize), word.substr(tail));
}

}  // namespace aqua::base

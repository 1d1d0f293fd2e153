#include "diagnostics/utf8.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace aqua::diagnostics {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (byte_at(text, at) & 0xC0) == 0x80;
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

struct Range {
  char32_t first;
  char32_t last;
};

// Coarse on purpose: blocks, not single characters.
constexpr Range kZeroWidth[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},
                                {0x610, 0x61A},   {0x64B, 0x65F},   {0x200B, 0x200F},
                                {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20FF},
                                {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
constexpr Range kDoubleWidth[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
                                  {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
                                  {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE4F},
                                  {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                  {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool contains(const Range (&ranges)[N], char32_t code_point) {
  const Range* const after =
      std::upper_bound(std::begin(ranges), std::end(ranges), code_point,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && code_point <= std::prev(after)->last;
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

std::uint32_t display_width(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (contains(kZeroWidth, code_point)) return 0;
  return contains(kDoubleWidth, code_point) ? 2 : 1;
}

}  // namespace aqua::diagnostics

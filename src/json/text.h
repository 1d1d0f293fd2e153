#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

// Reading values in their canonical text (canonical.h). A part of a canonical text is the canonical
// text of that part, so everything here hands out views. Depth costs no native stack.

namespace aqua::json {

enum class Kind : std::uint8_t { kNull, kBoolean, kInteger, kFloat, kString, kArray, kObject };
Kind kind_of(std::string_view value);

// --- strings ----------------------------------------------------------------

void append_quoted(std::string& out, std::string_view text);  // of UTF-8
// Of any bytes: those that are not UTF-8 become U+FFFD.
void append_quoted_lossy(std::string& out, std::string_view text);
std::string quoted(std::string_view text);
// The text between the quotes with escapes resolved.
std::string unquote(std::string_view value);

// --- numbers ----------------------------------------------------------------

std::optional<std::int64_t> as_int64(std::string_view value);
std::optional<std::uint32_t> as_uint32(std::string_view value);

// --- arrays and objects -----------------------------------------------------

// Position after the value that starts at `at`.
std::size_t skip_value(std::string_view text, std::size_t at);

std::vector<std::string_view> array_items(std::string_view array);

struct Member {
  std::string_view key;  // quoted
  std::string_view value;
};
std::vector<Member> object_members(std::string_view object);
std::optional<std::string_view> find_member(std::string_view object, std::string_view key);

// Structural equality: canonical texts are equal, or differ only in the sign of float zeros.
bool equal(std::string_view left, std::string_view right);

// --- other encodings --------------------------------------------------------

void append_msgpack(base::Bytes& out, std::string_view value);

}  // namespace aqua::json

#include "json/text.h"

#include <charconv>
#include <cstring>

#include "base/msgpack.h"
#include "base/utf8.h"
#include "json/special.h"

namespace aqua::json {

namespace {

bool ends_number(char c) { return c == ',' || c == ']' || c == '}' || c == ':'; }

// Position after the string that starts at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at;; at += 2) {
    const void* quote = std::memchr(text.data() + at, '"', text.size() - at);
    const auto end = static_cast<std::size_t>(static_cast<const char*>(quote) - text.data());
    const void* slash = std::memchr(text.data() + at, '\\', end - at);
    if (slash == nullptr) return end + 1;
    at = static_cast<std::size_t>(static_cast<const char*>(slash) - text.data());
  }
}

void append_utf8(std::string& out, unsigned code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | code_point >> 6);
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | code_point >> 12);
    out += static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code_point >> 18);
    out += static_cast<char>(0x80 | (code_point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

unsigned hex_unit(std::string_view digits) {
  unsigned unit = 0;
  std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  return unit;
}

}  // namespace

Kind kind_of(std::string_view value) {
  switch (value[0]) {
    case 'n': return Kind::kNull;
    case 't':
    case 'f': return Kind::kBoolean;
    case '"': return Kind::kString;
    case '[': return Kind::kArray;
    case '{': return Kind::kObject;
    default: break;
  }
  return value.find_first_of(".e") == value.npos ? Kind::kInteger : Kind::kFloat;
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    const char* const special = find_special(at, end);
    out.append(at, special);
    if (special == end) break;
    at = special + 1;
    const auto c = static_cast<unsigned char>(*special);
    out += '\\';
    switch (c) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default:
        out += "u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out += '"';
}

void append_quoted_lossy(std::string& out, std::string_view text) {
  std::size_t bad = base::find_invalid_utf8(text);
  if (bad == std::string_view::npos) return append_quoted(out, text);
  std::string clean;
  for (; bad != std::string_view::npos; bad = base::find_invalid_utf8(text)) {
    clean += text.substr(0, bad);
    clean += "\uFFFD";
    text.remove_prefix(bad + 1);
  }
  clean += text;
  append_quoted(out, clean);
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

std::string unquote(std::string_view value) {
  const std::string_view body = value.substr(1, value.size() - 2);
  std::string out;
  out.reserve(body.size());
  std::size_t at = 0;
  while (true) {
    const std::size_t slash = std::min(body.find('\\', at), body.size());
    out.append(body, at, slash - at);
    if (slash == body.size()) return out;
    at = slash + 2;
    switch (body[slash + 1]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        unsigned unit = hex_unit(body.substr(at));
        at += 4;
        if (unit >= 0xD800 && unit <= 0xDBFF) {
          unit = 0x10000 + ((unit - 0xD800) << 10) + (hex_unit(body.substr(at + 2)) - 0xDC00);
          at += 6;
        }
        append_utf8(out, unit);
        break;
      }
      default: out += body[slash + 1]; break;
    }
  }
}

std::optional<std::int64_t> as_int64(std::string_view value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> as_uint32(std::string_view value) {
  const auto number = as_int64(value);
  if (!number || *number < 0 || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    switch (text[at]) {
      case '[':
      case '{':
        ++depth;
        ++at;
        break;
      case ']':
      case '}':
        --depth;
        ++at;
        break;
      case ',':
      case ':': ++at; break;
      case '"': at = skip_string(text, at); break;
      default:
        while (at < text.size() && !ends_number(text[at])) ++at;
    }
  } while (depth != 0);
  return at;
}

std::vector<std::string_view> array_items(std::string_view array) {
  std::vector<std::string_view> items;
  for (std::size_t at = 1; at + 1 < array.size();) {
    const std::size_t end = skip_value(array, at);
    items.push_back(array.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

std::vector<Member> object_members(std::string_view object) {
  std::vector<Member> members;
  for (std::size_t at = 1; at + 1 < object.size();) {
    const std::size_t key_end = skip_string(object, at);
    const std::size_t end = skip_value(object, key_end + 1);
    members.push_back(
        {object.substr(at, key_end - at), object.substr(key_end + 1, end - key_end - 1)});
    at = end + 1;
  }
  return members;
}

std::optional<std::string_view> find_member(std::string_view object, std::string_view key) {
  const std::string wanted = quoted(key);
  for (std::size_t at = 1; at + 1 < object.size();) {
    const std::size_t key_end = skip_string(object, at);
    const std::size_t end = skip_value(object, key_end + 1);
    if (object.substr(at, key_end - at) == wanted)
      return object.substr(key_end + 1, end - key_end - 1);
    at = end + 1;
  }
  return std::nullopt;
}

bool equal(std::string_view left, std::string_view right) {
  if (left == right) return true;
  // -0.0 and 0.0 are equal numbers with two texts.
  std::size_t l = 0;
  std::size_t r = 0;
  while (l < left.size() && r < right.size()) {
    if (left[l] == '"' || right[r] == '"') {
      if (left[l] != right[r]) return false;
      const std::size_t l_end = skip_string(left, l);
      const std::size_t r_end = skip_string(right, r);
      if (left.substr(l, l_end - l) != right.substr(r, r_end - r)) return false;
      l = l_end;
      r = r_end;
      continue;
    }
    const auto at_negative_zero = [](std::string_view text, std::size_t at) {
      return text.substr(at, 4) == "-0.0" && (at + 4 == text.size() || ends_number(text[at + 4]));
    };
    if (at_negative_zero(left, l)) ++l;
    if (at_negative_zero(right, r)) ++r;
    if (left[l] != right[r]) return false;
    ++l;
    ++r;
  }
  return l == left.size() && r == right.size();
}

namespace {

// The number of children of every array and object, in the order of their opening brackets.
std::vector<std::uint32_t> child_counts(std::string_view value) {
  struct Open {
    std::size_t index;
    bool is_object;
  };
  std::vector<std::uint32_t> counts;
  std::vector<Open> open;
  for (std::size_t at = 0; at < value.size();) {
    switch (value[at]) {
      case '[':
      case '{':
        if (value[at + 1] != (value[at] == '[' ? ']' : '}')) {
          counts.push_back(1);
        } else {
          counts.push_back(0);
        }
        open.push_back({counts.size() - 1, value[at] == '{'});
        ++at;
        break;
      case ']':
      case '}':
        open.pop_back();
        ++at;
        break;
      case ',':
        ++counts[open.back().index];
        ++at;
        break;
      case '"': at = skip_string(value, at); break;
      default: ++at;
    }
  }
  return counts;
}

void append_number_msgpack(base::MsgpackWriter& writer, std::string_view number) {
  if (kind_of(number) == Kind::kFloat) {
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return writer.float64(value);
  }
  std::uint64_t magnitude = 0;
  const bool negative = number[0] == '-';
  std::from_chars(number.data() + (negative ? 1 : 0), number.data() + number.size(), magnitude);
  if (negative)
    writer.integer(static_cast<std::int64_t>(0 - magnitude));
  else
    writer.unsigned_integer(magnitude);
}

}  // namespace

void append_msgpack(base::Bytes& out, std::string_view value) {
  base::MsgpackWriter writer(out);
  const std::vector<std::uint32_t> counts = child_counts(value);
  std::size_t next_count = 0;
  for (std::size_t at = 0; at < value.size();) {
    switch (value[at]) {
      case '[':
        writer.array_head(counts[next_count++]);
        ++at;
        break;
      case '{':
        writer.map_head(counts[next_count++]);
        ++at;
        break;
      case ']':
      case '}':
      case ',':
      case ':': ++at; break;
      case '"': {
        const std::size_t end = skip_string(value, at);
        const std::string_view text = value.substr(at, end - at);
        if (text.find('\\') == text.npos)
          writer.text(text.substr(1, text.size() - 2));
        else
          writer.text(unquote(text));
        at = end;
        break;
      }
      case 'n':
        writer.nil();
        at += 4;
        break;
      case 't':
        writer.boolean(true);
        at += 4;
        break;
      case 'f':
        writer.boolean(false);
        at += 5;
        break;
      default: {
        const std::size_t start = at;
        while (at < value.size() && !ends_number(value[at])) ++at;
        append_number_msgpack(writer, value.substr(start, at - start));
      }
    }
  }
}

}  // namespace aqua::json

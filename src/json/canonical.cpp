#include "json/canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <vector>

#include "json/number.h"
#include "json/special.h"
#include "json/text.h"

namespace aqua::json {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct Number {
  bool is_float = false;
  bool negative = false;
  std::uint64_t magnitude = 0;  // of an integer
  double value = 0;             // of a float, sign included
};

void append_number(std::string& out, const Number& number) {
  if (number.is_float) return append_float(out, number.value);
  char buffer[24];
  char* from = buffer;
  if (number.negative) *from++ = '-';
  out.append(buffer, std::to_chars(from, buffer + sizeof buffer, number.magnitude).ptr);
}

// Recursion is bounded by kDepthMax. Error positions follow one rule: an error about the next byte
// counts it as read, an error about the end or about what was read does not.
class Checker {
 public:
  explicit Checker(std::string_view text)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  base::Result<bool, ParseError> run() {
    skip_space();
    if (!value(0)) return std::unexpected(std::move(error_));
    skip_space();
    if (at_ != end_) {
      fail_at_next("trailing characters");
      return std::unexpected(std::move(error_));
    }
    return canonical_;
  }

  // For the rewriter: reads a number that is known to be valid.
  static Number number_of(std::string_view text) {
    Checker checker(text);
    Number number;
    checker.number(number);
    return number;
  }

 private:
  bool fail(std::string_view what, const char* position) {
    std::size_t line = 1;
    const char* line_start = begin_;
    for (const char* p = begin_; p < position; ++p)
      if (*p == '\n') {
        ++line;
        line_start = p + 1;
      }
    error_.text = fmt::format("{} at line {} column {}", what, line, position - line_start);
    return false;
  }
  bool fail_here(std::string_view what) { return fail(what, at_); }
  bool fail_at_next(std::string_view what) { return fail(what, at_ < end_ ? at_ + 1 : end_); }
  bool fail_at_end(std::string_view what) { return fail(what, end_); }

  void skip_space() {
    while (at_ < end_ && is_space(*at_)) {
      ++at_;
      canonical_ = false;
    }
  }

  bool value(int depth) {
    if (at_ == end_) return fail_at_end("EOF while parsing a value");
    switch (*at_) {
      case '"': return string();
      case '[': return array(depth);
      case '{': return object(depth);
      case 'n': return word("null");
      case 't': return word("true");
      case 'f': return word("false");
      default: break;
    }
    if (*at_ == '-' || is_digit(*at_)) {
      const char* const start = at_;
      Number read;
      if (!number(read)) return false;
      scratch_.clear();
      append_number(scratch_, read);
      if (scratch_ != std::string_view(start, static_cast<std::size_t>(at_ - start)))
        canonical_ = false;
      return true;
    }
    return fail_at_next("expected value");
  }

  bool word(std::string_view expected) {
    for (const char c : expected) {
      if (at_ == end_) return fail_at_end("EOF while parsing a value");
      if (*at_++ != c) return fail_here("expected ident");
    }
    return true;
  }

  bool array(int depth) {
    if (depth == kDepthMax) return fail_at_next("recursion limit exceeded");
    ++at_;
    skip_space();
    if (at_ == end_) return fail_at_end("EOF while parsing a list");
    if (*at_ == ']') return ++at_, true;
    while (true) {
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_ == end_) return fail_at_end("EOF while parsing a list");
      if (*at_ == ']') return ++at_, true;
      if (*at_ != ',') return fail_at_next("expected `,` or `]`");
      ++at_;
      skip_space();
      if (at_ < end_ && *at_ == ']') return fail_at_next("trailing comma");
    }
  }

  bool object(int depth) {
    if (depth == kDepthMax) return fail_at_next("recursion limit exceeded");
    ++at_;
    skip_space();
    if (at_ == end_) return fail_at_end("EOF while parsing an object");
    if (*at_ == '}') return ++at_, true;
    std::string_view previous_key;
    for (bool first = true;; first = false) {
      if (at_ == end_) return fail_at_end("EOF while parsing a value");
      if (*at_ == '}') return fail_at_next("trailing comma");
      if (*at_ != '"') return fail_at_next("key must be a string");
      const char* const key_start = at_;
      if (!string()) return false;
      const std::string_view key(key_start, static_cast<std::size_t>(at_ - key_start));
      if (canonical_ && !first && !key_less(previous_key, key)) canonical_ = false;
      previous_key = key;
      skip_space();
      if (at_ == end_) return fail_at_end("EOF while parsing an object");
      if (*at_ != ':') return fail_at_next("expected `:`");
      ++at_;
      skip_space();
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_ == end_) return fail_at_end("EOF while parsing an object");
      if (*at_ == '}') return ++at_, true;
      if (*at_ != ',') return fail_at_next("expected `,` or `}`");
      ++at_;
      skip_space();
    }
  }

  static bool key_less(std::string_view left, std::string_view right) {
    if (left.find('\\') == left.npos && right.find('\\') == right.npos)
      return left.substr(1, left.size() - 2) < right.substr(1, right.size() - 2);
    return unquote(left) < unquote(right);
  }

  bool string() {
    ++at_;
    while (true) {
      at_ = find_special(at_, end_);
      if (at_ == end_) return fail_at_end("EOF while parsing a string");
      if (*at_ == '"') return ++at_, true;
      if (*at_ != '\\')
        return fail_at_next("control character (\\u0000-\\u001F) found while parsing a string");
      ++at_;
      if (!escape()) return false;
    }
  }

  // After the backslash.
  bool escape() {
    if (at_ == end_) return fail_at_end("EOF while parsing a string");
    switch (*at_++) {
      case '"':
      case '\\':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': return true;
      case '/': canonical_ = false; return true;
      case 'u': return unicode_escape();
      default: return fail_here("invalid escape");
    }
  }

  bool unicode_escape() {
    const char* const digits = at_;
    unsigned unit = 0;
    if (!four_hex_digits(unit)) return false;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return fail_here("lone leading surrogate in hex escape");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      canonical_ = false;
      for (const char expected : {'\\', 'u'}) {
        if (at_ == end_) return fail_at_end("EOF while parsing a string");
        if (*at_ != expected) return fail_at_next("unexpected end of hex escape");
        ++at_;
      }
      if (!four_hex_digits(unit)) return false;
      if (unit < 0xDC00 || unit > 0xDFFF) return fail_here("lone leading surrogate in hex escape");
      return true;
    }
    const bool has_short_form = unit == 8 || unit == 9 || unit == 10 || unit == 12 || unit == 13;
    const bool upper_case = std::any_of(digits, at_, [](char c) { return c >= 'A' && c <= 'F'; });
    if (unit >= 0x20 || has_short_form || upper_case) canonical_ = false;
    return true;
  }

  bool four_hex_digits(unsigned& unit) {
    if (end_ - at_ < 4) return fail_at_end("EOF while parsing a string");
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = *at_++;
      unsigned digit;
      if (is_digit(c))
        digit = static_cast<unsigned>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<unsigned>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<unsigned>(c - 'A' + 10);
      else
        return fail_here("invalid escape");
      unit = unit << 4 | digit;
    }
    return true;
  }

  bool number(Number& out) {
    if (*at_ == '-') {
      out.negative = true;
      ++at_;
    }
    if (at_ == end_) return fail_at_end("EOF while parsing a value");
    if (!is_digit(*at_)) return fail_at_next("invalid number");
    std::uint64_t significand = 0;
    std::int32_t exponent = 0;
    if (*at_ == '0') {
      ++at_;
      if (at_ < end_ && is_digit(*at_)) return fail_at_next("invalid number");
    } else {
      while (at_ < end_ && is_digit(*at_)) {
        if (!take_digit(significand, *at_)) break;
        ++at_;
      }
      for (; at_ < end_ && is_digit(*at_); ++at_) {
        out.is_float = true;
        if (exponent < std::numeric_limits<std::int32_t>::max()) ++exponent;
      }
    }
    if (at_ < end_ && *at_ == '.') {
      out.is_float = true;
      ++at_;
      if (at_ == end_) return fail_at_end("EOF while parsing a value");
      if (!is_digit(*at_)) return fail_at_next("invalid number");
      while (at_ < end_ && is_digit(*at_) && take_digit(significand, *at_)) {
        --exponent;
        ++at_;
      }
      while (at_ < end_ && is_digit(*at_)) ++at_;
    }
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      out.is_float = true;
      return exponent_part(out, significand, exponent);
    }
    return finish_number(out, significand, exponent);
  }

  bool exponent_part(Number& out, std::uint64_t significand, std::int32_t exponent) {
    ++at_;
    bool negative = false;
    if (at_ < end_ && (*at_ == '+' || *at_ == '-')) negative = *at_++ == '-';
    if (at_ == end_) return fail_at_end("EOF while parsing a value");
    if (!is_digit(*at_)) return fail_at_next("invalid number");
    std::int64_t written = 0;
    while (at_ < end_ && is_digit(*at_)) {
      written = written * 10 + (*at_++ - '0');
      if (written > std::numeric_limits<std::int32_t>::max()) {
        if (significand != 0 && !negative) return fail_here("number out of range");
        while (at_ < end_ && is_digit(*at_)) ++at_;
        out.value = out.negative ? -0.0 : 0.0;
        return true;
      }
    }
    const std::int64_t sum = negative ? exponent - written : exponent + written;
    return finish_number(out, significand,
                         static_cast<std::int32_t>(
                             std::clamp<std::int64_t>(sum, std::numeric_limits<std::int32_t>::min(),
                                                      std::numeric_limits<std::int32_t>::max())));
  }

  bool finish_number(Number& out, std::uint64_t significand, std::int32_t exponent) {
    constexpr auto kMinMagnitude = std::uint64_t{1} << 63;
    if (!out.is_float && out.negative && (significand == 0 || significand > kMinMagnitude))
      out.is_float = true;
    if (!out.is_float) {
      out.magnitude = significand;
      return true;
    }
    const auto value = decimal_to_double(significand, exponent);
    if (!value) return fail_here("number out of range");
    out.value = out.negative ? -*value : *value;
    return true;
  }

  static bool take_digit(std::uint64_t& significand, char c) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
    if (significand > kMax / 10 || (significand == kMax / 10 && digit > kMax % 10)) return false;
    significand = significand * 10 + digit;
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool canonical_ = true;
  ParseError error_;
  std::string scratch_;
};

// Writes the canonical form of a text that Checker accepted.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {
    out_.reserve(text.size());
  }

  std::string run() {
    value();
    return std::move(out_);
  }

 private:
  void skip_space() {
    while (at_ < end_ && is_space(*at_)) ++at_;
  }

  void value() {
    skip_space();
    switch (*at_) {
      case '"': append_quoted(out_, unquote(raw_string())); return;
      case '[': array(); return;
      case '{': object(); return;
      case 't':
      case 'n':
        out_.append(at_, 4);
        at_ += 4;
        return;
      case 'f':
        out_.append(at_, 5);
        at_ += 5;
        return;
      default: break;
    }
    const char* const start = at_;
    while (at_ < end_ && (is_digit(*at_) || std::strchr("+-.eE", *at_) != nullptr)) ++at_;
    append_number(out_, Checker::number_of({start, static_cast<std::size_t>(at_ - start)}));
  }

  std::string_view raw_string() {
    const char* const start = at_++;
    while (*at_ != '"') at_ += *at_ == '\\' ? 2 : 1;
    ++at_;
    return {start, static_cast<std::size_t>(at_ - start)};
  }

  void array() {
    out_ += *at_++;
    skip_space();
    while (*at_ != ']') {
      value();
      skip_space();
      if (*at_ == ',') out_ += *at_++;
      skip_space();
    }
    out_ += *at_++;
  }

  struct Member {
    std::string key;
    std::size_t begin;  // of `"key":value` in out_
    std::size_t end;
  };

  void object() {
    const std::size_t start = out_.size();
    ++at_;
    std::vector<Member> members;
    bool ordered = true;
    skip_space();
    while (*at_ != '}') {
      Member member{unquote(raw_string()), out_.size(), 0};
      append_quoted(out_, member.key);
      out_ += ':';
      skip_space();
      ++at_;
      value();
      member.end = out_.size();
      ordered = ordered && (members.empty() || members.back().key < member.key);
      members.push_back(std::move(member));
      skip_space();
      if (*at_ == ',') ++at_;
      skip_space();
    }
    ++at_;
    if (!ordered) order(members);
    std::string sorted;
    sorted.reserve(out_.size() - start + members.size() + 2);
    sorted += '{';
    for (const Member& member : members) {
      if (sorted.size() > 1) sorted += ',';
      sorted.append(out_, member.begin, member.end - member.begin);
    }
    sorted += '}';
    out_.replace(start, std::string::npos, sorted);
  }

  // By key; of members with the same key the last one stays.
  static void order(std::vector<Member>& members) {
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.key < b.key; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && members[i + 1].key == members[i].key) continue;
      if (kept != i) members[kept] = std::move(members[i]);
      ++kept;
    }
    members.resize(kept);
  }

  const char* at_;
  const char* end_;
  std::string out_;
};

}  // namespace

base::Result<bool, ParseError> check(std::string_view text) { return Checker(text).run(); }

std::string canonicalize(std::string_view text) { return Rewriter(text).run(); }

}  // namespace aqua::json

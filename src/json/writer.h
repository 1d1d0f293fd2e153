#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "json/text.h"

namespace aqua::json {

// Writes a JSON document piece by piece; commas come by themselves.
class Writer {
 public:
  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_ += ':';
    after_value_ = false;
    return *this;
  }
  Writer& string(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return *this;
  }
  Writer& boolean(bool value) { return text(value ? "true" : "false"); }
  Writer& null() { return text("null"); }
  template <std::integral Integer>
  Writer& number(Integer value) {
    return text(std::to_string(value));
  }
  // `json` is one JSON value.
  Writer& text(std::string_view json) {
    separate();
    out_ += json;
    return *this;
  }

  // An array; each of `values` is one JSON value.
  Writer& texts(std::span<const std::string> values) {
    begin_array();
    for (const std::string& value : values) text(value);
    return end_array();
  }

  std::string take() { return std::move(out_); }

 private:
  Writer& open(char bracket) {
    separate();
    out_ += bracket;
    after_value_ = false;
    return *this;
  }
  Writer& close(char bracket) {
    out_ += bracket;
    after_value_ = true;
    return *this;
  }
  void separate() {
    if (after_value_) out_ += ',';
    after_value_ = true;
  }

  std::string out_;
  bool after_value_ = false;
};

}  // namespace aqua::json

#include <aqua/value.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "json/canonical.h"
#include "json/number.h"
#include "json/text.h"

namespace aqua {

namespace {

constexpr std::size_t kShownBytesMax = 60;

// The whole text has to be a number of that type.
template <class T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Value Value::boolean(bool value) { return Value(value ? "true" : "false"); }
Value Value::integer(std::int64_t value) { return Value(std::to_string(value)); }
Value Value::natural(std::uint64_t value) { return Value(std::to_string(value)); }

Value Value::number(double value) {
  if (!std::isfinite(value)) return {};
  std::string json;
  json::append_float(json, value);
  return Value(std::move(json));
}

Value Value::text(std::string_view text) {
  std::string json;
  json::append_quoted_lossy(json, text);
  return Value(std::move(json));
}

Value Value::array(const std::vector<Value>& items) {
  std::string json = "[";
  for (const Value& item : items) {
    if (json.size() > 1) json += ',';
    json += item.json_;
  }
  return Value(json + "]");
}

Value Value::object(const std::map<std::string, Value>& members) {
  std::string json = "{";
  for (const auto& [key, member] : members) {
    if (json.size() > 1) json += ',';
    json::append_quoted_lossy(json, key);
    json += ':';
    json += member.json_;
  }
  // Keys that were not UTF-8 may have become equal, or changed their order.
  return Value(json::canonicalize(json + "}"));
}

Result<Value> Value::parse(std::string_view json) {
  const auto is_canonical = json::check(json);
  if (!is_canonical) return std::unexpected(Error{ErrorKind::kUsage, is_canonical.error().text});
  return Value(*is_canonical ? std::string(json) : json::canonicalize(json));
}

bool Value::is_null() const { return json_ == "null"; }

std::optional<bool> Value::as_bool() const {
  if (json::kind_of(json_) != json::Kind::kBoolean) return std::nullopt;
  return json_ == "true";
}

std::optional<std::int64_t> Value::as_int64() const { return number_in<std::int64_t>(json_); }
std::optional<std::uint64_t> Value::as_uint64() const { return number_in<std::uint64_t>(json_); }

std::optional<double> Value::as_double() const {
  const json::Kind kind = json::kind_of(json_);
  if (kind != json::Kind::kInteger && kind != json::Kind::kFloat) return std::nullopt;
  return number_in<double>(json_);
}

std::optional<std::string> Value::as_text() const {
  if (json::kind_of(json_) != json::Kind::kString) return std::nullopt;
  return json::unquote(json_);
}

std::optional<std::vector<Value>> Value::as_array() const {
  if (json::kind_of(json_) != json::Kind::kArray) return std::nullopt;
  std::vector<Value> items;
  for (const std::string_view item : json::array_items(json_))
    items.push_back(Value(std::string(item)));
  return items;
}

std::optional<std::map<std::string, Value>> Value::as_object() const {
  if (json::kind_of(json_) != json::Kind::kObject) return std::nullopt;
  std::map<std::string, Value> members;
  for (const json::Member& member : json::object_members(json_))
    members.emplace(json::unquote(member.key), Value(std::string(member.value)));
  return members;
}

std::optional<Value> Value::member(std::string_view key) const {
  if (json::kind_of(json_) != json::Kind::kObject) return std::nullopt;
  for (const json::Member& member : json::object_members(json_)) {
    if (json::unquote(member.key) == key) return Value(std::string(member.value));
  }
  return std::nullopt;
}

std::string Value::shown() const {
  if (json_.size() <= kShownBytesMax) return json_;
  return fmt::format("{} ({} bytes)", base::truncated(json_, kShownBytesMax), json_.size());
}

}  // namespace aqua

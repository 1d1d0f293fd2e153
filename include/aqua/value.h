#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Values that scripts compute with, and how C++ types become them. docs/embedding.md.

namespace aqua {

enum class ErrorKind : std::uint8_t {
  kUsage,     // an unknown name, an argument that does not fit
  kCompile,   // mistakes in the Aqua text; the message has all of them with their places
  kScript,    // the script failed
  kStalled,   // nothing can move any more, and there is no result
  kDeadline,  // there was no result in time
  kResult,    // there is a result, and it is not of the C++ type that was asked for
  kStopped,   // the network ended before
};

struct Error {
  ErrorKind kind = ErrorKind::kUsage;
  std::string message;  // for people
};

template <class T>
using Result = std::expected<T, Error>;

// One JSON value. Immutable; copies are independent, and any thread may read one.
class Value {
 public:
  Value() = default;  // null
  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  static Value natural(std::uint64_t value);
  static Value number(double value);         // infinity and NaN become null: JSON has none
  static Value text(std::string_view text);  // of UTF-8; other bytes become U+FFFD
  static Value array(const std::vector<Value>& items);
  static Value object(const std::map<std::string, Value>& members);
  // Any JSON text.
  static Result<Value> parse(std::string_view json);

  // Canonical: keys sorted, no spaces.
  const std::string& json() const { return json_; }

  // None where the value is something else; numbers also where they do not fit.
  bool is_null() const;
  std::optional<bool> as_bool() const;
  std::optional<std::int64_t> as_int64() const;
  std::optional<std::uint64_t> as_uint64() const;
  std::optional<double> as_double() const;  // of any number
  std::optional<std::string> as_text() const;
  std::optional<std::vector<Value>> as_array() const;
  std::optional<std::map<std::string, Value>> as_object() const;
  std::optional<Value> member(std::string_view key) const;  // of an object

  // In short, for messages.
  std::string shown() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  explicit Value(std::string canonical) : json_(std::move(canonical)) {}

  std::string json_ = "null";
};

// How a C++ type becomes a value and back. Specialise it for types of your own (a `struct` of Aqua is an object):
//   static Value to(const T&);                      T as argument or result of a service
//   static std::optional<T> from(const Value&);     none: the value is something else
//   static std::string name();                      what is expected, for messages
template <class T>
struct Convert;

template <class T>
concept ConvertsTo = requires(const T& value) {
  { Convert<T>::to(value) } -> std::same_as<Value>;
};
template <class T>
concept ConvertsFrom = requires(const Value& value) {
  { Convert<T>::from(value) } -> std::same_as<std::optional<T>>;
};

template <>
struct Convert<Value> {
  static Value to(const Value& value) { return value; }
  static std::optional<Value> from(const Value& value) { return value; }
  static std::string name() { return "any value"; }
};

template <>
struct Convert<bool> {
  static Value to(bool value) { return Value::boolean(value); }
  static std::optional<bool> from(const Value& value) { return value.as_bool(); }
  static std::string name() { return "bool"; }
};

template <std::integral T>
  requires(!std::same_as<T, bool>)
struct Convert<T> {
  static Value to(T value) {
    if constexpr (std::is_signed_v<T>) return Value::integer(value);
    if constexpr (!std::is_signed_v<T>) return Value::natural(value);
  }
  static std::optional<T> from(const Value& value) {
    if constexpr (std::is_signed_v<T>) return narrowed(value.as_int64());
    if constexpr (!std::is_signed_v<T>) return narrowed(value.as_uint64());
  }
  static std::string name() {
    return (std::is_signed_v<T> ? "i" : "u") + std::to_string(8 * sizeof(T));
  }

 private:
  template <class Wide>
  static std::optional<T> narrowed(std::optional<Wide> wide) {
    if (!wide || !std::in_range<T>(*wide)) return std::nullopt;
    return static_cast<T>(*wide);
  }
};

template <std::floating_point T>
struct Convert<T> {
  static Value to(T value) { return Value::number(static_cast<double>(value)); }
  static std::optional<T> from(const Value& value) {
    const auto number = value.as_double();
    if (!number) return std::nullopt;
    return static_cast<T>(*number);
  }
  static std::string name() { return "f64"; }
};

template <>
struct Convert<std::string> {
  static Value to(const std::string& text) { return Value::text(text); }
  static std::optional<std::string> from(const Value& value) { return value.as_text(); }
  static std::string name() { return "string"; }
};

template <class T>
struct Convert<std::vector<T>> {
  static Value to(const std::vector<T>& items) {
    std::vector<Value> values;
    values.reserve(items.size());
    for (const T& item : items) values.push_back(Convert<T>::to(item));
    return Value::array(values);
  }
  static std::optional<std::vector<T>> from(const Value& value) {
    const auto items = value.as_array();
    if (!items) return std::nullopt;
    std::vector<T> out;
    out.reserve(items->size());
    for (const Value& item : *items) {
      auto converted = Convert<T>::from(item);
      if (!converted) return std::nullopt;
      out.push_back(std::move(*converted));
    }
    return out;
  }
  static std::string name() { return "[]" + Convert<T>::name(); }
};

// Options of Aqua: [] or [value]; null and the value itself are read too.
template <class T>
struct Convert<std::optional<T>> {
  static Value to(const std::optional<T>& value) {
    return value ? Value::array({Convert<T>::to(*value)}) : Value::array({});
  }
  static std::optional<std::optional<T>> from(const Value& value) {
    const auto items = value.as_array();
    if (value.is_null() || (items && items->empty()))
      return std::optional<std::optional<T>>(std::in_place);
    if (items && items->size() == 1) {
      if (auto inner = Convert<T>::from(items->front()))
        return std::optional<std::optional<T>>(std::in_place, std::move(*inner));
    }
    auto itself = Convert<T>::from(value);
    if (!itself) return std::nullopt;
    return std::optional<std::optional<T>>(std::in_place, std::move(*itself));
  }
  static std::string name() { return "?" + Convert<T>::name(); }
};

template <class T>
struct Convert<std::map<std::string, T>> {
  static Value to(const std::map<std::string, T>& members) {
    std::map<std::string, Value> values;
    for (const auto& [key, member] : members) values.emplace(key, Convert<T>::to(member));
    return Value::object(values);
  }
  static std::optional<std::map<std::string, T>> from(const Value& value) {
    auto members = value.as_object();
    if (!members) return std::nullopt;
    std::map<std::string, T> out;
    for (const auto& [key, member] : *members) {
      auto converted = Convert<T>::from(member);
      if (!converted) return std::nullopt;
      out.emplace(key, std::move(*converted));
    }
    return out;
  }
  static std::string name() { return "an object of " + Convert<T>::name(); }
};

}  // namespace aqua

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/edit_distance.h"
#include "base/utf8.h"
#include "config/diagnostic_kinds.h"
#include "config/network.h"
#include "diagnostics/diagnostic.h"
#include "json/canonical.h"
#include "json/writer.h"
#include "services/http_url.h"
#include "services/service.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

// What the files of this room have in common. Included by their .cpp files only: it is slow to compile.

namespace aqua::config {

using diagnostics::Diagnostic;
using diagnostics::Span;

inline constexpr std::uint64_t kDelayMsMax = UINT32_MAX;
inline constexpr std::uint32_t kConcurrencyMax = 1'000'000;

inline std::string_view word_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::none: return "nothing";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "a number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "a bool";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date";
  }
  return "nothing";
}

// Reads single values, services and their replies, and collects what is wrong with them.
class TomlReader {
 public:
  explicit TomlReader(const diagnostics::Source& source) : source_(source) {}

 protected:
  // --- places and reports --------------------------------------------------------------------

  std::uint32_t offset_of(const toml::source_position& position) const {
    if (position.line == 0 || position.line > source_.line_count())
      return static_cast<std::uint32_t>(source_.text().size());
    const auto line_number = static_cast<std::uint32_t>(position.line);
    const std::string_view line = source_.line(line_number);
    // Columns count characters.
    std::size_t at = 0;
    for (std::uint32_t column = 1; column < position.column && at < line.size(); ++column)
      at += base::decode_utf8_lossy(line.substr(at)).size_bytes;
    return source_.line_start(line_number) + static_cast<std::uint32_t>(at);
  }
  Span span_of(const toml::source_region& region) const {
    const std::uint32_t begin = offset_of(region.begin);
    return {begin, std::max(begin, offset_of(region.end))};
  }
  Span span_of(const toml::node& node) const { return span_of(node.source()); }
  Span span_of(const toml::key& key) const { return span_of(key.source()); }

  void report(DiagnosticKind kind, Span span, std::string message, std::string label,
              std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.code = code_of(kind);
    diagnostic.message = std::move(message);
    diagnostics::add_label(diagnostic, span, std::move(label));
    diagnostic.hint = std::move(hint);
    diagnostics_.push_back(std::move(diagnostic));
  }

  void wrong_type(const toml::key& key, const toml::node& node, std::string_view expected) {
    report(DiagnosticKind::kWrongType, span_of(node),
           fmt::format("\"{}\" has to be {}", key.str(), expected),
           fmt::format("this is {}", word_of(node.type())));
  }

  void unknown_key(const toml::key& key, std::string_view where,
                   const std::vector<std::string_view>& known) {
    const std::vector<std::string> names(known.begin(), known.end());
    std::string hint = base::did_you_mean(key.str(), names);
    if (hint.empty()) {
      hint = "known are";
      for (const std::string& name : names)
        hint += fmt::format("{} {}", &name == &names.front() ? "" : ",", name);
    }
    report(DiagnosticKind::kUnknownKey, span_of(key),
           fmt::format("{} has no \"{}\"", where, key.str()), "", std::move(hint));
  }

  // None: it is not TOML, which is reported.
  std::optional<toml::table> parse() {
    toml::parse_result parsed = toml::parse(source_.text(), source_.name());
    if (parsed) return std::move(parsed).table();
    report(DiagnosticKind::kSyntax, span_of(parsed.error().source()),
           fmt::format("this is not TOML: {}", parsed.error().description()), "");
    return std::nullopt;
  }

  // --- single values ---------------------------------------------------------------------------

  void read(const toml::key& key, const toml::node& node, std::string& out) {
    if (const auto* const text = node.as_string()) {
      out = text->get();
    } else {
      wrong_type(key, node, "a string");
    }
  }
  void read(const toml::key& key, const toml::node& node, bool& out) {
    if (const auto* const value = node.as_boolean()) {
      out = value->get();
    } else {
      wrong_type(key, node, "true or false");
    }
  }
  template <class Number>
  void read_number(const toml::key& key, const toml::node& node, std::uint64_t min,
                   std::uint64_t max, Number& out) {
    const auto* const value = node.as_integer();
    if (value == nullptr) {
      wrong_type(key, node, "a number");
    } else if (value->get() < 0 || static_cast<std::uint64_t>(value->get()) < min ||
               static_cast<std::uint64_t>(value->get()) > max) {
      report(DiagnosticKind::kOutOfRange, span_of(node),
             fmt::format("\"{}\" is from {} to {}", key.str(), min, max), "");
    } else {
      out = static_cast<Number>(value->get());
    }
  }
  void read_latency(const toml::key& key, const toml::node& node,
                    std::optional<std::uint32_t>& out) {
    std::uint32_t value = 0;
    read_number(key, node, 0, kLatencyMsMax, value);
    out = value;
  }
  // One string, or an array of them.
  void read_names(const toml::key& key, const toml::node& node, std::vector<std::string>& out) {
    if (const auto* const text = node.as_string()) {
      out.push_back(text->get());
    } else if (const auto* const array = node.as_array()) {
      for (const toml::node& item : *array) {
        if (const auto* const name = item.as_string()) {
          out.push_back(name->get());
        } else {
          wrong_type(key, item, "a string or an array of strings");
        }
      }
    } else {
      wrong_type(key, node, "a string or an array of strings");
    }
  }

  template <class Body>
  void for_each_table(const toml::key& key, const toml::node& node, std::string_view what,
                      Body&& body) {
    const auto* const table = node.as_table();
    if (table == nullptr) return wrong_type(key, node, what);
    for (const auto& [name, item] : in_order(*table)) body(*name, *item);
  }

  // As they stand in the file: the library sorts by name.
  static std::vector<std::pair<const toml::key*, const toml::node*>> in_order(
      const toml::table& table) {
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (auto&& [key, node] : table) entries.emplace_back(&key, &node);
    std::ranges::stable_sort(entries, {}, [](const auto& entry) {
      const toml::source_position at = entry.first->source().begin;
      return std::pair(at.line, at.column);
    });
    return entries;
  }

  // --- services ------------------------------------------------------------------------------

  void read_services(const toml::key& key, const toml::node& node, services::Services& out) {
    for_each_table(key, node, "a table of services",
                   [&](const toml::key& id, const toml::node& item) {
                     const auto* const table = item.as_table();
                     if (table == nullptr) return wrong_type(id, item, "a table of functions");
                     out.emplace(id.str(), read_service(id, *table));
                   });
  }

  // Where a command or an address answers, the service has no functions of its own.
  services::Service read_service(const toml::key& id, const toml::table& table) {
    services::Service service;
    if (table.contains("command") && table.contains("url")) {
      report(DiagnosticKind::kBadReply, span_of(id),
             fmt::format("the service \"{}\" has a command and a url", id.str()), "",
             "leave one of them out: only one can answer");
      return service;
    }
    if (table.contains("command")) {
      service.body = services::ProcessService{};
      read_external(table, service, "a service with a command", {"command", "env", "folder"});
    } else if (table.contains("url")) {
      service.body = services::HttpService{};
      read_external(table, service, "a service with a url", {"url"});
    } else {
      services::CannedService canned;
      for (const auto& [name, reply] : in_order(table)) {
        if (read_common(*name, *reply, service)) continue;
        if (!reply->is_table()) check_function_name(*name);
        canned.functions.emplace(name->str(), read_function(*name, *reply));
      }
      service.body = std::move(canned);
    }
    return service;
  }

  // A function with a bare value could as well be a misspelt key of a service; one with a table can not.
  void check_function_name(const toml::key& name) {
    static const std::vector<std::string> kKeys{"command", "url",         "env",       "folder",
                                                "aliases", "concurrency", "timeout_ms"};
    const std::vector<std::string_view> near = base::nearest_names(name.str(), kKeys);
    if (near.empty()) return;
    const std::string hint = near[0] == name.str()
                                 ? "it belongs to a service with a command or a url"
                                 : fmt::format("did you mean \"{}\"?", near[0]);
    report(DiagnosticKind::kUnknownKey, span_of(name),
           fmt::format("a service that is answered for in this file has no \"{}\"", name.str()), "",
           fmt::format("{} a function of this name is written {} = {{ value = ... }}",
                       hint + (near[0] == name.str() ? ";" : ""), name.str()));
  }

  // What services of all kinds may have; false: the key is something else.
  bool read_common(const toml::key& name, const toml::node& node, services::Service& service) {
    if (name == "concurrency") {
      read_number(name, node, 1, kConcurrencyMax, service.concurrency);
    } else if (name == "aliases") {
      read_names(name, node, service.aliases);
    } else {
      return false;
    }
    return true;
  }

  void read_external(const toml::table& table, services::Service& service, std::string_view what,
                     std::vector<std::string_view> own_keys) {
    for (const auto& [name, node] : in_order(table)) {
      if (read_common(*name, *node, service)) continue;
      if (*name == "timeout_ms") {
        std::uint64_t timeout_ms = 0;
        read_number(*name, *node, 1, kDelayMsMax, timeout_ms);
        service.timeout_ms = timeout_ms;
      } else if (std::ranges::find(own_keys, name->str()) == own_keys.end()) {
        own_keys.insert(own_keys.end(), {"concurrency", "aliases", "timeout_ms"});
        unknown_key(*name, what, own_keys);
      } else if (auto* const process = std::get_if<services::ProcessService>(&service.body)) {
        read_process(*name, *node, *process);
      } else {
        read_url(*name, *node, std::get<services::HttpService>(service.body));
      }
    }
  }

  void read_process(const toml::key& name, const toml::node& node,
                    services::ProcessService& process) {
    if (name == "command") {
      read_names(name, node, process.command);
      if (process.command.empty() || process.command[0].empty())
        report(DiagnosticKind::kWrongType, span_of(node), "a command names a program", "",
               R"(write command = ["python3", "service.py"])");
    } else if (name == "folder") {
      read(name, node, process.folder);
    } else {
      for_each_table(name, node, "a table of variables",
                     [&](const toml::key& key, const toml::node& value) {
                       read(key, value, process.environment[std::string(key.str())]);
                     });
    }
  }

  void read_url(const toml::key& name, const toml::node& node, services::HttpService& http) {
    read(name, node, http.url);
    if (!node.is_string() || services::parse_http_url(http.url)) return;
    if (http.url.starts_with("http://")) {
      report(DiagnosticKind::kWrongType, span_of(node),
             fmt::format("\"{}\" is no url of a service", http.url), "",
             "write it like \"http://127.0.0.1:8080/rpc\"");
    } else {
      report(DiagnosticKind::kWrongType, span_of(node), "the url of a service begins with http://",
             "");
    }
  }

  // --- replies -------------------------------------------------------------------------------------

  // A table says how to reply; anything else is the value to reply with.
  services::CannedFunction read_function(const toml::key& name, const toml::node& node) {
    services::CannedFunction function;
    const auto* const table = node.as_table();
    const toml::node* const sequence = table == nullptr ? nullptr : table->get("sequence");
    if (sequence == nullptr) {
      function.replies.push_back(read_reply(name, node));
      return function;
    }
    const auto* const array = sequence->as_array();
    if (array == nullptr || array->empty() || table->size() != 1) {
      report(DiagnosticKind::kBadReply, span_of(node),
             fmt::format("the sequence of \"{}\" has to be an array of replies, and to stand alone",
                         name.str()),
             "");
      function.replies.emplace_back();
      return function;
    }
    for (const toml::node& item : *array) function.replies.push_back(read_reply(name, item));
    return function;
  }

  services::CannedReply read_reply(const toml::key& name, const toml::node& node) {
    services::CannedReply reply;
    const auto* const table = node.as_table();
    if (table == nullptr) {
      reply.answer = services::CannedValue{json_of(node)};
      return reply;
    }
    std::size_t answers = 0;
    for (const auto& [key, item] : in_order(*table)) {
      if (*key == "delay_ms") {
        read_number(*key, *item, 0, kDelayMsMax, reply.delay_ms);
        continue;
      }
      ++answers;
      if (*key == "value") {
        reply.answer = services::CannedValue{json_of(*item)};
      } else if (*key == "echo") {
        services::CannedEcho echo;
        read_number(*key, *item, 0, UINT32_MAX, echo.argument);
        reply.answer = echo;
      } else if (*key == "error") {
        services::CannedError error;
        read(*key, *item, error.message);
        reply.answer = std::move(error);
      } else if (*key == "silent") {
        bool is_silent = true;
        read(*key, *item, is_silent);
        reply.answer = services::CannedSilence{};
      } else {
        unknown_key(*key, "a reply", {"value", "echo", "error", "silent", "delay_ms", "sequence"});
      }
    }
    // Only a delay: a function without a result.
    if (answers == 0) reply.answer = services::CannedValue{"\"\""};
    if (answers > 1) {
      report(DiagnosticKind::kBadReply, span_of(node),
             fmt::format("\"{}\" can reply in one way only", name.str()), "",
             "for one reply after the other, write sequence = [{ ... }, { ... }]");
    }
    return reply;
  }

  // A value of a reply as canonical JSON.
  std::string json_of(const toml::node& node) {
    json::Writer writer;
    write(writer, node);
    const std::string text = writer.take();
    const auto is_canonical = json::check(text);
    if (!is_canonical) {
      report(DiagnosticKind::kBadReply, span_of(node),
             fmt::format("this can not be a value: {}", is_canonical.error().text), "");
      return "null";
    }
    return *is_canonical ? text : json::canonicalize(text);
  }
  void write(json::Writer& writer, const toml::node& node) {
    if (const auto* const text = node.as_string()) {
      writer.string(text->get());
    } else if (const auto* const integer = node.as_integer()) {
      writer.number(integer->get());
    } else if (const auto* const number = node.as_floating_point()) {
      const std::string digits = fmt::format("{}", number->get());
      writer.text(digits.find_first_not_of("-0123456789") == std::string::npos ? digits + ".0"
                                                                               : digits);
    } else if (const auto* const boolean = node.as_boolean()) {
      writer.boolean(boolean->get());
    } else if (const auto* const array = node.as_array()) {
      writer.begin_array();
      for (const toml::node& item : *array) write(writer, item);
      writer.end_array();
    } else if (const auto* const table = node.as_table()) {
      writer.begin_object();
      for (const auto& [key, item] : in_order(*table)) {
        writer.key(key->str());
        write(writer, *item);
      }
      writer.end_object();
    } else {
      report(DiagnosticKind::kBadReply, span_of(node),
             fmt::format("{} is no value of a script", word_of(node.type())), "",
             "write it as a string");
      writer.null();
    }
  }

  const diagnostics::Source& source_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace aqua::config

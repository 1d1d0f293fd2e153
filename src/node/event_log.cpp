#include "node/event_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/overloaded.h"
#include "base/utf8.h"
#include "json/text.h"
#include "json/writer.h"

namespace aqua::node {

namespace {

// Texts come from others too: what is longer is cut.
constexpr std::size_t kValueBytesMax = 500;

constexpr std::string_view kLevelWords[] = {"error", "warning", "info", "debug"};

std::string_view word_of(Level level) { return kLevelWords[static_cast<std::size_t>(level)]; }

std::string time_text(std::uint64_t at_ms) {
  const std::chrono::sys_seconds seconds{std::chrono::seconds(at_ms / 1000)};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), at_ms % 1000);
}

bool is_plain(std::string_view text) {
  return !text.empty() && base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || c == '"' || c == '=' || c == '\\' || byte == 0x7F;
  });
}

void append_logfmt(std::string& line, const Field& field) {
  line += ' ';
  line += field.name;
  line += '=';
  std::visit(base::Overloaded{
                 [&](std::string_view text) {
                   if (is_plain(text)) {
                     line += base::utf8_prefix(text, kValueBytesMax);
                   } else {
                     json::append_quoted_lossy(line, base::utf8_prefix(text, kValueBytesMax));
                   }
                 },
                 [&](std::uint64_t number) { line += std::to_string(number); },
             },
             field.value);
}

}  // namespace

std::string log_line(LogForm form, std::uint64_t at_ms, Level level, std::string_view event,
                     Fields fields) {
  const std::string time = time_text(at_ms);
  if (form == LogForm::kLogfmt) {
    std::string line = fmt::format("time={} level={} event={}", time, word_of(level), event);
    for (const Field& field : fields) append_logfmt(line, field);
    return line + '\n';
  }
  json::Writer writer;
  writer.begin_object();
  writer.key("time").string(time);
  writer.key("level").string(word_of(level));
  writer.key("event").string(event);
  for (const Field& field : fields) {
    writer.key(field.name);
    std::visit(base::Overloaded{
                   [&](std::string_view text) {
                     std::string quoted;
                     json::append_quoted_lossy(quoted, base::utf8_prefix(text, kValueBytesMax));
                     writer.text(quoted);
                   },
                   [&](std::uint64_t number) { writer.number(number); },
               },
               field.value);
  }
  writer.end_object();
  return writer.take() + '\n';
}

void EventLog::write(Level level, std::string_view event, Fields fields) {
  if (!has(level)) return;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  const std::string line = log_line(form_, static_cast<std::uint64_t>(now), level, event, fields);
  const std::lock_guard lock(writing_);
  std::fwrite(line.data(), 1, line.size(), to_);
  std::fflush(to_);
}

}  // namespace aqua::node

#pragma once

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

namespace aqua::node {

enum class Level : std::uint8_t { kError, kWarning, kInfo, kDebug };
enum class LogForm : std::uint8_t { kLogfmt, kJson };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::uint64_t> value;
};
using Fields = std::initializer_list<Field>;

// One line, with its newline; times in RFC 3339, UTC.
std::string log_line(LogForm form, std::uint64_t at_ms, Level level, std::string_view event,
                     Fields fields);

// A structured line for each event. For all threads.
class EventLog {
 public:
  EventLog(std::FILE* to, Level level, LogForm form) : to_(to), level_(level), form_(form) {}

  // Ask before making texts that only a line needs.
  bool has(Level level) const { return level <= level_; }
  void write(Level level, std::string_view event, Fields fields);

 private:
  std::FILE* to_;
  Level level_;
  LogForm form_;
  std::mutex writing_;
};

}  // namespace aqua::node

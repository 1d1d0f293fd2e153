#pragma once

#include <fmt/format.h>

#include <string>

namespace aqua::base {

// Prints the place and the message, then aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const std::string& message);

}  // namespace aqua::base

// For bugs of ours only: what users or the network can cause is a diagnostic or a Result.
#define AQUA_CHECK(condition, ...)                                                            \
  do {                                                                                        \
    if (!(condition)) [[unlikely]]                                                            \
      ::aqua::base::check_failed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
  } while (false)

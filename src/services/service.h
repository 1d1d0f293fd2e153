#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/builtin.h"
#include "services/canned.h"
#include "services/service_call.h"

// The services of users, by what answers for them. A further kind is a further alternative.

namespace aqua::services {

// Functions of this program. They run where the peer runs: one that waits makes everybody wait.
using NativeFunction = std::function<Answer(Arguments, const CallContext&)>;
struct NativeService {
  std::map<std::string, NativeFunction, std::less<>> functions;
};

// A child process that speaks JSON-RPC (json_rpc.h), one message a line.
struct ProcessService {
  std::vector<std::string> command;                // program and arguments
  std::map<std::string, std::string> environment;  // beside that of this program
  std::string folder;                              // where it runs; empty: where this program does
};

// JSON-RPC by POST.
struct HttpService {
  std::string url;
};

using ServiceBody = std::variant<CannedService, NativeService, ProcessService, HttpService>;

struct Service {
  ServiceBody body;
  std::vector<std::string> aliases;
  std::uint32_t concurrency = 1;            // so many calls at a time; others wait for their turn
  std::optional<std::uint64_t> timeout_ms;  // then a call of a process or of HTTP has failed
};

using Services = std::map<std::string, Service, std::less<>>;  // by service id

}  // namespace aqua::services

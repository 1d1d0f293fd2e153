#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/keys.h"

// The services that every peer has: functions in one table (builtin_table.cpp). They change nothing and
// read no clock; what they need to know of the peer is given to them, what they want done is their reply.

namespace aqua::services {

struct Answer {
  std::int32_t ret_code = 0;
  std::string result;  // canonical JSON

  friend bool operator==(const Answer&, const Answer&) = default;
};

// The answer counts when so much time has passed.
struct AnswerLater {
  std::uint64_t delay_ms = 0;
  Answer answer;
};
// For whoever looks at the peer.
struct PrintLine {
  std::string text;
  Answer answer;
};
// From now on the service has this other name.
struct SetAlias {
  std::string alias;
  std::string service_id;
  Answer answer;
};
using Reply = std::variant<Answer, AnswerLater, PrintLine, SetAlias>;

struct ServiceEntry {
  std::string id;
  std::vector<std::string> aliases;
};

// What a call may know of the peer that it happens on, and of its particle.
struct Host {
  const crypto::KeyPair& key;
  std::uint64_t now_ms = 0;
  std::string_view air_version;
  std::string_view init_peer_id;
  std::span<const std::string> known_peers;  // peer ids, without its own
  std::span<const ServiceEntry> services;
};

using Arguments = std::span<const std::string>;  // canonical JSON

// None: no peer has such a function of its own.
std::optional<Reply> call_builtin(std::string_view service, std::string_view function,
                                  Arguments arguments, const Host& host);

// Only those that compute something from their arguments alone.
std::optional<Answer> computed_answer(std::string_view service, std::string_view function,
                                      Arguments arguments);

bool is_builtin_service(std::string_view service);

// A built-in function that has nothing to do with the services that the peer has: wherever the call is done, the
// answer is the same.
bool is_independent_builtin(std::string_view service, std::string_view function);

}  // namespace aqua::services

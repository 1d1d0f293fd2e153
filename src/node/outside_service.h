#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "services/service_call.h"

// How services outside of this process are reached. Messages are those of services/json_rpc.h.

namespace aqua::node {

// What comes of it. Called on the loop, never from inside of ask().
struct OutsideListener {
  // Hostile text. False: it makes no sense, which was told.
  std::function<bool(std::string_view message)> replied;
  // That one call failed.
  std::function<void(const services::CallKey& key, std::string_view why)> failed;
  // Whatever was asked will not be answered.
  std::function<void(std::string_view why)> all_failed;
  // A line for people, from the service or about it.
  std::function<void(std::string_view line)> said;
};

// Two bodies: a process and an HTTP address.
class OutsideService {
 public:
  virtual ~OutsideService() = default;
  virtual void ask(const services::CallKey& key, std::uint64_t request_id, std::string message) = 0;
  virtual void withdraw(std::uint64_t request_id) = 0;
};

}  // namespace aqua::node

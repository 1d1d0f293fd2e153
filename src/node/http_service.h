#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "node/loop.h"
#include "node/outside_service.h"
#include "services/service.h"

namespace aqua::node {

// A service that is asked by POST; every call is a request of its own.
class HttpService : public OutsideService {
 public:
  static constexpr std::size_t kReplyBytesMax = std::size_t{32} << 20;

  // The loop outlives it. `name` is for people.
  HttpService(Loop& loop, std::string name, const services::HttpService& http,
              OutsideListener listener);
  ~HttpService() override;

  void ask(const services::CallKey& key, std::uint64_t request_id, std::string message) override;
  void withdraw(std::uint64_t request_id) override;

 private:
  class Requests;
  std::shared_ptr<Requests> requests_;
};

}  // namespace aqua::node

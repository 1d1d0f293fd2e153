#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "node/loop.h"
#include "node/outside_service.h"
#include "services/service.h"

namespace aqua::node {

// A child process that is asked on its stdin and answers on its stdout, a message a line; its stderr is for
// people. It is started by the first call, again by a call after it died (later and later while it does nothing
// but die), and ended with this object: first asked by SIGTERM, then by SIGKILL.
class ProcessService : public OutsideService {
 public:
  // Of a line; a longer one ends the process.
  static constexpr std::size_t kLineBytesMax = std::size_t{32} << 20;
  static constexpr std::size_t kErrorLineBytesMax = 4096;  // longer ones are shown in pieces
  static constexpr std::uint64_t kRestartMsMin = 100;
  static constexpr std::uint64_t kRestartMsMax = 10'000;
  static constexpr std::uint64_t kEndMs = 500;  // from SIGTERM to SIGKILL

  // The loop outlives it. `name` is for people.
  ProcessService(Loop& loop, std::string name, services::ProcessService process,
                 OutsideListener listener);
  ~ProcessService() override;

  void ask(const services::CallKey& key, std::uint64_t request_id, std::string message) override;
  void withdraw(std::uint64_t request_id) override;

 private:
  class Child;
  std::shared_ptr<Child> child_;
};

}  // namespace aqua::node

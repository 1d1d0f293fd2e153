#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sim/embedded_network.h"

namespace aqua::node {

enum class Clock : std::uint8_t {
  kVirtual,  // jumps to the next event; stands still while a service outside of this process works
  kReal,
};

struct EmbeddedDriverOptions {
  Clock clock = Clock::kReal;
  std::size_t events_max = 1'000'000;
  // A line for people, from a service outside or about it.
  std::function<void(std::string_view peer, std::string_view service, std::string_view line)>
      on_service_line;
  // Now and then while something is waited for; by the network's clock.
  std::function<void(std::uint64_t now_ms)> on_wait;
};

// Since 1970, by the clock of this machine.
std::uint64_t now_ms();

// Until nothing is left that could change anything. Services outside of this process run as long as this does.
void drive(sim::EmbeddedNetwork& network, const EmbeddedDriverOptions& options);

}  // namespace aqua::node

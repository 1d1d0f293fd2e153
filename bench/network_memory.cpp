#include "network_memory.h"

#include <fmt/format.h>
#include <malloc.h>

#include "base/check.h"
#include "crypto/stubbed_signatures.h"
#include "network_load.h"

namespace aqua::bench {

namespace {

std::size_t used_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

constexpr std::string_view kSmallScript =
    R"((seq (call "@R" ("op" "identity") ["hello world!"] result) (call %init_peer_id% ("callbackSrv" "response") [result])))";
// Longer than the bench lives.
constexpr std::string_view kWaitingScript =
    R"((seq (call "@R" ("peer" "timeout") [500000 "hello world!"] result) (call %init_peer_id% ("callbackSrv" "response") [result])))";

}  // namespace

std::size_t idle_peer_bytes(std::size_t peers) {
  Load load{.air = "(null)", .init = "p0", .peers = {}, .data = {}};
  for (std::size_t i = 0; i < peers; ++i) load.peers.push_back(fmt::format("p{}", i));
  const std::size_t before = used_bytes();
  const LoadedNetwork loaded(load);
  return (used_bytes() - before) / peers;
}

std::size_t waiting_particle_bytes(std::size_t particles) {
  const Load load{.air = std::string(kWaitingScript),
                  .init = "A",
                  .peers = {"A", "R"},
                  .data = {},
                  .ttl_ms = 600'000};
  LoadedNetwork loaded(load);
  const auto arrive = [&] {
    // Two hops and a call, and nothing that waits comes due.
    loaded.start_one();
    loaded.run_until(loaded.network().now_ms() + 2);
  };
  arrive();
  const std::size_t before = used_bytes();
  for (std::size_t i = 0; i < particles; ++i) arrive();
  AQUA_CHECK(loaded.responses == 0, "{} particles did not wait", loaded.responses);
  return (used_bytes() - before) / particles;
}

Growth growth_over(std::size_t particles) {
  const crypto::StubbedSignatures stubbed;
  const Load load{.air = std::string(kSmallScript),
                  .init = "A",
                  .peers = {"A", "R"},
                  .data = {},
                  .ttl_ms = 100};
  LoadedNetwork loaded(load);
  Growth growth;
  const std::uint64_t started = processor_ns();
  for (std::size_t i = 0; i < particles; ++i) {
    if (i == particles / 10) growth.bytes_after_first = used_bytes();
    loaded.run_one();
  }
  AQUA_CHECK(loaded.responses == particles, "{} of {} particles came back", loaded.responses,
             particles);
  growth.processor_ns = processor_ns() - started;
  growth.bytes_at_end = used_bytes();
  return growth;
}

}  // namespace aqua::bench

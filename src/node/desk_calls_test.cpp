#include "node/desk_calls.h"

#include <gtest/gtest.h>

#include "node/key_file.h"

namespace aqua::node {
namespace {

TEST(DeskCalls, AManyFoldQueueDoesNotNest) {
  constexpr std::uint32_t kWaiting = 100'000;
  services::CannedService canned;
  canned.functions["slow"].replies = {{services::CannedValue{"1"}, 1}};
  canned.functions["fast"].replies = {{services::CannedValue{"2"}, 0}};
  services::Services services;
  services["canned"].body = std::move(canned);

  Loop loop;
  const crypto::KeyPair key = random_key();
  services::ServiceDesk::Peer peer;
  peer.key = &key;
  DeskCalls calls(loop, std::move(peer), services, nullptr, {});
  const auto header = std::make_shared<peer::ParticleHeader>();
  std::uint32_t answers = 0;
  const auto call = [&](std::uint32_t id, std::string function) {
    peer::Call asked;
    asked.call_id = id;
    asked.service = "canned";
    asked.function = std::move(function);
    asked.header = header;
    asked.deadline_ms = loop.now_ms() + 600'000;
    calls.call(std::move(asked), loop.now_ms(), [&](const auto&) {
      if (++answers == kWaiting + 1) loop.stop();
    });
  };
  loop.post([&] {
    call(0, "slow");
    for (std::uint32_t id = 1; id <= kWaiting; ++id) call(id, "fast");
    EXPECT_EQ(answers, 0);
  });
  loop.run();
  EXPECT_EQ(answers, kWaiting + 1);
}

}  // namespace
}  // namespace aqua::node

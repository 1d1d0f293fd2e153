#include "node/embedded_driver.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/network.h"
#include "diagnostics/source.h"

namespace aqua::node {
namespace {

// Takes the id out of a request line and leaves it in $id.
constexpr std::string_view kReadId = R"(id=${line#*\"id\":}; id=${id%%,*}; )";

struct Ended {
  std::vector<std::string> answers;  // of the calls, in the order in which they came
  std::vector<std::string> lines;    // what was said of services
};

// One peer with a service that is this shell script; calls its f so many times, one after the other, and goes on
// after errors.
Ended run(std::string_view script, std::size_t calls, Clock clock = Clock::kVirtual,
          std::string_view more = "timeout_ms = 10000") {
  std::string toml =
      "[peers.a.services.s]\ncommand = [\"sh\", \"-c\", '''" + std::string(script) + "''']\n";
  toml += more;
  const auto network = config::parse_network(diagnostics::Source("network.toml", toml));
  EXPECT_TRUE(network.has_value()) << toml;
  if (!network) return {};
  sim::EmbeddedNetwork embedded(*network, {.seed = 1, .start_ms = 1'700'000'000'000, .limits = {}});
  Ended ended;
  embedded.set_client([&](report::PeerIndex, const peer::Call& call,
                          std::uint64_t) -> std::optional<sim::EmbeddedNetwork::ClientAnswer> {
    if (call.service != "seen") return std::nullopt;
    ended.answers.push_back(call.arguments.at(0));
    return services::Answer{0, "0"};
  });
  std::string air = "(null)";
  for (std::size_t i = 0; i < calls; ++i) {
    const std::string name = "r" + std::to_string(i);
    air = "(seq (xor (seq (call %init_peer_id% (\"s\" \"f\") [] " + name +
          ") (call %init_peer_id% (\"seen\" \"it\") [" + name +
          "])) (call %init_peer_id% (\"seen\" \"it\") [:error:.$.message])) " + air + ")";
  }
  auto header = std::make_shared<peer::ParticleHeader>();
  const report::PeerIndex a = embedded.identities().find_name("a");
  header->id = "p";
  header->init_peer_id = embedded.identities().peer_id(a);
  header->timestamp_ms = embedded.now_ms();
  header->ttl_ms = 60'000;
  header->script = air;
  peer::sign(*header, embedded.identities().key(a));
  embedded.start(a, {std::move(header), nullptr});
  drive(embedded, {.clock = clock,
                   .on_service_line =
                       [&](auto, auto, std::string_view line) { ended.lines.emplace_back(line); },
                   .on_wait = {}});
  return ended;
}

std::string answering(std::string_view with) {
  return "while read -r line; do " + std::string(kReadId) + std::string(with) + "; done";
}

TEST(EmbeddedDriver, AProcessAnswersInBothKindsOfTime) {
  const std::string script =
      answering(R"(echo "{\"id\":$id,\"result\":[$id]}"; echo "served $id" >&2)");
  for (const Clock clock : {Clock::kVirtual, Clock::kReal}) {
    const Ended ended = run(script, 3, clock);
    EXPECT_EQ(ended.answers, (std::vector<std::string>{"[1]", "[2]", "[3]"}));
    ASSERT_GE(ended.lines.size(), 1);
    EXPECT_EQ(ended.lines[0], "served 1");
  }
}

TEST(EmbeddedDriver, ADeadProcessIsToldAndStartedAgain) {
  const Ended ended = run(
      answering(
          R"(if [ $id = 1 ]; then echo "no more" >&2; exit 3; fi; echo "{\"id\":$id,\"result\":1}")"),
      2);
  ASSERT_EQ(ended.answers.size(), 2);
  EXPECT_NE(ended.answers[0].find("ended (exit code 3)"), std::string::npos) << ended.answers[0];
  EXPECT_EQ(ended.answers[1], "1");
  EXPECT_EQ(ended.lines.at(0), "no more");
}

TEST(EmbeddedDriver, RubbishAndSecondAnswersHarmNobody) {
  const Ended ended = run(
      answering(
          R"(echo rubbish; echo "{\"id\":99,\"result\":0}"; echo "{\"id\":$id,\"result\":1}"; echo "{\"id\":$id,\"result\":2}")"),
      2);
  EXPECT_EQ(ended.answers, (std::vector<std::string>{"1", "1"}));
  ASSERT_GE(ended.lines.size(), 3);
  EXPECT_TRUE(ended.lines[0].starts_with("no JSON: \"rubbish\"")) << ended.lines[0];
  EXPECT_EQ(ended.lines[1], "a reply to the request 99, which is not open");
}

TEST(EmbeddedDriver, WhatHangsIsNotWaitedFor) {
  const Ended ended = run("while read -r line; do :; done", 1, Clock::kVirtual, "timeout_ms = 20");
  ASSERT_EQ(ended.answers.size(), 1);
  EXPECT_NE(ended.answers[0].find("did not answer f in time"), std::string::npos)
      << ended.answers[0];
}

TEST(EmbeddedDriver, AProcessThatAnswersWithoutEndIsEnded) {
  const Ended ended = run("read -r line; exec yes | tr -d '\\n'", 1);
  ASSERT_EQ(ended.answers.size(), 1);
  EXPECT_NE(ended.answers[0].find("so it was ended"), std::string::npos) << ended.answers[0];
}

TEST(EmbeddedDriver, AProcessThatIgnoresItsInputFails) {
  const Ended ended = run("exit 0", 2);
  ASSERT_EQ(ended.answers.size(), 2);
  for (const std::string& answer : ended.answers)
    EXPECT_NE(answer.find("ended (exit code 0)"), std::string::npos) << answer;
}

}  // namespace
}  // namespace aqua::node

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"

// A particle to time, as bench/scenarios.mjs describes it: a script, peers, and what their services answer.

namespace aqua::bench {

enum class Answer : std::uint8_t { kFirstArgument, kLengthOfFirst, kJson };

struct Stub {
  std::string service;
  std::string function;
  Answer answer = Answer::kJson;
  std::string json;  // of kJson
};

struct Peer {
  std::string id;
  crypto::Seed seed{};
  std::vector<Stub> stubs;

  const Stub* find(std::string_view service, std::string_view function) const;
};

enum class Interface : std::uint8_t { kBytes, kStep };
enum class Results : std::uint8_t { kOneByOne, kBatched };

struct Scenario {
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);

  std::string air;
  std::string init_peer_id;
  std::string particle_id;
  std::vector<Peer> peers;
  Interface interface = Interface::kBytes;
  Results results = Results::kOneByOne;
  std::size_t invocations_max = kAll;
  std::size_t only_invocation = kAll;  // the others are not counted
  bool wants_log = false;
};

// `object`: canonical JSON. The error is a sentence.
base::Result<Scenario, std::string> parse_scenario(std::string_view object);

}  // namespace aqua::bench

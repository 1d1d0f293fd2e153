#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "crypto/blake3.h"
#include "crypto/keys.h"
#include "vm/run.h"
#include "vm/script.h"
#include "vm/verify.h"

// For tests and fuzz targets: peers with names, that run scripts through the step interface.

namespace aqua::vm {

inline constexpr std::string_view kTestParticle = "particle";
inline constexpr std::uint64_t kTestTimestamp = 1'700'000'000'000;
inline constexpr std::uint32_t kTestTtl = 7000;

inline crypto::Seed test_seed(std::string_view name) {
  return crypto::blake3(base::as_bytes(name));
}
inline crypto::KeyPair test_keys(std::string_view name) {
  return crypto::KeyPair::from_seed(test_seed(name));
}
// Of the one-letter peers; making a key is slow.
inline const crypto::KeyPair& test_keys(char letter) {
  static std::map<char, crypto::KeyPair> known;
  auto at = known.find(letter);
  if (at == known.end()) at = known.emplace(letter, test_keys(std::string(1, letter))).first;
  return at->second;
}

// "@A" becomes the id of peer A.
inline std::string with_peer_ids(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@' && i + 1 < text.size() && text[i + 1] >= 'A' && text[i + 1] <= 'Z') {
      out += test_keys(text[++i]).peer_id();
    } else {
      out += text[i];
    }
  }
  return out;
}

inline std::shared_ptr<const Script> prepared(std::string_view air) {
  auto script = Script::prepare(with_peer_ids(air));
  AQUA_CHECK(script.has_value(), "{}: {}", air, script.error().front().message);
  return *script;
}

struct TestAnswer {
  std::int32_t ret_code = 0;
  std::string result;
};
struct TestRequest {
  std::uint32_t id;
  std::string service;
  std::string function;
  std::string arguments;   // a JSON array
  std::string tetraplets;  // "(peer|service|function|lens) ..." of all arguments
};
using TestService = std::function<TestAnswer(const TestRequest&)>;

inline std::string tetraplet_text(const ParticleStores& stores, TetrapletId id) {
  const Tetraplet& t = stores[id];
  return fmt::format("({}|{}|{}|{})", stores.texts[t.peer], stores.texts[t.service],
                     stores.texts[t.function], stores.texts[t.lens]);
}

// Signs what the trace holds for every peer of `names`, in place of the signatures that are there.
inline void seal(ParticleState& state, std::string_view names,
                 std::string_view particle_id = kTestParticle) {
  std::map<std::string, std::vector<CidId>, std::less<>> cids;
  const auto add = [&](CidId tetraplet, CidId cid) {
    if (const auto id = state.stores.tetraplet(tetraplet))
      cids[std::string(state.stores.texts[state.stores[*id].peer])].push_back(cid);
  };
  for (const State& s : state.data.trace.states) {
    CidId service_result;
    if (const auto* scalar = std::get_if<CallScalar>(&s)) service_result = scalar->service_result;
    if (const auto* stream = std::get_if<CallStream>(&s)) service_result = stream->service_result;
    if (const auto* failed = std::get_if<CallFailed>(&s)) service_result = failed->service_result;
    if (service_result.has_value()) {
      if (const auto* result = state.stores.service_result(service_result))
        add(result->tetraplet, service_result);
    }
    if (const auto* canon = std::get_if<CanonExecuted>(&s)) {
      if (const auto* result = state.stores.canon_result(canon->canon_result))
        add(result->tetraplet, canon->canon_result);
    }
  }
  const auto stored = [&](const auto& bytes) {
    return state.stores.texts.intern(std::string(1, '\0').append(base::as_text(bytes)));
  };
  state.data.signatures.clear();
  for (const char name : names) {
    const crypto::KeyPair& keys = test_keys(name);
    const base::Bytes message = signature_message(state.stores, cids[keys.peer_id()], particle_id);
    state.data.signatures.push_back({stored(keys.public_key()), stored(keys.sign(message))});
  }
  state.own_signature_missing = false;
}

class TestPeer {
 public:
  explicit TestPeer(char name, char init_peer = 'A') : name_(name), init_peer_(init_peer) {}

  char name() const { return name_; }
  const std::string& id() const { return test_keys(name_).peer_id(); }
  ParticleState& state() { return *state_; }
  const std::vector<TestRequest>& requests() const { return requests_; }

  // One run. What is wrong with the script is a mistake of the test.
  RunOutcome run(std::string_view air, base::ByteView incoming = {},
                 std::span<const CallResult> results = {}) {
    return run(prepared(air), incoming, results);
  }
  RunOutcome run(const std::shared_ptr<const Script>& script, base::ByteView incoming = {},
                 std::span<const CallResult> results = {}) {
    RunOutcome outcome = vm::run(script, *state_, incoming, results, parameters());
    for (const CallRequest& request : outcome.requests) {
      const ParticleStores& stores = state_->stores;
      TestRequest& seen = requests_.emplace_back();
      seen.id = request.id;
      seen.service = stores.texts[request.service];
      seen.function = stores.texts[request.function];
      for (const ValueId argument : request.arguments)
        seen.arguments +=
            fmt::format("{}{}", seen.arguments.empty() ? "[" : ",", stores.text(argument));
      seen.arguments += seen.arguments.empty() ? "[]" : "]";
      for (const auto& of_argument : request.tetraplets)
        for (const TetrapletId id : of_argument)
          seen.tetraplets += (seen.tetraplets.empty() ? "" : " ") + tetraplet_text(stores, id);
    }
    return outcome;
  }

  // Answers requests, all at once, until there are none; gives the last outcome.
  RunOutcome settle(std::string_view air, const TestService& service,
                    base::ByteView incoming = {}) {
    const auto script = prepared(air);
    std::size_t answered = requests_.size();
    RunOutcome outcome = run(script, incoming);
    std::vector<TextId> next_peers = outcome.next_peers;
    while (answered < requests_.size()) {
      std::deque<std::string> texts;
      std::vector<CallResult> results;
      for (; answered < requests_.size(); ++answered) {
        TestAnswer answer = service(requests_[answered]);
        const std::string& id = texts.emplace_back(fmt::format("{}", requests_[answered].id));
        const std::string& result = texts.emplace_back(std::move(answer.result));
        results.push_back({id, answer.ret_code, result});
      }
      outcome = run(script, {}, results);
      next_peers.insert(next_peers.end(), outcome.next_peers.begin(), outcome.next_peers.end());
    }
    outcome.next_peers = std::move(next_peers);
    return outcome;
  }

  base::Bytes data() {
    base::Bytes out;
    encode(*state_, test_keys(name_), kTestParticle, out);
    return out;
  }

  RunParameters parameters() const {
    return {.init_peer_id = test_keys(init_peer_).peer_id(),
            .current_peer_id = id(),
            .timestamp_ms = kTestTimestamp,
            .ttl_ms = kTestTtl,
            .particle_id = kTestParticle,
            .explain_waiting = true};
  }

 private:
  char name_;
  char init_peer_;
  std::unique_ptr<ParticleState> state_ = std::make_unique<ParticleState>(1);
  std::vector<TestRequest> requests_;
};

// Delivers a particle among peers of one-letter names, first in first out, until nothing is left.
class TestNetwork {
 public:
  explicit TestNetwork(std::string_view air, TestService service)
      : air_(air), service_(std::move(service)) {}

  TestPeer& operator[](char name) { return peers_.try_emplace(name, name).first->second; }
  // Every data that was sent, with its receiver, in order.
  const std::vector<std::pair<char, base::Bytes>>& sent() const { return sent_; }

  void run(char init_peer = 'A') {
    send(init_peer, {});
    for (std::size_t i = 0; i < sent_.size() && i < kDeliveriesMax; ++i) {
      const auto [name, data] = sent_[i];
      TestPeer& peer = (*this)[name];
      const RunOutcome outcome = peer.settle(air_, service_, data);
      if (outcome.next_peers.empty()) continue;
      const base::Bytes out = peer.data();
      for (const TextId next : outcome.next_peers)
        for (char letter = 'A'; letter <= 'F'; ++letter)
          if (test_keys(letter).peer_id() == peer.state().stores.texts[next]) send(letter, out);
    }
  }

 private:
  static constexpr std::size_t kDeliveriesMax = 100;

  void send(char name, base::Bytes data) { sent_.emplace_back(name, std::move(data)); }

  std::string air_;
  TestService service_;
  std::map<char, TestPeer> peers_;
  std::vector<std::pair<char, base::Bytes>> sent_;
};

}  // namespace aqua::vm

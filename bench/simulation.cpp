#include "simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/msgpack.h"
#include "json/text.h"
#include "vm/host.h"

namespace aqua::bench {

namespace {

constexpr std::uint64_t kTimestampMs = 1'700'000'000'000;
constexpr std::uint32_t kTtlMs = 600'000;
constexpr std::size_t kLoggedArgumentBytes = 24;

struct ResultText {
  std::uint32_t call_id = 0;
  std::string json;
};

// What waits for a peer: data from another one, or results of its own services.
struct Delivery {
  std::size_t peer = 0;
  std::shared_ptr<const base::Bytes> data;
  std::vector<ResultText> results;
};

struct Call {
  std::uint32_t id = 0;
  std::string service;
  std::string function;
  base::Bytes arguments;  // MessagePack
};

// What an invocation led to.
struct Effects {
  std::vector<std::string> next_peers;
  std::vector<Call> calls;
  std::shared_ptr<const base::Bytes> data;  // none: nobody needs it
};

// Times what is wrapped in it, and the signatures in there.
class Meter {
 public:
  template <class Step>
  auto measure(Step&& step) {
    crypto::set_signature_tally(&signatures);
    const std::uint64_t started = now_ns();
    auto result = step();
    vm_ns += now_ns() - started;
    crypto::set_signature_tally(nullptr);
    return result;
  }

  std::uint64_t vm_ns = 0;
  crypto::SignatureTally signatures{.now_ns = now_ns};
};

base::ByteView view_of(const std::shared_ptr<const base::Bytes>& bytes) {
  return bytes ? base::ByteView(*bytes) : base::ByteView();
}

// --- bytes in, bytes out --------------------------------------------------------

base::Bytes encode_results(std::span<const ResultText> results) {
  base::Bytes out = {0x81, 0x04};
  base::MsgpackWriter writer(out);
  writer.map_head(static_cast<std::uint32_t>(results.size()));
  for (const ResultText& result : results) {
    writer.text(fmt::format("{}", result.call_id));
    writer.map_head(2);
    writer.text("ret_code");
    writer.integer(0);
    writer.text("result");
    writer.text(result.json);
  }
  return out;
}

std::optional<std::vector<Call>> decode_calls(base::ByteView bytes) {
  std::vector<Call> calls;
  if (bytes.size() < 2) return std::nullopt;
  base::MsgpackReader reader(bytes.subspan(2));
  const auto count = reader.map_head();
  for (std::uint32_t i = 0; count && i < *count; ++i) {
    Call call;
    call.id = static_cast<std::uint32_t>(reader.integer().value_or(0));
    const auto fields = reader.map_head();
    for (std::uint32_t field = 0; fields && field < *fields; ++field) {
      const auto name = reader.text();
      if (name == "service_id") {
        call.service = reader.text().value_or("");
      } else if (name == "function_name") {
        call.function = reader.text().value_or("");
      } else if (name == "arguments") {
        const auto arguments = reader.binary().value_or(base::ByteView());
        call.arguments.assign(arguments.begin(), arguments.end());
      } else {
        reader.skip();
      }
    }
    calls.push_back(std::move(call));
  }
  if (reader.failed()) return std::nullopt;
  return calls;
}

class BytesPeer {
 public:
  BytesPeer(const Scenario& scenario, const Peer& peer) {
    parameters_.init_peer_id = scenario.init_peer_id;
    parameters_.current_peer_id = peer.id;
    parameters_.timestamp_ms = kTimestampMs;
    parameters_.ttl_ms = kTtlMs;
    parameters_.secret_key.assign(peer.seed.begin(), peer.seed.end());
    // A peer has had its key for long; what it knows otherwise is of no use for the particle.
    parameters_.particle_id = "another";
    host_.invoke("(never)", {}, {}, parameters_, encode_results({}));
    parameters_.particle_id = scenario.particle_id;
  }

  base::Result<Effects, std::string> invoke(const Scenario& scenario, const Delivery& delivery,
                                            Meter& meter) {
    const base::Bytes results = encode_results(delivery.results);
    vm::InvokeOutcome outcome = meter.measure([&] {
      return host_.invoke(scenario.air, view_of(previous_), view_of(delivery.data), parameters_,
                          results);
    });
    if (outcome.ret_code != 0)
      return std::unexpected(fmt::format("{}: {}", outcome.ret_code, outcome.error_message));
    previous_ = std::make_shared<const base::Bytes>(std::move(outcome.data));
    auto calls = decode_calls(outcome.call_requests);
    if (!calls) return std::unexpected("malformed call requests");
    return Effects{std::move(outcome.next_peer_pks), std::move(*calls), previous_};
  }

 private:
  vm::InvokeParameters parameters_;
  vm::Host host_;
  std::shared_ptr<const base::Bytes> previous_;
};

// --- a decoded state between runs -------------------------------------------------

class StepPeer {
 public:
  StepPeer(const Scenario&, const Peer& peer)
      : id_(peer.id), key_(crypto::KeyPair::from_seed(peer.seed)), state_(kHashSeed) {}

  base::Result<Effects, std::string> invoke(const Scenario& scenario, const Delivery& delivery,
                                            Meter& meter) {
    const vm::RunParameters parameters{.init_peer_id = scenario.init_peer_id,
                                       .current_peer_id = id_,
                                       .timestamp_ms = kTimestampMs,
                                       .ttl_ms = kTtlMs,
                                       .particle_id = scenario.particle_id};
    std::vector<std::string> ids;
    for (const ResultText& result : delivery.results)
      ids.push_back(fmt::format("{}", result.call_id));
    std::vector<vm::CallResult> results;
    for (std::size_t i = 0; i < ids.size(); ++i)
      results.push_back({.call_id = ids[i], .result = delivery.results[i].json});

    base::Bytes data;
    const vm::RunOutcome outcome = meter.measure([&] {
      if (script_ == nullptr) {
        if (auto prepared = vm::Script::prepare(scenario.air)) script_ = *prepared;
      }
      vm::RunOutcome run = vm::run(script_, state_, view_of(delivery.data), results, parameters);
      if (!run.next_peers.empty()) vm::encode(state_, key_, scenario.particle_id, data);
      return run;
    });
    if (outcome.code != vm::Code::kSuccess)
      return std::unexpected(
          fmt::format("{}: {}", static_cast<int>(outcome.code), outcome.message));
    Effects effects;
    for (const vm::TextId peer : outcome.next_peers)
      effects.next_peers.emplace_back(state_.stores.texts[peer]);
    for (const vm::CallRequest& request : outcome.requests) {
      Call& call = effects.calls.emplace_back();
      call.id = request.id;
      call.service = state_.stores.texts[request.service];
      call.function = state_.stores.texts[request.function];
      base::MsgpackWriter(call.arguments)
          .array_head(static_cast<std::uint32_t>(request.arguments.size()));
      for (const vm::ValueId argument : request.arguments)
        json::append_msgpack(call.arguments, state_.stores.text(argument));
    }
    effects.data = std::make_shared<const base::Bytes>(std::move(data));
    return effects;
  }

 private:
  static constexpr std::uint64_t kHashSeed = 1;

  std::string id_;
  crypto::KeyPair key_;
  std::shared_ptr<const vm::Script> script_;
  vm::ParticleState state_;
};

// --- services and delivery ----------------------------------------------------------

// The argument must be a text or an integer; scenarios use no others.
std::optional<std::string> answer(const Stub& stub, base::ByteView arguments) {
  if (stub.answer == Answer::kJson) return stub.json;
  base::MsgpackReader reader(arguments);
  if (reader.array_head().value_or(0) == 0) return std::nullopt;
  base::MsgpackReader as_integer = reader;
  if (const auto text = reader.text())
    return stub.answer == Answer::kFirstArgument ? json::quoted(*text)
                                                 : fmt::format("{}", text->size());
  const auto number = as_integer.integer();
  if (!number || stub.answer != Answer::kFirstArgument) return std::nullopt;
  return fmt::format("{}", *number);
}

std::string describe(const Delivery& delivery, const Effects& effects) {
  std::string line = fmt::format("{}:", delivery.peer);
  for (const std::string& peer : effects.next_peers) line += " " + peer;
  for (const Call& call : effects.calls) {
    line +=
        fmt::format(" {}={}.{}/{}", call.id, call.service, call.function, call.arguments.size());
    const std::size_t shown = std::min(call.arguments.size(), kLoggedArgumentBytes);
    for (std::size_t i = 0; i < shown; ++i)
      line += fmt::format("{}{:02x}", i == 0 ? "/" : "", call.arguments[i]);
  }
  return line;
}

template <class VmPeer>
base::Result<Measured, std::string> simulate_with(const Scenario& scenario) {
  std::deque<VmPeer> peers;
  for (const Peer& peer : scenario.peers) peers.emplace_back(scenario, peer);
  const auto index_of = [&](std::string_view id) {
    return static_cast<std::size_t>(std::ranges::find(scenario.peers, id, &Peer::id) -
                                    scenario.peers.begin());
  };

  Meter counted;
  Meter ignored;
  Measured measured;
  std::size_t step = 0;
  std::deque<Delivery> queue;
  queue.push_back({index_of(scenario.init_peer_id), nullptr, {}});
  for (; !queue.empty() && step < scenario.invocations_max; ++step) {
    const Delivery delivery = std::move(queue.front());
    queue.pop_front();
    if (delivery.peer == peers.size())
      return std::unexpected("a particle for a peer that is not there");
    const bool counts =
        scenario.only_invocation == Scenario::kAll || scenario.only_invocation == step;
    auto effects = peers[delivery.peer].invoke(scenario, delivery, counts ? counted : ignored);
    if (!effects) return std::unexpected(fmt::format("invocation {}: {}", step, effects.error()));
    if (counts) {
      ++measured.invocations;
      measured.data_bytes_max = std::max(measured.data_bytes_max, view_of(effects->data).size());
    }
    std::ranges::sort(effects->next_peers);
    std::ranges::sort(effects->calls, {}, &Call::id);
    if (scenario.wants_log) measured.log.push_back(describe(delivery, *effects));

    for (const std::string& peer : effects->next_peers)
      queue.push_back({index_of(peer), effects->data, {}});
    std::vector<ResultText> results;
    for (const Call& call : effects->calls) {
      const Stub* const stub = scenario.peers[delivery.peer].find(call.service, call.function);
      auto json = stub != nullptr ? answer(*stub, call.arguments) : std::nullopt;
      if (!json)
        return std::unexpected(fmt::format("no answer to {}.{}", call.service, call.function));
      results.push_back({call.id, std::move(*json)});
    }
    switch (scenario.results) {
      case Results::kBatched:
        if (!results.empty()) queue.push_back({delivery.peer, nullptr, std::move(results)});
        break;
      case Results::kOneByOne:
        for (ResultText& result : results) {
          std::vector<ResultText> alone;
          alone.push_back(std::move(result));
          queue.push_back({delivery.peer, nullptr, std::move(alone)});
        }
        break;
    }
  }
  measured.vm_ns = counted.vm_ns;
  measured.signatures = counted.signatures;
  return measured;
}

}  // namespace

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

base::Result<Measured, std::string> simulate(const Scenario& scenario) {
  switch (scenario.interface) {
    case Interface::kBytes: return simulate_with<BytesPeer>(scenario);
    case Interface::kStep: return simulate_with<StepPeer>(scenario);
  }
  return std::unexpected("no such interface");
}

}  // namespace aqua::bench

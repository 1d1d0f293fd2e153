#include "network_load.h"

#include <fmt/format.h>

#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "crypto/stubbed_signatures.h"
#include "json/text.h"
#include "simulation.h"

namespace aqua::bench {

namespace {

constexpr std::uint64_t kStartMs = 1'700'000'000'000;
constexpr std::uint32_t kLatencyMs = 1;

config::Network config_of(const Load& load) {
  config::Network network;
  network.latency_ms = kLatencyMs;
  network.start = load.init;
  for (const std::string& name : load.peers) network.peers.emplace_back().name = name;
  return network;
}

// Every "@name" in quotes becomes the id of that peer.
std::string with_ids(std::string_view air, const sim::Identities& identities) {
  std::string out;
  while (true) {
    const std::size_t open = air.find("\"@");
    const std::size_t close = open == air.npos ? air.npos : air.find('"', open + 1);
    if (close == air.npos) break;
    out += air.substr(0, open + 1);
    out += identities.resolved(air.substr(open + 1, close - open - 1));
    out += '"';
    air.remove_prefix(close + 1);
  }
  return out += air;
}

std::string list_of(const std::vector<std::string>& values) {
  return fmt::format("[{}]", fmt::join(values, ","));
}

}  // namespace

base::Result<Load, std::string> parse_load(std::string_view object) {
  Load load;
  for (const auto& [name, out] : {std::pair("air", &load.air), std::pair("init", &load.init)}) {
    const auto text = json::find_member(object, name);
    if (!text) return std::unexpected(fmt::format("no text '{}'", name));
    *out = json::unquote(*text);
  }
  const auto peers = json::find_member(object, "peers");
  if (!peers) return std::unexpected("no peers");
  for (const std::string_view name : json::array_items(*peers))
    load.peers.push_back(json::unquote(name));
  if (const auto data = json::find_member(object, "data")) {
    for (const json::Member& member : json::object_members(*data))
      load.data.emplace(json::unquote(member.key), member.value);
  }
  const auto number = [&](std::string_view name) -> std::optional<std::uint32_t> {
    const auto value = json::find_member(object, name);
    return value ? json::as_uint32(*value) : std::nullopt;
  };
  load.ttl_ms = number("ttl_ms").value_or(load.ttl_ms);
  load.warm_up = number("warm_up").value_or(0);
  load.particles = number("particles").value_or(1);
  load.stubs_signatures = json::find_member(object, "stubs_signatures") == "true";
  return load;
}

LoadedNetwork::LoadedNetwork(const Load& load)
    : load_(load),
      config_(config_of(load)),
      network_(config_, {.seed = 0, .start_ms = kStartMs, .limits = {}}),
      init_(network_.identities().find_name(load.init)) {
  AQUA_CHECK(init_.has_value(), "no peer is named {}", load.init);
  const sim::Identities& identities = network_.identities();
  script_ = with_ids(load.air, identities);
  for (auto& [name, json] : load_.data) json = identities.resolved_json(json);
  network_.set_client([this](report::PeerIndex, const peer::Call& call,
                             std::uint64_t) -> std::optional<sim::EmbeddedNetwork::ClientAnswer> {
    if (call.service == "getDataSrv") {
      const auto found = load_.data.find(call.function);
      if (found == load_.data.end()) return std::nullopt;
      return services::Answer{0, found->second};
    }
    if (call.service == "callbackSrv") {
      if (responses++ == 0) first_response = network_.identities().shown(list_of(call.arguments));
      return services::Answer{0, "\"\""};
    }
    if (call.service == "errorHandlingSrv") {
      if (error.empty()) error = network_.identities().shown(list_of(call.arguments));
      return services::Answer{0, "\"\""};
    }
    return std::nullopt;
  });
}

void LoadedNetwork::start_one() {
  auto header = std::make_shared<peer::ParticleHeader>();
  header->id = fmt::format("bench-{}", started_++);
  header->init_peer_id = network_.identities().peer_id(init_);
  header->timestamp_ms = network_.now_ms();
  header->ttl_ms = load_.ttl_ms;
  header->script = script_;
  peer::sign(*header, network_.identities().key(init_));
  network_.start(init_, {std::move(header), nullptr});
}

void LoadedNetwork::run_all() {
  while (network_.step()) {
  }
}

void LoadedNetwork::run_until(std::uint64_t ms) {
  while (network_.next_at_ms().value_or(ms + 1) <= ms) network_.step();
  network_.advance_to(ms);
}

void LoadedNetwork::run_one() {
  start_one();
  run_all();
}

std::uint64_t processor_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

LoadMeasured run_load(const Load& load) {
  std::optional<crypto::StubbedSignatures> stubbed;
  if (load.stubs_signatures) stubbed.emplace();
  LoadedNetwork loaded(load);
  for (std::size_t i = 0; i < load.warm_up; ++i) loaded.run_one();

  LoadMeasured measured;
  measured.ns.reserve(load.particles);
  measured.signatures.now_ns = &processor_ns;
  crypto::set_signature_tally(&measured.signatures);
  loaded.responses = 0;
  const std::uint64_t deliveries_before = loaded.network().delivered();
  const std::uint64_t processor_before = processor_ns();
  const std::uint64_t first = now_ns();
  std::uint64_t last = first;
  for (std::size_t i = 0; i < load.particles; ++i) {
    loaded.run_one();
    const std::uint64_t now = now_ns();
    measured.ns.push_back(now - last);
    last = now;
  }
  measured.total_ns = last - first;
  measured.processor_ns = processor_ns() - processor_before;
  crypto::set_signature_tally(nullptr);
  measured.deliveries = loaded.network().delivered() - deliveries_before;
  measured.responses = loaded.responses;
  measured.first_response = loaded.first_response;
  measured.error = loaded.error;
  return measured;
}

}  // namespace aqua::bench

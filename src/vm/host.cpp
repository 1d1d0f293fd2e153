#include "vm/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "base/hash.h"
#include "base/msgpack.h"
#include "base/utf8.h"
#include "crypto/cid.h"
#include "diagnostics/diagnostic.h"
#include "json/text.h"

namespace aqua::vm {

namespace {

// Multicodec 0x0201, MessagePack, as a varint.
constexpr base::Byte kMessagePackCodec[] = {0x81, 0x04};

Failure bad_call_results(std::string_view what) {
  return {Code::kCallResults,
          fmt::format("error occurred while deserialize call results: {}.", what)};
}

}  // namespace

base::Bytes encode_call_requests(const ParticleState& state,
                                 std::span<const CallRequest> requests) {
  const ParticleStores& stores = state.stores;
  base::Bytes out(std::begin(kMessagePackCodec), std::end(kMessagePackCodec));
  base::MsgpackWriter writer(out);
  writer.map_head(static_cast<std::uint32_t>(requests.size()));
  std::size_t argument_bytes = 0;
  for (const CallRequest& request : requests)
    for (const ValueId argument : request.arguments) argument_bytes += stores.text(argument).size();
  constexpr std::size_t kBytesPerRequest = 256;
  out.reserve(argument_bytes + requests.size() * kBytesPerRequest);
  for (const CallRequest& request : requests) {
    writer.unsigned_integer(request.id);
    writer.map_head(4);
    writer.text("service_id");
    writer.text(stores.texts[request.service]);
    writer.text("function_name");
    writer.text(stores.texts[request.function]);

    writer.text("arguments");
    const std::size_t arguments = writer.open_binary();
    writer.array_head(static_cast<std::uint32_t>(request.arguments.size()));
    for (const ValueId argument : request.arguments)
      json::append_msgpack(out, stores.text(argument));
    writer.close_binary(arguments);

    writer.text("tetraplets");
    const std::size_t tetraplets = writer.open_binary();
    writer.array_head(static_cast<std::uint32_t>(request.tetraplets.size()));
    for (const std::vector<TetrapletId>& of_argument : request.tetraplets) {
      writer.array_head(static_cast<std::uint32_t>(of_argument.size()));
      for (const TetrapletId id : of_argument) {
        const Tetraplet& t = stores[id];
        writer.map_head(4);
        writer.text("peer_pk");
        writer.text(stores.texts[t.peer]);
        writer.text("service_id");
        writer.text(stores.texts[t.service]);
        writer.text("function_name");
        writer.text(stores.texts[t.function]);
        writer.text("lens");
        writer.text(stores.texts[t.lens]);
      }
    }
    writer.close_binary(tetraplets);
  }
  return out;
}

namespace {

// {"ret_code": int, "result": text}, or the two in an array.
base::Result<CallResult, Failure> decode_call_result(base::MsgpackReader& reader) {
  std::optional<std::int64_t> ret_code;
  std::optional<std::string_view> result;
  const auto finish = [&]() -> base::Result<CallResult, Failure> {
    if (!ret_code || *ret_code < INT32_MIN || *ret_code > INT32_MAX)
      return std::unexpected(bad_call_results("`ret_code` is missing or not a 32-bit integer"));
    if (!result || !base::is_utf8(*result))
      return std::unexpected(bad_call_results("`result` is missing or not a text"));
    return CallResult{{}, static_cast<std::int32_t>(*ret_code), *result};
  };
  base::MsgpackReader as_array = reader;
  if (const auto count = as_array.array_head()) {
    if (*count != 2) return std::unexpected(bad_call_results("a result is not {ret_code, result}"));
    ret_code = as_array.integer();
    result = as_array.text();
    reader = as_array;
    return finish();
  }
  const auto count = reader.map_head();
  if (!count) return std::unexpected(bad_call_results("a result is not a map"));
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto key = reader.text();
    if (!key) return std::unexpected(bad_call_results("a key is not a text"));
    if (*key == "ret_code")
      ret_code = reader.integer();
    else if (*key == "result")
      result = reader.text();
    else
      reader.skip();
    if (reader.failed())
      return std::unexpected(
          bad_call_results(fmt::format("the value of `{}` has a wrong type", *key)));
  }
  return finish();
}

}  // namespace

base::Result<std::vector<CallResult>, Failure> decode_call_results(base::ByteView bytes) {
  if (bytes.size() < 2 || bytes[0] != kMessagePackCodec[0] || bytes[1] != kMessagePackCodec[1])
    return std::unexpected(
        bad_call_results("they do not start with the codec of MessagePack, 81 04"));
  base::MsgpackReader reader(bytes.subspan(std::size(kMessagePackCodec)));
  const auto count = reader.map_head();
  if (!count) return std::unexpected(bad_call_results("expected a map"));
  std::vector<CallResult> results;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto key = reader.text();
    if (!key || !base::is_utf8(*key))
      return std::unexpected(bad_call_results("a call id is not a text"));
    auto result = decode_call_result(reader);
    if (!result) return std::unexpected(std::move(result.error()));
    result->call_id = *key;
    results.push_back(*result);
  }
  return results;
}

// --- Host ----------------------------------------------------------------------------

base::Result<std::shared_ptr<const Script>, Failure> Host::script(std::string_view air) {
  for (auto known = scripts_.begin(); known != scripts_.end(); ++known) {
    if (known->air != air) continue;
    scripts_.splice(scripts_.begin(), scripts_, known);
    return known->script;
  }
  auto prepared = Script::prepare(air);
  if (!prepared) {
    const diagnostics::Source source("script.air", std::string(air));
    std::string message = "air can't be parsed:\n";
    for (const auto& diagnostic : prepared.error())
      message += diagnostics::render(source, diagnostic, diagnostics::Colour::kOff);
    return std::unexpected(Failure{Code::kParse, std::move(message)});
  }
  scripts_.push_front({std::string(air), *prepared});
  if (scripts_.size() > kScriptsMax) scripts_.pop_back();
  return scripts_.front().script;
}

base::Result<const crypto::KeyPair*, Failure> Host::key(const InvokeParameters& parameters) {
  const auto malformed = [](std::string_view what) {
    return std::unexpected(
        Failure{Code::kKeyPair, fmt::format("malformed keypair format: {}", what)});
  };
  if (parameters.key_format != 0) return malformed("the only key format is 0, Ed25519");
  if (parameters.secret_key.size() != std::tuple_size_v<crypto::Seed>)
    return malformed("the secret key has not 32 bytes");
  const std::string_view seed_text = base::as_text(parameters.secret_key);
  if (const auto known = keys_by_seed_.find(seed_text); known != keys_by_seed_.end())
    return known->second;
  if (keys_.size() >= kKeysMax) {
    keys_.clear();
    keys_by_seed_.clear();
  }
  crypto::Seed seed;
  std::copy(parameters.secret_key.begin(), parameters.secret_key.end(), seed.begin());
  keys_.push_back(crypto::KeyPair::from_seed(seed));
  keys_by_seed_[std::string(seed_text)] = &keys_.back();
  return &keys_.back();
}

std::unique_ptr<ParticleState> Host::take_kept(const std::string& particle,
                                               base::ByteView prev_data) {
  const auto found = states_by_particle_.find(particle);
  if (found == states_by_particle_.end()) return nullptr;
  Kept kept = std::move(*found->second);
  state_bytes_ -= kept.bytes.size() + kept.state_bytes;
  states_.erase(found->second);
  states_by_particle_.erase(found);
  if (!std::ranges::equal(kept.bytes, prev_data)) return nullptr;
  // What failed runs and replaced values left behind is dropped with the whole state.
  if (kept.state_bytes > kStateSlackBytes + kStateSlackFactor * kept.bytes.size()) return nullptr;
  return std::move(kept.state);
}

void Host::keep(std::string particle, base::ByteView bytes, std::unique_ptr<ParticleState> state) {
  const std::size_t size = state->size_bytes();
  if (bytes.size() + size > kKeptStateBytesMax) return;
  state_bytes_ += bytes.size() + size;
  // Between pointers, not iterators: that is one copy of memory.
  base::Bytes copy(bytes.data(), bytes.data() + bytes.size());
  states_.push_front({std::move(particle), std::move(copy), size, std::move(state)});
  states_by_particle_[states_.front().particle] = states_.begin();
  while (states_.size() > kStatesMax || state_bytes_ > kStateBytesMax) {
    state_bytes_ -= states_.back().bytes.size() + states_.back().state_bytes;
    states_by_particle_.erase(states_.back().particle);
    states_.pop_back();
  }
}

InvokeOutcome Host::invoke(std::string_view air, base::ByteView prev_data, base::ByteView data,
                           const InvokeParameters& parameters, base::ByteView call_results) {
  InvokeOutcome outcome;
  const auto refuse = [&](const Failure& failure) {
    outcome.ret_code = static_cast<std::int64_t>(failure.code);
    outcome.error_message = failure.message;
    outcome.data.assign(prev_data.begin(), prev_data.end());
    outcome.call_requests = encode_call_requests(ParticleState(0), {});
    return outcome;
  };
  const auto too_large = [&](std::string message) {
    outcome.air_size_limit_exceeded = outcome.particle_size_limit_exceeded = false;
    return refuse({Code::kSizeLimit, std::move(message)});
  };

  outcome.air_size_limit_exceeded = air.size() > parameters.air_size_limit_bytes;
  outcome.particle_size_limit_exceeded = data.size() > parameters.particle_size_limit_bytes;
  if (parameters.hard_limit_enabled && outcome.air_size_limit_exceeded)
    return too_large(fmt::format("air size: {} bytes is bigger than the limit allowed: {} bytes",
                                 air.size(), parameters.air_size_limit_bytes));
  if (parameters.hard_limit_enabled && outcome.particle_size_limit_exceeded)
    return too_large(fmt::format(
        "Current_data particle size: {} bytes is bigger than the limit allowed: {} bytes",
        data.size(), parameters.particle_size_limit_bytes));

  const std::string particle =
      fmt::format("{}\n{}", parameters.current_peer_id, parameters.particle_id);
  std::unique_ptr<ParticleState> state = take_kept(particle, prev_data);
  if (state == nullptr) {
    // The seed of hash tables comes from the secret key, which other peers do not know.
    const crypto::Digest secret = crypto::blake3(parameters.secret_key);
    std::uint64_t hash_seed;
    std::memcpy(&hash_seed, secret.data(), sizeof hash_seed);
    state = std::make_unique<ParticleState>(hash_seed);
    if (auto loaded = load_previous(*state, prev_data); !loaded) return refuse(loaded.error());
  }
  // Whatever is refused from here on has left its traces in the state: the next invocation reads the data again.
  const auto incoming = receive(*state, data, parameters.particle_id);
  if (!incoming) return refuse(incoming.error());
  const auto prepared = script(air);
  if (!prepared) return refuse(prepared.error());
  const auto results = decode_call_results(call_results);
  if (!results) return refuse(results.error());
  outcome.call_result_size_limit_exceeded = std::ranges::any_of(*results, [&](const CallResult& r) {
    return r.result.size() > parameters.call_result_size_limit_bytes;
  });
  if (parameters.hard_limit_enabled && outcome.call_result_size_limit_exceeded)
    return refuse({Code::kSizeLimit,
                   fmt::format("Call result size is bigger than the limit allowed: {} bytes",
                               parameters.call_result_size_limit_bytes)});
  const auto key_pair = key(parameters);
  if (!key_pair) return refuse(key_pair.error());

  RunOutcome run = execute(*prepared, *state, *incoming, *results,
                           {.init_peer_id = parameters.init_peer_id,
                            .current_peer_id = parameters.current_peer_id,
                            .timestamp_ms = parameters.timestamp_ms,
                            .ttl_ms = parameters.ttl_ms,
                            .particle_id = parameters.particle_id});
  if (!run.changed_state) {
    refuse({run.code, std::move(run.message)});
    if (run.data_is_lost) outcome.data.clear();
    return outcome;
  }
  outcome.ret_code = static_cast<std::int64_t>(run.code);
  outcome.error_message = std::move(run.message);
  for (const TextId peer : run.next_peers)
    outcome.next_peer_pks.emplace_back(state->stores.texts[peer]);
  outcome.call_requests = encode_call_requests(*state, run.requests);
  encode(*state, **key_pair, parameters.particle_id, outcome.data);
  // A run that stops in another way than a script can (at results that nobody asked for, say) leaves a state
  // behind that its data does not lead to: then the next invocation reads the data.
  if (run.code == Code::kSuccess || is_catchable(run.code))
    keep(particle, outcome.data, std::move(state));
  return outcome;
}

}  // namespace aqua::vm

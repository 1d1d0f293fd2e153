#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/keys.h"
#include "vm/particle_state.h"
#include "vm/run.h"

// The VM with bytes on every side, as hosts of the published VM call it.

namespace aqua::vm {

struct InvokeParameters {
  std::string init_peer_id;
  std::string current_peer_id;
  std::uint64_t timestamp_ms = 0;
  std::uint32_t ttl_ms = 0;
  std::uint8_t key_format = 0;  // 0: Ed25519, the only one
  base::Bytes secret_key;       // the 32-byte seed
  std::string particle_id;
  // A size at the limit is allowed. Over it: the flag in the outcome, and with `hard_limit_enabled`
  // code 10 instead of a run.
  std::uint64_t air_size_limit_bytes = UINT64_MAX;
  std::uint64_t particle_size_limit_bytes = UINT64_MAX;     // of the current data
  std::uint64_t call_result_size_limit_bytes = UINT64_MAX;  // of each result text
  bool hard_limit_enabled = false;
};

struct InvokeOutcome {
  std::int64_t ret_code = 0;
  std::string error_message;
  base::Bytes data;
  std::vector<std::string> next_peer_pks;
  base::Bytes call_requests;
  bool air_size_limit_exceeded = false;
  bool particle_size_limit_exceeded = false;
  bool call_result_size_limit_exceeded = false;
};

// 81 04, then MessagePack {call id: {"service_id","function_name","arguments","tetraplets"}}.
base::Bytes encode_call_requests(const ParticleState& state, std::span<const CallRequest> requests);
// 81 04, then MessagePack {"<call id>": {"ret_code","result"}}. Views into `bytes`. Code 5.
base::Result<std::vector<CallResult>, Failure> decode_call_results(base::ByteView bytes);

// Remembers scripts, keys and decoded states between invocations; what it answers depends on the
// arguments alone. For one thread at a time.
class Host {
 public:
  // Beyond these the least recently used is forgotten.
  static constexpr std::size_t kScriptsMax = 64;
  static constexpr std::size_t kKeysMax = 256;
  static constexpr std::size_t kStatesMax = 256;
  static constexpr std::size_t kStateBytesMax = std::size_t{256} << 20;  // all kept states together
  static constexpr std::size_t kKeptStateBytesMax = std::size_t{64}
                                                    << 20;  // a larger one is not kept
  // A state that outgrew its data by more than this is made anew from its bytes.
  static constexpr std::size_t kStateSlackBytes = std::size_t{4} << 20;
  static constexpr std::size_t kStateSlackFactor = 16;

  InvokeOutcome invoke(std::string_view air, base::ByteView prev_data, base::ByteView data,
                       const InvokeParameters& parameters, base::ByteView call_results);

 private:
  // The state that was encoded to `bytes`, to be taken up when they come back as previous data.
  struct Kept {
    std::string particle;  // particle id and current peer id
    base::Bytes bytes;
    std::size_t state_bytes;  // memory of the state
    std::unique_ptr<ParticleState> state;
  };

  base::Result<std::shared_ptr<const Script>, Failure> script(std::string_view air);
  base::Result<const crypto::KeyPair*, Failure> key(const InvokeParameters& parameters);
  std::unique_ptr<ParticleState> take_kept(const std::string& particle, base::ByteView prev_data);
  void keep(std::string particle, base::ByteView bytes, std::unique_ptr<ParticleState> state);

  struct KnownScript {
    std::string air;
    std::shared_ptr<const Script> script;
  };
  std::list<KnownScript> scripts_;  // most recently used first
  std::list<crypto::KeyPair> keys_;
  std::map<std::string, crypto::KeyPair*, std::less<>> keys_by_seed_;
  std::list<Kept> states_;  // most recently used first
  std::map<std::string, std::list<Kept>::iterator> states_by_particle_;
  std::size_t state_bytes_ = 0;
};

}  // namespace aqua::vm

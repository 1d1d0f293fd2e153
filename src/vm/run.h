#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "vm/archive.h"
#include "vm/error_codes.h"
#include "vm/particle_state.h"
#include "vm/script.h"
#include "vm/waiting.h"

// One step of the VM: (script, state, incoming data, call results) -> (state, requests, next peers).
// No clock, no randomness, no I/O. A state is used by one thread at a time.

namespace aqua::vm {

struct RunParameters {
  std::string_view init_peer_id;
  std::string_view current_peer_id;
  std::uint64_t timestamp_ms = 0;
  std::uint32_t ttl_ms = 0;
  std::string_view particle_id;  // also the salt of signatures
  bool explain_waiting = false;  // fill RunOutcome::waiting
};

// What a service answered. `result` is JSON text when `ret_code` is 0.
struct CallResult {
  std::string_view call_id;  // decimal number of the request
  std::int32_t ret_code = 0;
  std::string_view result;
};

// A service call for the host to make. Ids are of the state that was run.
struct CallRequest {
  std::uint32_t id = 0;
  air::InstructionId instruction;
  TextId service;
  TextId function;
  std::vector<ValueId> arguments;
  std::vector<std::vector<TetrapletId>>
      tetraplets;  // per argument; one for each element of a canon
};

struct RunOutcome {
  Code code = Code::kSuccess;
  std::string message;
  // False: the run could not start or was aborted; the state is as it was before.
  bool changed_state = false;
  // With kGenerationCompaction: hosts of the published VM get no data back at all.
  bool data_is_lost = false;
  bool complete = false;  // the script came to its end on this peer
  air::InstructionId
      failed_at;  // the innermost instruction of the error that reached the top; else none
  std::vector<Waiting> waiting;    // if asked for
  std::vector<TextId> next_peers;  // no duplicates, in order of appearance
  std::vector<CallRequest> requests;
};

// Data that arrived, decoded and checked: content ids, references, signatures. Its entries are admitted
// to the state's stores; discard() takes them back.
struct Incoming {
  Data data;
  std::vector<SignatureEntry> merged_signatures;  // of the previous and this data
  ParticleStores::Snapshot before{};
};

// Codes 3, 4 and 2. For data that this peer wrote itself: contents are taken on trust.
base::Result<void, Failure> load_previous(ParticleState& state, base::ByteView bytes);

// Signs what the last run made, if that was not done yet. Data of others can only be merged with signed
// data: a state that was not encoded since its last run needs this before it receives.
void sign_pending(ParticleState& state, const crypto::KeyPair& key, std::string_view particle_id);

// Runs the script. `incoming` (may be empty) is data from another peer, as bytes; everything in it is
// checked, codes 2..9. All results are taken in by this one run.
RunOutcome run(const std::shared_ptr<const Script>& script, ParticleState& state,
               base::ByteView incoming, std::span<const CallResult> results,
               const RunParameters& parameters);

// The two halves of run(), for callers that time or order them apart.
base::Result<Incoming, Failure> receive(ParticleState& state, base::ByteView bytes,
                                        std::string_view particle_id);
RunOutcome execute(const std::shared_ptr<const Script>& script, ParticleState& state,
                   const Incoming& incoming, std::span<const CallResult> results,
                   const RunParameters& parameters);

void discard(ParticleState& state, const Incoming& incoming);

// Signs what is not signed yet, and appends the data of `state` as other peers read it.
void encode(ParticleState& state, const crypto::KeyPair& key, std::string_view particle_id,
            base::Bytes& out);

}  // namespace aqua::vm

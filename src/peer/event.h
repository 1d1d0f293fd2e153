#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "air/tree.h"
#include "peer/particle.h"
#include "vm/run.h"

// What reaches a peer, and what it wants done. All of it is plain data; who drives a peer performs the
// effects, in their order.

namespace aqua::peer {

// One particle on one peer; never used again.
struct ParticleKey {
  std::uint64_t value = 0;
  friend auto operator<=>(ParticleKey, ParticleKey) = default;
};

struct Answer {
  std::int32_t ret_code = 0;
  std::string result;  // JSON where ret_code is 0
};

// --- events ----------------------------------------------------------------------------

// From a peer on the network; `from` is its peer id, empty for a particle of this peer's own making.
struct Arrived {
  std::string from;
  Particle particle;
};
// A service has done its call. Too late, or for the second time: nothing happens.
struct Answered {
  ParticleKey particle;
  std::uint32_t call_id = 0;
  Answer answer;
};
// What ScheduleRun asked for.
struct RunNow {
  ParticleKey particle;
};
// What WakeAt asked for; one that comes too early or twice does no harm.
struct Woke {};

using Event = std::variant<Arrived, Answered, RunNow, Woke>;

// --- effects ---------------------------------------------------------------------------

// Hand back RunNow as soon as nothing else is due: what arrives until then takes part in it.
struct ScheduleRun {
  ParticleKey particle;
};
struct Send {
  ParticleKey key;
  std::string to;  // peer id
  Particle particle;
};
struct Tetraplet {
  std::string peer_id;
  std::string service;
  std::string function;
  std::string lens;
};
struct Call {
  ParticleKey particle;
  std::uint32_t call_id = 0;
  std::shared_ptr<const ParticleHeader> header;
  air::InstructionId at;
  std::string service;
  std::string function;
  std::vector<std::string> arguments;              // canonical JSON
  std::vector<std::vector<Tetraplet>> tetraplets;  // per argument
  std::uint64_t deadline_ms = 0;                   // then CancelCall comes
};
// Nobody waits for the answer any more.
struct CancelCall {
  ParticleKey particle;
  std::uint32_t call_id = 0;
};
// Replaces the one before.
struct WakeAt {
  std::uint64_t at_ms = 0;
  bool ends_calls = false;  // else particles are forgotten then, and nothing else happens
};
// For those who watch: ids in the outcome are of Peer::state(), until the next event.
struct Ran {
  ParticleKey particle;
  bool took_data = false;
  std::string from;                    // who sent that data
  std::vector<std::uint32_t> answers;  // call ids
  vm::RunOutcome outcome;
};
enum class Refusal : std::uint8_t {
  kExpired,
  kFromTheFuture,
  kTtlTooLong,
  kTooLarge,
  kBadSignature,
  kBadScript,
  kTooManyParticles,
  kTooManyOfInitiator,
  kBusy,  // the only one that is worth trying again
};
struct Refused {
  std::string from;
  Particle particle;
  Refusal why = Refusal::kExpired;
};
// Its time is over; nothing is left of it.
struct Forgotten {
  ParticleKey particle;
};

using Effect = std::variant<ScheduleRun, Send, Call, CancelCall, WakeAt, Ran, Refused, Forgotten>;

}  // namespace aqua::peer

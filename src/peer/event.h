#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "air/tree.h"
#include "peer/delivery_report.h"
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
// What Send asked for can not be done, now or for good.
struct SendFailed {
  ParticleKey particle;
  std::string to;      // peer id
  std::string detail;  // for people
};
// From a peer on the network.
struct ReportArrived {
  std::string from;  // peer id
  DeliveryReport report;
};
// What WakeAt asked for; one that comes too early or twice does no harm.
struct Woke {};

using Event = std::variant<Arrived, Answered, RunNow, SendFailed, ReportArrived, Woke>;

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
// Why a particle is refused: name, its word. Busy is the only one that is worth trying again.
#define AQUA_PEER_REFUSALS(X)                     \
  X(kExpired, "expired")                          \
  X(kFromTheFuture, "from-the-future")            \
  X(kTtlTooLong, "ttl-too-long")                  \
  X(kTooLarge, "too-large")                       \
  X(kBadSignature, "bad-signature")               \
  X(kBadScript, "bad-script")                     \
  X(kTooManyParticles, "too-many-particles")      \
  X(kTooManyOfInitiator, "too-many-of-initiator") \
  X(kBusy, "busy")

enum class Refusal : std::uint8_t {
#define AQUA_PEER_REFUSAL(name, word) name,
  AQUA_PEER_REFUSALS(AQUA_PEER_REFUSAL)
#undef AQUA_PEER_REFUSAL
};
struct Refused {
  std::string from;
  Particle particle;
  Refusal why = Refusal::kExpired;
};
// To be sent as it is, where there is a connection; else it is lost, and nobody needs to know.
struct SendReport {
  std::string to;  // peer id
  DeliveryReport report;
};
// For those who watch a particle of this peer's own making: one of its hops did not happen.
struct Reported {
  ParticleKey particle;
  DeliveryReport report;
};
// With Options::keeps_particles: what a peer that starts again needs to go on. Comes before the calls and sends
// that follow from it, and replaces what came for this particle before; Forgotten ends it.
struct Keep {
  ParticleKey particle;
  std::shared_ptr<const ParticleHeader> header;
  std::shared_ptr<const base::Bytes> data;
};
// Its time is over; nothing is left of it.
struct Forgotten {
  ParticleKey particle;
};

using Effect = std::variant<ScheduleRun, Send, Call, CancelCall, WakeAt, Ran, Refused, SendReport,
                            Reported, Keep, Forgotten>;

// The word for it in reports and for programs.
std::string_view word_of(Refusal refusal);

}  // namespace aqua::peer

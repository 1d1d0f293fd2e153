#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "air/tree.h"
#include "base/id.h"

// What happened to one particle on all peers that are looked at, as plain data: whoever runs peers, in a
// simulation or on a network, records a journey; text, JSON and explanations are made of it.
//
// Texts are as they are to be shown: a peer by its name where it has one.

namespace aqua::report {

using PeerIndex = base::Id<struct PeerIndexTag>;  // in Journey::peers
using CallIndex = base::Id<struct CallIndexTag>;  // in Journey::calls
using StepIndex = base::Id<struct StepIndexTag>;  // in Journey::steps

// --- what a peer waited for at the end of a step --------------------------------

struct ForVariable {
  std::string name;
};
// The peer's own service was called.
struct ForAnswer {
  CallIndex call;
};
// A call or canon that another peer makes.
struct ForPeer {
  PeerIndex peer;    // none: nobody has this peer id
  std::string name;  // of the peer
  PeerIndex sender;  // who sent the particle there; none: nobody known
};
// A fold over a stream that nothing was written to.
struct ForStream {
  std::string name;
};
// A fold over a stream that saw all values and goes on with more.
struct ForMoreValues {
  std::string name;
};
struct Forever {};
// The instruction failed, and the script went on without it.
struct Failed {
  std::int64_t code = 0;
  std::string message;
};

using WaitingFor =
    std::variant<ForVariable, ForAnswer, ForPeer, ForStream, ForMoreValues, Forever, Failed>;

struct Wait {
  air::InstructionId at;
  WaitingFor what;
  bool in_background = false;  // the script went on without it
};

// --- what happened ---------------------------------------------------------------

struct Answer {
  std::int32_t ret_code = 0;
  std::string result;
};

struct Call {
  PeerIndex peer;
  StepIndex step;  // that asked for it
  air::InstructionId at;
  std::string service;
  std::string function;
  std::vector<std::string> arguments;  // JSON
  std::optional<Answer> answer;
  std::uint64_t asked_at_ms = 0;     // where time is known
  std::uint64_t answered_at_ms = 0;  // as well
};

struct Undelivered {
  PeerIndex to;
  std::string why;
};

// One run of the script on one peer.
struct Step {
  PeerIndex peer;
  std::uint64_t at_ms = 0;  // where time is known

  // What it took in. None of it: the peer started the script.
  PeerIndex from;  // data came from there
  std::vector<CallIndex> answers;

  // What came of it.
  std::int64_t code = 0;
  std::string message;
  air::InstructionId failed_at;  // none without an error of the script
  bool complete = false;         // the script came to its end
  std::vector<CallIndex> calls;
  std::vector<PeerIndex> sends_to;
  std::size_t sent_bytes = 0;            // of the data, for each of them
  std::vector<std::string> unreachable;  // sent to, but nobody has this peer id
  std::vector<Undelivered> undelivered;  // sent to, but it could not get there
  std::vector<Wait> waits;
  std::vector<std::string> trace;  // the states, if they were recorded
};

struct Peer {
  std::string name;
  // Of its data in the end.
  std::size_t state_count = 0;
  std::size_t signature_count = 0;
  std::size_t data_size_bytes = 0;
};

struct Journey {
  std::vector<Peer> peers;  // the init peer first
  std::vector<Step> steps;
  std::vector<Call> calls;
  std::size_t undelivered = 0;          // messages and answers on their way when it was stopped
  std::vector<std::string> notes;       // for the user, a sentence each
  std::size_t signatures_made = 0;      // where they are counted
  std::size_t signatures_verified = 0;  // as well
};

}  // namespace aqua::report

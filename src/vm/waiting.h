#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "air/tree.h"
#include "vm/error_codes.h"
#include "vm/ids.h"

// Why a run is incomplete: one entry for each instruction that could not end, in the order in which
// the run met them. Filled only where RunParameters::explain_waiting asks for it.
//
// Ids are of the script and of the state that was run.

namespace aqua::vm {

// The instruction reads a variable that has no value yet. One entry for each such variable of a call;
// calls to other peers have a WaitsForCall instead.
struct WaitsForVariable {
  air::NameId name;
};
// A call to the current peer: its host was asked, now or in an earlier run, and has not answered.
struct WaitsForResult {
  std::uint32_t call_id = 0;
  TetrapletId triplet;
};
// A call to another peer, which has not done it, as far as is known here. `sender` sent it there; the
// current peer in the run that adds it to the next peers, and ever after.
struct WaitsForCall {
  TetrapletId triplet;
  TextId sender;
};
// A canon that another peer makes; as above.
struct WaitsForCanon {
  TextId peer;
  TextId sender;
};
// A fold over a stream or stream map that nothing was written to.
struct WaitsForStream {
  air::NameId stream;
};
// A fold over a stream without a last instruction: it saw all values, and takes part again with more.
struct WaitsForMoreValues {
  air::NameId stream;
};
// The instruction is `never`.
struct WaitsForever {};
// Not a wait: the instruction failed, and a par or a fold over a stream went on without it. `at` is the
// innermost instruction that failed. A failure that xor caught is none of these.
struct Failed {
  Code code = Code::kSuccess;
  std::string message;
};

using WaitingFor = std::variant<WaitsForVariable, WaitsForResult, WaitsForCall, WaitsForCanon,
                                WaitsForStream, WaitsForMoreValues, WaitsForever, Failed>;

struct Waiting {
  air::InstructionId at;
  WaitingFor what;
  // The script went on without it: it stands in a par that is complete through its other branch, in a
  // fold over a stream that is complete through another row, or in the failed first branch of a xor.
  bool in_background = false;
};

}  // namespace aqua::vm

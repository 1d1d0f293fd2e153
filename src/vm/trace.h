#pragma once

#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "vm/ids.h"

// The trace: what is known of the execution of a script, state by state in the order in which
// replaying the script meets them.

namespace aqua::vm {

inline constexpr std::uint32_t kNoPosition = std::numeric_limits<std::uint32_t>::max();

// The next `left` states belong to the left branch, the `right` after them to the right one.
struct ParState {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
};

// A call was requested by `peer`. With a call id: `peer` asked its own host and waits for the result.
struct CallSentBy {
  TextId peer;
  bool has_call_id = false;
  std::uint32_t call_id = 0;
};
struct CallScalar {
  CidId service_result;
};
struct CallStream {
  CidId service_result;
  std::uint32_t generation = 0;
};
// The result was not kept; only the CID of its value is.
struct CallUnused {
  CidId value;
};
struct CallFailed {
  CidId service_result;
};

// lores [first, first + count) of the trace, one for each item that the fold visited.
struct FoldState {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct ApState {
  std::uint32_t generation = 0;
};
// As received: generations [first, first + count) of the trace, count is not 1. An error once met.
struct ApMalformed {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

struct CanonSentBy {
  TextId peer;
};
struct CanonExecuted {
  CidId canon_result;
};

using State = std::variant<ParState, CallSentBy, CallScalar, CallStream, CallUnused, CallFailed,
                           FoldState, ApState, ApMalformed, CanonSentBy, CanonExecuted>;

struct SubTrace {
  std::uint32_t begin = 0;
  std::uint32_t len = 0;
};

// Where in the trace the states of one fold item lie: what ran before its `next`, and after it.
// parts [first_part, first_part + part_count) of the trace; anything but 2 is an error once met.
struct Lore {
  std::uint32_t value_pos = 0;
  std::uint32_t first_part = 0;
  std::uint32_t part_count = 0;
};

struct Trace {
  std::vector<State> states;
  std::vector<Lore> lores;
  std::vector<SubTrace> parts;
  std::vector<std::uint32_t> generations;  // of ApMalformed only

  std::uint32_t size() const { return static_cast<std::uint32_t>(states.size()); }
};

}  // namespace aqua::vm

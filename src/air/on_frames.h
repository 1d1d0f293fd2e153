#pragma once

#include <cstdint>
#include <vector>

#include "air/tree.h"
#include "diagnostics/source.h"

namespace aqua::air {

// Which "on" of the Aqua text each instruction stands in: why it belongs to its peer.
struct OnFrames {
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Frame {
    std::uint32_t outer = kNone;  // the "on" around it
    diagnostics::Place place;
  };
  std::vector<Frame> frames;
  std::vector<std::uint32_t> frame_of;  // by instruction; kNone, or none there: no "on"

  std::uint32_t find(InstructionId id) const {
    return id.value < frame_of.size() ? frame_of[id.value] : kNone;
  }
};

}  // namespace aqua::air

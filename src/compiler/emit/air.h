#pragma once

#include <cstdint>
#include <span>

#include "air/on_frames.h"
#include "air/source_map.h"
#include "air/tree.h"
#include "compiler/model/ops.h"
#include "compiler/topology/way.h"
#include "diagnostics/source.h"

namespace aqua::emit {

struct Script {
  air::Tree tree;
  air::SourceMap source_map;
  air::OnFrames on_frames;
};

enum class ErrorHandling : std::uint8_t { kOff, kOn };

// The operations with the hops of their way as AIR. `sources` gives the names in the source map.
Script emit_air(const model::Ops& ops, const topology::Way& way, ErrorHandling error_handling,
                std::span<const diagnostics::Source> sources);

}  // namespace aqua::emit

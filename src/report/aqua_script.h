#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "air/on_frames.h"
#include "air/source_map.h"
#include "air/tree.h"
#include "diagnostics/source.h"

namespace aqua::report {

// A script together with the Aqua that it was compiled from.
struct AquaScript {
  const air::Tree& tree;
  const air::SourceMap& source_map;
  const air::OnFrames& on_frames;
  std::span<const diagnostics::Source> sources;

  // Of the instruction, or of the nearest one around it that has one.
  std::optional<diagnostics::Place> place(air::InstructionId at) const;
  // Each "on" that led to the instruction, the outermost first.
  std::vector<diagnostics::Place> ons(air::InstructionId at) const;
  // Such as "hello.aqua:12".
  std::string shown(diagnostics::Place place) const;
  // The text of the place, on one line; long ones are cut.
  std::string text(diagnostics::Place place) const;
};

// The name of a variable as the user wrote it: without the sigils and numbers that compiling added.
std::string aqua_name(std::string_view air_name);

}  // namespace aqua::report

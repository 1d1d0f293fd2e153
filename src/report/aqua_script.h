#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "air/source_map.h"
#include "air/tree.h"
#include "diagnostics/source.h"

namespace aqua::report {

// A script together with the Aqua that it was compiled from.
struct AquaScript {
  const air::Tree& tree;
  const air::SourceMap& source_map;
  std::span<const diagnostics::Source> sources;

  // Of the instruction, or of the nearest one around it that has one.
  std::optional<diagnostics::Place> place(air::InstructionId at) const;
};

// The name of a variable as the user wrote it: without the sigils and numbers that compiling added.
std::string aqua_name(std::string_view air_name);

}  // namespace aqua::report

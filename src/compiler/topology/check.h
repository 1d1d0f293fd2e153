#pragma once

#include <vector>

#include "compiler/topology/way.h"
#include "diagnostics/diagnostic.h"

namespace aqua::topology {

// What can be said about ways before they are gone: what waits for ever, peers that are not reached,
// detours. At most one diagnostic of a kind for a place of the source, in how many scripts it may be.
class WayCheck {
 public:
  void add(const model::Ops& ops, const Way& way);
  std::vector<diagnostics::Diagnostic> take();

 private:
  std::vector<diagnostics::Diagnostic> diagnostics_;
  std::vector<diagnostics::Place>
      reached_;  // "on" whose peer is reached, at least where it is inlined once
};

}  // namespace aqua::topology

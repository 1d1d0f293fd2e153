#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "compiler/semantic/workspace.h"
#include "diagnostics/diagnostic.h"

namespace aqua::semantic {

// Of many names the few that look most like the one that nobody knows.
class NearestNames {
 public:
  NearestNames(Workspace& workspace, std::string_view wanted);

  void consider(std::string_view candidate);
  // The nearest first, at most five.
  std::vector<std::string_view> names() const;

 private:
  struct Candidate {
    std::size_t distance;
    std::string_view name;
  };

  Workspace& workspace_;
  std::string_view wanted_;
  std::size_t distance_max_;
  std::vector<Candidate> best_;
};

// Adds "did you mean ..." where there is something near, with the edit where there is one nearest.
void suggest(diagnostics::Diagnostic& diagnostic, const NearestNames& nearest,
             diagnostics::Place place);

}  // namespace aqua::semantic

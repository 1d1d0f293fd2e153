#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/journey.h"

namespace aqua::report {

// What goes on at this moment: a line for each peer with calls in flight, and one for the whole. For a terminal
// that is as wide as `columns`. `now_ms` and `deadline_ms` are of the journey's clock.
std::vector<std::string> progress_lines(const Journey& journey, std::uint64_t now_ms,
                                        std::uint64_t deadline_ms, std::size_t columns);

}  // namespace aqua::report

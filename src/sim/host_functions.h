#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/journey.h"

namespace aqua::sim {

// What the functions of a peer's own answer that only compute: services math and cmp, and parts of op
// and array. `arguments` are canonical JSON. None: there is no such function here.
std::optional<report::Answer> computed_answer(std::string_view service, std::string_view function,
                                              std::span<const std::string> arguments);

}  // namespace aqua::sim

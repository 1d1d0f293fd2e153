#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "types/store.h"

// What a client needs to know to call a function or to serve a service, as JSON:
// docs/formats/definitions.md.

namespace aqua::emit {

// Definitions write structs out wherever they stand, so data of data can make them exponentially
// large. What would be larger, in bytes and about, or deeper than this is not written.
inline constexpr std::size_t kDefinitionBytesMax = std::size_t{1} << 20;
inline constexpr int kDefinitionDepthMax = 200;

// `arrow`: its parameters have names. None: too large.
std::optional<std::string> function_definition(const types::Store& store, std::string_view name,
                                               types::TypeId arrow);
// The id is the string itself. None: too large.
std::optional<std::string> service_definition(const types::Store& store, types::TypeId service,
                                              std::optional<std::string_view> default_id);

}  // namespace aqua::emit

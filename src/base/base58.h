#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace aqua::base {

// Bitcoin alphabet. Quadratic in the length: meant for keys and signatures.
std::string base58_encode(ByteView bytes);
std::optional<Bytes> base58_decode(std::string_view text);

}  // namespace aqua::base

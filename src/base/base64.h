#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace aqua::base {

// The standard alphabet, padded with '='.
void append_base64(std::string& out, ByteView bytes);
// None: not base64, padding missing, or bits set behind the last byte.
std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace aqua::base

#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aqua::base {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace aqua::base

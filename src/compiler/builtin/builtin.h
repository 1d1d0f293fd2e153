#pragma once

#include <string_view>

namespace aqua::compiler {

// The declarations of the services that every peer has, for imports that no file answers:
// "@fluencelabs/aqua-lib/builtin.aqua" and its neighbours. Empty: there is no such file.
std::string_view builtin_file(std::string_view import);

}  // namespace aqua::compiler

#pragma once

#include <string_view>
#include <vector>

#include "compiler/syntax/reporter.h"
#include "compiler/syntax/token.h"

namespace aqua::syntax {

// Cuts a file into tokens; the last one is kEnd. What can not be a token is reported.
// `text` is valid UTF-8 of at most kSourceBytesMax bytes.
std::vector<Token> scan(std::string_view text, Reporter& reporter);

}  // namespace aqua::syntax

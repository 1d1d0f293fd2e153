#pragma once

#include <cstdio>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace aqua::cli {

// Colours where the stream is a terminal and the user has not set NO_COLOR.
diagnostics::Colour colour_for(std::FILE* stream);

void print_out(std::string_view text);
void print_error(std::string_view text);

// "aqua: SENTENCE" on standard error.
void complain(std::string_view sentence);

}  // namespace aqua::cli

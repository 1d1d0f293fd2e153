#include "cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace aqua::cli {

diagnostics::Colour colour_for(std::FILE* stream) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  return isatty(fileno(stream)) != 0 && !refused ? diagnostics::Colour::kOn
                                                 : diagnostics::Colour::kOff;
}

void print_out(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void complain(std::string_view sentence) { print_error(fmt::format("aqua: {}\n", sentence)); }

}  // namespace aqua::cli

#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace aqua::cli {

namespace {

constexpr std::size_t kColumnsDefault = 80;

}  // namespace

diagnostics::Colour colour_for(std::FILE* stream) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  return isatty(fileno(stream)) != 0 && !refused ? diagnostics::Colour::kOn
                                                 : diagnostics::Colour::kOff;
}

void print_out(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

bool LiveLines::are_possible() const {
  const char* const terminal = std::getenv("TERM");
  return isatty(fileno(stderr)) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t LiveLines::columns() const {
  winsize size{};
  const bool is_known = ioctl(fileno(stderr), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kColumnsDefault;
}

void LiveLines::show(const std::vector<std::string>& lines) {
  clear();
  for (const std::string& line : lines) print_error(line + '\n');
  shown_ = lines.size();
}

void LiveLines::clear() {
  if (shown_ == 0) return;
  std::fflush(stdout);
  // Up so many lines, then nothing from there on.
  print_error(fmt::format("\x1b[{}A\x1b[J", shown_));
  shown_ = 0;
}

void complain(std::string_view sentence) { print_error(fmt::format("aqua: {}\n", sentence)); }

}  // namespace aqua::cli

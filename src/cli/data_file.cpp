#include "cli/data_file.h"

#include <fmt/format.h>

#include <random>

#include "cli/input_file.h"
#include "cli/terminal.h"

namespace aqua::cli {

void complain_about_data(const std::string& path, const vm::Failure& failure) {
  std::string text = fmt::format("{}: error {}: {}\n  ", shown_name(path),
                                 static_cast<int>(failure.code), vm::meaning_of(failure.code));
  for (const char c : failure.message) {
    text += c;
    if (c == '\n') text += "  ";
  }
  complain(text);
}

std::uint64_t process_hash_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  return seed;
}

}  // namespace aqua::cli

#include "cli/data_file.h"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"

namespace aqua::cli {

base::Result<std::string, DataFileError> read_data_file(const std::string& path) {
  auto file = read_input(path);
  if (!file) return std::unexpected(DataFileError{std::move(file.error()), kExitUsage});
  if (file->empty())
    return std::unexpected(
        DataFileError{fmt::format("{} is empty", shown_name(path)), kExitFailed});
  return std::move(*file);
}

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

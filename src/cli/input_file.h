#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aqua::cli {

// What standard input is called in diagnostics.
inline constexpr std::string_view kStdinName = "<stdin>";

// The name to show for a path given on the command line; "-" is standard input.
std::string shown_name(const std::string& path);

// All bytes of the file, or the first `bytes_max`; the error is a sentence for the user.
base::Result<std::string, std::string> read_input(
    const std::string& path, std::size_t bytes_max = std::numeric_limits<std::size_t>::max());

// Replaces the file in one step; the error is a sentence for the user.
base::Result<void, std::string> write_output(const std::string& path, std::string_view text);

struct OutputFile {
  std::filesystem::path path;
  std::string text;
};
// Replaces files when all of them are written whole; the error is a sentence for the user.
base::Result<void, std::string> write_outputs(std::span<const OutputFile> files);

}  // namespace aqua::cli

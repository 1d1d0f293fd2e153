#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aqua::cli {

// What standard input is called in diagnostics.
inline constexpr std::string_view kStdinName = "<stdin>";

// The name to show for a path given on the command line; "-" is standard input.
std::string shown_name(const std::string& path);

// What one file, or standard input, may hold at most where nothing narrower is said.
inline constexpr std::size_t kInputBytesMax = std::size_t{512} << 20;

enum class InputProblem : std::uint8_t { kMissing, kFolder, kNoFile, kTooLarge, kUnreadable };
struct InputError {
  InputProblem problem;
  std::string sentence;  // for the user
};

// All bytes of the file. Only files are read: a named pipe, a socket or a device could keep the reader waiting
// forever. Standard input, and what a shell hands over as /dev/fd/N, are read to their end.
base::Result<std::string, InputError> read_file(const std::string& path, std::size_t bytes_max);

// The error is a sentence for the user.
base::Result<std::string, std::string> read_input(const std::string& path,
                                                  std::size_t bytes_max = kInputBytesMax);

// Replaces the file in one step; the error is a sentence for the user.
base::Result<void, std::string> write_output(const std::string& path, std::string_view text);

struct OutputFile {
  std::filesystem::path path;
  std::string text;
};
// Replaces files when all of them are written whole; the error is a sentence for the user.
base::Result<void, std::string> write_outputs(std::span<const OutputFile> files);

}  // namespace aqua::cli

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command_line.h"
#include "compiler/compilation.h"

// What the commands that read Aqua files have in common: their options, and the disk.

namespace aqua::cli {

struct SourceOptions {
  std::vector<std::string> paths;  // files and folders
  std::vector<std::string> imports;
  std::vector<std::string> constants;
  std::vector<std::string> allowed;
  bool no_relay = false;
  bool no_xor = false;
  bool empty_response = false;
  bool no_empty_response = false;
  bool tracing = false;
};

// Declares the options on the command.
void add_source_options(CommandLine command, SourceOptions& options);

compiler::Options compiler_options(const SourceOptions& options);

// Absolute paths of the files; a folder stands for all .aqua files in and below it, by name. The error
// is a sentence for the user.
base::Result<std::vector<std::string>, std::string> find_inputs(
    const std::vector<std::string>& paths);

// Where below the folder that was given a file lies; empty for one that was named itself.
std::filesystem::path folder_below_input(const std::vector<std::string>& paths,
                                         const std::string& file);

// The files of this machine.
compiler::FileAccess disk();

}  // namespace aqua::cli

#include "cli/aqua_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/input_file.h"
#include "compiler/syntax/parser.h"

namespace aqua::cli {

namespace fs = std::filesystem;

namespace {

std::string absolute(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  return (error ? fs::path(path) : whole).lexically_normal().string();
}

// The .aqua files; those of packages are only there to be imported.
base::Result<std::vector<std::string>, std::string> files_below(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    std::error_code ignored;
    if (entry->path().filename() == "node_modules") {
      entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".aqua" && entry->is_regular_file(ignored)) {
      found.push_back(absolute(entry->path().string()));
    }
    entry.increment(error);
  }
  if (error)
    return std::unexpected(fmt::format("can not look into {}: {}", folder, error.message()));
  std::ranges::sort(found);
  return found;
}

bool is_without_inputs(const std::string& folder) {
  const auto found = files_below(folder);
  return found && found->empty();
}

}  // namespace

void add_source_options(CommandLine command, SourceOptions& options) {
  command.option("FILE", options.paths, "files, or folders with .aqua files");
  command.option("-i,--input", options.paths, "the same as FILE");
  // What follows a value is a file again.
  const auto add_repeatable = [&](const char* names, std::vector<std::string>& values,
                                  const char* help) {
    command.option(names, values, help).one_value_each_time();
  };
  add_repeatable("-m,--import", options.imports,
                 "a folder to look for imports in, after that of the file; repeatable");
  add_repeatable("-c,--const", options.constants,
                 "NAME=LITERAL: a constant for all files; repeatable");
  add_repeatable("--allow", options.allowed,
                 "the code of a warning that is not wanted; repeatable");
  command.flag("--no-relay", options.no_relay, "the init peer is reachable without a relay");
  command.flag("--no-xor", options.no_xor, "do not carry errors back from \"on\" and \"if\"");
  command.flag("--empty-response", options.empty_response,
               "functions without results answer the caller too");
  command.flag("--no-empty-response", options.no_empty_response,
               "functions without results do not answer (the default)");
  command.flag("--tracing", options.tracing,
               "report the beginning and end of every function to the init peer");
}

compiler::Options compiler_options(const SourceOptions& options) {
  compiler::Options result;
  result.relay = !options.no_relay;
  result.error_handling = !options.no_xor;
  result.empty_response = options.empty_response && !options.no_empty_response;
  result.tracing = options.tracing;
  result.constants = options.constants;
  result.allowed = options.allowed;
  if (!options.imports.empty()) {
    compiler::ImportRule rule{"/", "", {}};
    for (const std::string& folder : options.imports) rule.locations.push_back(absolute(folder));
    result.imports.push_back(std::move(rule));
  }
  std::error_code error;
  result.shown_from = fs::current_path(error).string();
  return result;
}

base::Result<std::vector<std::string>, std::string> find_inputs(
    const std::vector<std::string>& paths) {
  std::vector<std::string> inputs;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      inputs.push_back(absolute(path));
      continue;
    }
    auto found = files_below(path);
    if (!found) return std::unexpected(std::move(found.error()));
    // Reading it then says what is wrong.
    if (found->empty()) inputs.push_back(absolute(path));
    std::ranges::move(*found, std::back_inserter(inputs));
  }
  if (inputs.empty()) return std::unexpected("name a file or a folder");
  return inputs;
}

fs::path folder_below_input(const std::vector<std::string>& paths, const std::string& file) {
  const fs::path whole = absolute(file);
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) continue;
    const fs::path below = whole.lexically_relative(fs::path(absolute(path)) / "");
    if (!below.empty() && *below.begin() != "..") return below.parent_path();
  }
  return {};
}

compiler::FileAccess disk() {
  using Answer = compiler::FileAccess::Answer;
  using Failure = compiler::FileAccess::Failure;
  return {[](const std::string& path) {
    auto text = read_file(path, syntax::kSourceBytesMax);
    if (text) return Answer{std::move(*text), Failure::kMissing};
    switch (text.error().problem) {
      case InputProblem::kMissing: return Answer{std::nullopt, Failure::kMissing};
      case InputProblem::kFolder:
        return Answer{std::nullopt,
                      is_without_inputs(path) ? Failure::kEmptyFolder : Failure::kFolder};
      case InputProblem::kNoFile: return Answer{std::nullopt, Failure::kNoFile};
      case InputProblem::kTooLarge: return Answer{std::nullopt, Failure::kTooLarge};
      case InputProblem::kUnreadable: break;
    }
    return Answer{std::nullopt, Failure::kUnreadable};
  }};
}

}  // namespace aqua::cli

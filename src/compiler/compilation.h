#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/emit/air.h"
#include "compiler/semantic/program.h"
#include "diagnostics/diagnostic.h"

// Aqua files to AIR scripts, in one call. No file is opened here: the caller says what a path holds.

namespace aqua::compiler {

// The caller's view of a file system. Paths are absolute and normalised, with "/" between parts.
struct FileAccess {
  enum class Failure : std::uint8_t {
    kMissing,
    kFolder,
    kEmptyFolder,
    kNoFile,  // a named pipe, a socket or a device
    kUnreadable,
    kTooLarge,
  };
  struct Answer {
    std::optional<std::string> text;
    Failure failure = Failure::kMissing;  // where there is no text
  };
  // The text of a file.
  std::function<Answer(const std::string& path)> read;
};

// Imports that begin with `import_prefix` in files below `path_prefix` are looked for in `locations`.
// The longest fitting prefixes win.
struct ImportRule {
  std::string path_prefix;
  std::string import_prefix;
  std::vector<std::string> locations;
};

struct Options {
  bool relay = true;                   // the init peer is a client behind a relay
  bool error_handling = true;          // "on" and "if" let errors through to the init peer
  bool empty_response = false;         // functions without results answer too
  bool tracing = false;                // report calls of functions to the init peer
  std::vector<std::string> constants;  // "NAME=literal"
  std::vector<ImportRule> imports;
  bool node_modules = true;          // look for packages in node_modules folders above the file
  std::string shown_from;            // names of files below this folder are shown relative to it
  std::vector<std::string> allowed;  // codes of warnings that are not wanted
};

struct CompiledFunction {
  std::string name;  // as exported
  emit::Script script;
  std::string definition;  // JSON: docs/formats/definitions.md
};
struct CompiledService {
  std::string name;
  std::string definition;  // JSON
};
// What one input file became.
struct CompiledFile {
  diagnostics::SourceId source;
  std::vector<CompiledFunction> functions;
  std::vector<CompiledService> services;
};

// The form of one stage for people to read.
enum class Stage : std::uint8_t { kTokens, kSyntax, kSemantic, kModel, kTopology, kAir };

struct Compilation {
  std::vector<diagnostics::Source> sources;  // the inputs first, in their order
  std::vector<diagnostics::Diagnostic> diagnostics;
  std::vector<CompiledFile> files;  // empty where there are errors
  // Of every service of the program that declares an id, exported or not: JSON by that id. An id that is
  // declared in several ways is left out.
  std::map<std::string, std::string> service_definitions;
  std::string dump;  // of the stage that was asked for
};

// `inputs` are paths that `access` can read.
Compilation compile(const std::vector<std::string>& inputs, const Options& options,
                    const FileAccess& access);
// Diagnostics only.
Compilation check(const std::vector<std::string>& inputs, const Options& options,
                  const FileAccess& access);
// AIR in a layout for people.
std::string readable(const air::Tree& tree);
// One stage of the inputs.
Compilation dump(const std::vector<std::string>& inputs, const Options& options,
                 const FileAccess& access, Stage stage);

}  // namespace aqua::compiler

#pragma once

#include <aqua/value.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aqua {

namespace embed {
class CompiledScript;
class NetworkThread;
}  // namespace embed

struct CompileOptions {
  std::string name = "script.aqua";         // in messages
  std::vector<std::string> constants = {};  // "NAME=literal"
  // The text that `import "path"` means; none: there is no such file. The path is absolute, below "/".
  std::function<std::optional<std::string>(const std::string& path)> read_import = {};
};

// Compiled Aqua. Copies share it; any thread may use one.
class Script {
 public:
  // The text with all that it imports. Mistakes come back all at once, with their places.
  static Result<Script> compile(std::string_view aqua, const CompileOptions& options = {});

  // Those that the file exports, or all where it has no header.
  std::vector<std::string> functions() const;
  // As it is sent; with names of peers for their ids. Empty: there is no such function.
  std::string air(std::string_view function) const;

 private:
  friend class embed::NetworkThread;
  explicit Script(std::shared_ptr<const embed::CompiledScript> compiled)
      : compiled_(std::move(compiled)) {}

  std::shared_ptr<const embed::CompiledScript> compiled_;
};

}  // namespace aqua

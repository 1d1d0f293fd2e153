// Any bytes as a source: it compiles or is refused, with diagnostics that can be printed; what was
// compiled is valid AIR, its source map and definitions are JSON. Bytes after a line "-- @file PATH" are
// another file, that can be imported. Run: aqua_compile_fuzz tests/fuzz/corpus/aqua_compile

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "air/parser.h"
#include "air/source_map.h"
#include "air/validator.h"
#include "base/bytes.h"
#include "base/check.h"
#include "compiler/compilation.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/source.h"

namespace {

using namespace aqua;

// Functions are inlined: few bytes can become many operations.
constexpr std::size_t kSourceBytesMax = 4096;
constexpr std::string_view kFileMark = "-- @file ";

std::map<std::string, std::string> split(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string* out = &files["/main.aqua"];
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (line.starts_with(kFileMark)) {
      std::string_view name = line.substr(kFileMark.size());
      if (name.ends_with('\n')) name.remove_suffix(1);
      out = &files["/" + std::string(name)];
    } else {
      *out += line;
    }
  }
  return files;
}

void check_script(const compiler::CompiledFunction& function) {
  const std::string text = compiler::readable(function.script.tree);
  const auto tree = air::parse_syntax(text);
  AQUA_CHECK(tree.has_value(), "{} is no AIR:\n{}", function.name, text);
  AQUA_CHECK(air::validate(*tree, text).empty(), "{} is not valid:\n{}", function.name, text);
  air::to_json(function.script.source_map);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kSourceBytesMax) return -1;
  const std::map<std::string, std::string> files = split(base::as_text({data, size}));
  const compiler::FileAccess access{[&](const std::string& path) {
    const auto file = files.find(path);
    if (file == files.end()) return compiler::FileAccess::Answer{};
    return compiler::FileAccess::Answer{file->second, compiler::FileAccess::Failure::kMissing};
  }};
  compiler::Options options;
  options.tracing = size % 2 == 1;
  options.error_handling = size % 3 != 0;
  const compiler::Compilation result = compiler::compile({"/main.aqua"}, options, access);
  diagnostics::render_all(result.sources, result.diagnostics, diagnostics::Colour::kOff);
  diagnostics::to_json(result.sources, result.diagnostics);
  for (const compiler::CompiledFile& file : result.files) {
    for (const compiler::CompiledFunction& function : file.functions) check_script(function);
  }
  return 0;
}

#include "compiler/builtin/builtin.h"

namespace aqua::compiler {

namespace {

struct File {
  std::string_view name;
  std::string_view text;
};

constexpr File kFiles[] = {
#include "texts.inc"
};

constexpr std::string_view kPackage = "@fluencelabs/aqua-lib/";
constexpr std::string_view kExtension = ".aqua";

}  // namespace

std::string_view builtin_file(std::string_view import) {
  if (!import.starts_with(kPackage) || !import.ends_with(kExtension)) return {};
  import.remove_prefix(kPackage.size());
  import.remove_suffix(kExtension.size());
  for (const File& file : kFiles) {
    if (file.name == import) return file.text;
  }
  return {};
}

}  // namespace aqua::compiler

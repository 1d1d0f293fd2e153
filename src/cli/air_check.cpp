#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "air/parser.h"
#include "air/validator.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"

namespace aqua::cli {

namespace {

enum class Output { kText, kJson };

// Syntax mistakes, or else what the rules have to say, warnings included.
std::vector<diagnostics::Diagnostic> check(std::string_view script) {
  auto tree = air::parse_syntax(script);
  if (!tree) return std::move(tree.error());
  return air::validate(*tree, script);
}

int air_check(const std::string& path, Output output) {
  auto script = read_input(path);
  if (!script) {
    complain(script.error());
    return kExitUsage;
  }
  const diagnostics::Source source(shown_name(path), std::move(*script));
  const std::vector<diagnostics::Diagnostic> found = check(source.text());
  switch (output) {
    case Output::kText: print_error(render_all(source, found, colour_for(stderr))); break;
    case Output::kJson: print_out(to_json(source, found) + '\n'); break;
  }
  return std::ranges::any_of(found, diagnostics::is_error) ? kExitFailed : kExitOk;
}

}  // namespace

void add_air_check(CommandLine parent) {
  struct Options {
    std::string path;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CommandLine command = parent.subcommand("check", "report every mistake of an AIR script");
  command.option("FILE", options->path, "the script; - is standard input").required();
  command.flag("--json", options->json, "print the mistakes as a JSON array");
  command.runs([options] {
    return air_check(options->path, options->json ? Output::kJson : Output::kText);
  });
}

}  // namespace aqua::cli

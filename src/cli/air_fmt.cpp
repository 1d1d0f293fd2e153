#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "air/formatter.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"

namespace aqua::cli {

namespace {

enum class Action { kPrint, kWrite, kCheck };

int air_fmt(const std::string& path, Action action) {
  auto script = read_input(path);
  if (!script) {
    complain(script.error());
    return kExitUsage;
  }
  const diagnostics::Source source(shown_name(path), std::move(*script));
  const auto formatted = air::format_script(source.text());
  if (!formatted) {
    print_error(render_all(source, formatted.error(), colour_for(stderr)));
    return kExitFailed;
  }
  switch (action) {
    case Action::kPrint: print_out(*formatted); return kExitOk;
    case Action::kCheck:
      if (*formatted == source.text()) return kExitOk;
      complain(fmt::format("{} is not formatted", source.name()));
      return kExitFailed;
    case Action::kWrite: break;
  }
  if (*formatted == source.text()) return kExitOk;
  if (const auto written = write_output(path, *formatted); !written) {
    complain(written.error());
    return kExitUsage;
  }
  return kExitOk;
}

}  // namespace

void add_air_fmt(CommandLine parent) {
  struct Options {
    std::string path;
    bool write = false;
    bool check = false;
  };
  auto options = std::make_shared<Options>();
  CommandLine command = parent.subcommand("fmt", "print an AIR script in its readable layout");
  command.option("FILE", options->path, "the script; - is standard input").required();
  const Option write = command.flag("--write", options->write, "change the file in place");
  command.flag("--check", options->check, "only say whether the layout would change: exit code 1")
      .excludes(write);
  command.runs([options] {
    if (options->write && options->path == "-") {
      complain("--write needs a file, not standard input");
      return kExitUsage;
    }
    const Action action = options->write   ? Action::kWrite
                          : options->check ? Action::kCheck
                                           : Action::kPrint;
    return air_fmt(options->path, action);
  });
}

}  // namespace aqua::cli

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/terminal.h"
#include "diagnostics/explanation.h"

namespace aqua::cli {

namespace {

int list_codes() {
  std::string list;
  for (const diagnostics::Explanation& one : diagnostics::explanations()) {
    list += fmt::format("{}  {}\n", one.code, one.title);
  }
  print_out(list);
  return kExitOk;
}

int explain_error(const std::string& wanted) {
  std::string code = wanted;
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const diagnostics::Explanation* const one = diagnostics::explanation(code);
  if (one != nullptr) {
    print_out(render(*one, colour_for(stdout)));
    return kExitOk;
  }
  const std::vector<std::string_view> nearest = diagnostics::nearest_codes(code);
  if (nearest.empty()) {
    complain(fmt::format("there is no code '{}'; 'aqua explain-error' lists all", wanted));
  } else {
    complain(
        fmt::format("there is no code '{}'; did you mean {}?", wanted, fmt::join(nearest, " or ")));
  }
  return kExitUsage;
}

}  // namespace

void add_explain_error(CommandLine app) {
  auto code = std::make_shared<std::string>();
  CommandLine command = app.subcommand("explain-error", "explain the code of a mistake at length");
  command.option("CODE", *code, "as in error[R0101]; without it, all codes are listed");
  command.runs([code] { return code->empty() ? list_codes() : explain_error(*code); });

  // Before anything can be required: the option stands without a command.
  app.option_instead("--explain", "CODE", explain_error, "the same as explain-error");
}

}  // namespace aqua::cli

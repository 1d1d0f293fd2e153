#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "cli/command.h"
#include "cli/mistakes.h"

namespace aqua::cli {

// --- Option ------------------------------------------------------------------------------------

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::one_of(std::vector<std::string> words) {
  option_->check(CLI::IsMember(std::move(words)));
  return *this;
}

Option& Option::between(std::uint32_t least, std::uint32_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::without(std::string (*complaint)(const std::string& value)) {
  option_->check(complaint);
  return *this;
}

Option& Option::one_value_each_time() {
  option_->allow_extra_args(false);
  return *this;
}

// --- CommandLine -------------------------------------------------------------------------------

CommandLine CommandLine::subcommand(const std::string& name, const std::string& help) {
  return {app_->add_subcommand(name, help), picked_};
}

void CommandLine::requires_subcommand() { app_->require_subcommand(1); }

Option CommandLine::add(const std::string& names, const Value& value, const std::string& help) {
  return Option(
      std::visit([&](auto* target) { return app_->add_option(names, *target, help); }, value));
}

Option CommandLine::flag(const std::string& names, bool& on, const std::string& help) {
  return Option(app_->add_flag(names, on, help));
}

Option CommandLine::flag(const std::string& names, std::string& value, const std::string& help) {
  return Option(app_->add_flag(names, value, help));
}

void CommandLine::option_instead(const std::string& names, const std::string& value_name,
                                 std::function<int(const std::string&)> body,
                                 const std::string& help) {
  const auto run = [body = std::move(body)](const std::string& value) {
    const int exit_code = body(value);
    if (exit_code == kExitOk) throw CLI::Success();
    throw CLI::RuntimeError(exit_code);
  };
  app_->add_option_function<std::string>(names, run, help)->type_name(value_name);
}

void CommandLine::runs(Command body) {
  app_->callback([picked = picked_, body = std::move(body)] { *picked = body; });
}

// --- the program -------------------------------------------------------------------------------

namespace {

// Of a command line that could not be understood.
bool wants_json(std::span<char* const> arguments) {
  return std::ranges::any_of(arguments,
                             [](std::string_view argument) { return argument == "--json"; });
}

}  // namespace

int run_program(int argc, char** argv, const std::string& help,
                const std::function<void(CommandLine)>& declare) {
  Command picked;
  CLI::App app{help, "aqua"};
  declare(CommandLine(&app, &picked));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_mistake = error.get_exit_code() != 0;
    if (is_mistake && wants_json(std::span(argv, static_cast<std::size_t>(argc)))) {
      Mistakes(Mistakes::Form::kJson).tell(error.what());
      return kExitUsage;
    }
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return picked();
}

}  // namespace aqua::cli

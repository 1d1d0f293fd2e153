#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The subcommands and options of the program, as the files of cli/ declare them. CLI11 reads them; it stands behind
// command_line.cpp alone, because each file that sees it takes seconds longer to compile.

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace aqua::cli {

// The body of a subcommand; returns the exit code.
using Command = std::function<int()>;

// One option, while it is declared. Whatever it demands is checked as the command line is read.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required();
  Option& needs(const Option& other);
  Option& excludes(const Option& other);
  Option& one_of(std::vector<std::string> words);
  Option& between(std::uint32_t least, std::uint32_t most);
  // `complaint` returns what is wrong with the value; empty: nothing is.
  Option& without(std::string (*complaint)(const std::string& value));
  // What follows a value is not another value of it.
  Option& one_value_each_time();

 private:
  CLI::Option* option_;
};

// A subcommand, or the whole program; a handle. What values are written to must outlive the reading.
class CommandLine {
 public:
  // Of what kind an option's value is. A list takes as many as are given.
  using Value =
      std::variant<std::string*, std::filesystem::path*, std::optional<std::string>*,
                   std::vector<std::string>*, std::uint32_t*, std::optional<std::uint32_t>*,
                   std::uint64_t*, std::optional<std::uint64_t>*>;

  CommandLine subcommand(const std::string& name, const std::string& help);
  // One of the subcommands has to be picked.
  void requires_subcommand();
  // `names`: "-o,--output"; without a dash it is read by its position.
  template <class T>
  Option option(const std::string& names, T& value, const std::string& help) {
    return add(names, Value(&value), help);
  }
  Option flag(const std::string& names, bool& on, const std::string& help);
  // "--name{word}": the value is `word` where none is given.
  Option flag(const std::string& names, std::string& value, const std::string& help);
  // An option that stands for a whole command: runs as soon as it is read, and its exit code is that of the program.
  void option_instead(const std::string& names, const std::string& value_name,
                      std::function<int(const std::string&)> body, const std::string& help);
  // What the program does where this subcommand is picked.
  void runs(Command body);

 private:
  friend int run_program(int argc, char** argv, const std::string& help,
                         const std::function<void(CommandLine)>& declare);

  CommandLine(CLI::App* app, Command* picked) : app_(app), picked_(picked) {}
  Option add(const std::string& names, const Value& value, const std::string& help);

  CLI::App* app_;
  Command* picked_;
};

// Reads the command line and runs what it picks; returns the exit code. A mistake is told on standard error, as JSON
// where "--json" is among the arguments.
int run_program(int argc, char** argv, const std::string& help,
                const std::function<void(CommandLine)>& declare);

}  // namespace aqua::cli

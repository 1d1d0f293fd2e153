#pragma once

#include <functional>
#include <string>

// How a subcommand joins the program: one file per subcommand with one function
//
//   void add_NAME(CLI::App& parent, Command& chosen);
//
// which declares its options and, where the user picks it, sets `chosen` to what main() then runs.
// Only .cpp files of cli/ include CLI11 itself: it is slow to compile.

namespace CLI {
class App;
}

namespace aqua::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;    // the input has mistakes, the run failed
inline constexpr int kExitUsage = 2;     // wrong options, or a file that can not be read
inline constexpr int kExitDeadline = 3;  // the time of the script was over

// The body of a subcommand; returns the exit code.
using Command = std::function<int()>;

void add_check(CLI::App& parent, Command& chosen);
void add_compile(CLI::App& parent, Command& chosen);
void add_air_check(CLI::App& parent, Command& chosen);
void add_air_fmt(CLI::App& parent, Command& chosen);
void add_air_run(CLI::App& parent, Command& chosen);
void add_data_show(CLI::App& parent, Command& chosen);
void add_data_verify(CLI::App& parent, Command& chosen);
void add_explain_error(CLI::App& app, Command& chosen);
void add_key(CLI::App& parent, Command& chosen);
void add_peer(CLI::App& parent, Command& chosen);
void add_run(CLI::App& parent, Command& chosen);
void add_up(CLI::App& parent, Command& chosen);
void add_vm(CLI::App& parent, Command& chosen);

}  // namespace aqua::cli

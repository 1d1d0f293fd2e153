#pragma once

#include "cli/command_line.h"

// How a subcommand joins the program: one file per subcommand with one function, add_NAME(), which declares its options
// and what runs where the user picks it.

namespace aqua::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;    // the input has mistakes, the run failed
inline constexpr int kExitUsage = 2;     // wrong options, or a file that can not be read
inline constexpr int kExitDeadline = 3;  // the time of the script was over

void add_check(CommandLine parent);
void add_compile(CommandLine parent);
void add_air_check(CommandLine parent);
void add_air_fmt(CommandLine parent);
void add_air_run(CommandLine parent);
void add_data_show(CommandLine parent);
void add_data_verify(CommandLine parent);
void add_explain_error(CommandLine app);
void add_key(CommandLine parent);
void add_peer(CommandLine parent);
void add_run(CommandLine parent);
void add_up(CommandLine parent);
void add_vm(CommandLine parent);

}  // namespace aqua::cli

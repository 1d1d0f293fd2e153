#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vm/error_codes.h"

namespace aqua::cli {

// The particle data in a file. An error is a sentence for the user, and the exit code.
struct DataFileError {
  std::string sentence;
  int exit_code;
};
base::Result<std::string, DataFileError> read_data_file(const std::string& path);

// "aqua: PATH: error CODE, MEANING" on standard error, with the failure's own message below.
void complain_about_data(const std::string& path, const vm::Failure& failure);

// For the hash tables of data from anywhere: nobody can have made the data for it.
std::uint64_t process_hash_seed();

}  // namespace aqua::cli

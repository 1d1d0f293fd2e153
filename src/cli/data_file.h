#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/error_codes.h"

namespace aqua::cli {

// "aqua: PATH: error CODE, MEANING" on standard error, with the failure's own message below.
void complain_about_data(const std::string& path, const vm::Failure& failure);

// For the hash tables of data from anywhere: nobody can have made the data for it.
std::uint64_t process_hash_seed();

}  // namespace aqua::cli

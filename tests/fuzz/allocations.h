#pragma once

#include <cstddef>

namespace aqua::fuzz {

// Watches the calling thread: fails when the code under test asks for more memory at once than
// `bytes_max`. Lengths in hostile data are promises, and nothing may be allocated on a promise.
class AllocationLimit {
 public:
  explicit AllocationLimit(std::size_t bytes_max);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;
};

}  // namespace aqua::fuzz

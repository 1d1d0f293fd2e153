#pragma once

#include <cstddef>
#include <cstdint>

namespace aqua::bench {

struct MemoryUse {
  std::size_t resident_before = 0;  // bytes; the caller's buffers are in here
  std::size_t resident_peak = 0;
  std::uint64_t vm_ns = 0;
  std::int64_t ret_code = 0;
};

// The invocation that takes in one call result of so many bytes.
MemoryUse measure_large_result(std::size_t result_bytes);

}  // namespace aqua::bench

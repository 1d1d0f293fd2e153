#include "allocations.h"

#include <sanitizer/allocator_interface.h>

#include <cstddef>

#include "base/check.h"

namespace aqua::fuzz {

namespace {

thread_local std::size_t limit = 0;  // 0: none

void on_malloc(const volatile void*, std::size_t size) {
  if (limit == 0 || size <= limit) return;
  const std::size_t exceeded = limit;
  limit = 0;  // the report allocates too
  AQUA_CHECK(size <= exceeded, "{} bytes at once, allowed are {}", size, exceeded);
}

void on_free(const volatile void*) {}

}  // namespace

AllocationLimit::AllocationLimit(std::size_t bytes_max) {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  AQUA_CHECK(installed != 0, "no room for allocation hooks");
  limit = bytes_max;
}

AllocationLimit::~AllocationLimit() { limit = 0; }

}  // namespace aqua::fuzz

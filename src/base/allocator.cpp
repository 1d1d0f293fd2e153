#include "base/allocator.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace aqua::base {

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kKeptBytesMax = 64 << 20;
  mallopt(M_TRIM_THRESHOLD, kKeptBytesMax);
  mallopt(M_MMAP_THRESHOLD, kKeptBytesMax / 2);
#endif
}

}  // namespace aqua::base

#include "base/heap.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace aqua::base {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kKeptBytesMax = 64 << 20;
  constexpr int kOwnMappingBytesMin = 32 << 20;  // the largest that glibc takes
  mallopt(M_TRIM_THRESHOLD, kKeptBytesMax);
  mallopt(M_MMAP_THRESHOLD, kOwnMappingBytesMin);
#endif
}

}  // namespace aqua::base

#pragma once

namespace aqua::base {

// Lets the allocator keep freed memory for the next run instead of giving pages back and faulting them
// in again: runs allocate and free the same few hundred kilobytes over and over. For main() only.
void keep_freed_memory();

}  // namespace aqua::base

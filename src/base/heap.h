#pragma once

namespace aqua::base {

// For the main() of a program that runs the VM again and again: memory that was freed stays with the
// process, up to 64 MiB. By default glibc gives blocks of 128 KiB and more back to the kernel, and getting
// them anew, page by page, takes longer than a run that handles a value of such a size.
void keep_freed_memory();

}  // namespace aqua::base

#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace aqua::base {

// Owns texts whose views must stay valid as long as the arena lives. Moving the arena keeps them.
class StringArena {
 public:
  std::string_view store(std::string_view text);

  // Room for `size` bytes that the caller fills before handing out views.
  char* allocate(std::size_t size);

  // Gives back the unused end of the newest allocation.
  void shrink_newest(std::size_t allocated, std::size_t used) {
    if (chunk_used_ >= allocated && used <= allocated) {
      chunk_used_ -= allocated - used;
      size_bytes_ -= allocated - used;
    }
  }

  std::size_t size_bytes() const { return size_bytes_; }

 private:
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_size_ = 0;
  std::size_t chunk_used_ = 0;
  std::size_t size_bytes_ = 0;
};

}  // namespace aqua::base

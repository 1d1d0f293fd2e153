#pragma once

#include <string>

#include "base/result.h"

namespace aqua::node {

// The state folder is this process's own as long as this lives; the system gives it back however the process ends.
class StateLock {
 public:
  // The folder is made where there is none. The error is a sentence.
  static base::Result<StateLock, std::string> take(const std::string& folder);
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace aqua::node

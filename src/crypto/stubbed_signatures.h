#pragma once

#include "crypto/keys.h"

namespace aqua::crypto {

// While one lives, the calling thread makes no curve signatures: a hash that anybody can make takes their place,
// and nothing else is accepted. For benchmarks of all that is not cryptography. No configuration leads here, and
// no room includes this (tests/directions).
class StubbedSignatures {
 public:
  StubbedSignatures();
  ~StubbedSignatures();
  StubbedSignatures(const StubbedSignatures&) = delete;
  StubbedSignatures& operator=(const StubbedSignatures&) = delete;
};

}  // namespace aqua::crypto

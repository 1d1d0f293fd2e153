#include "vm/error_codes.h"

namespace aqua::vm {

std::string_view meaning_of(Code code) {
  switch (code) {
#define X(name, number, meaning) \
  case Code::name: return meaning;
    AQUA_VM_ERROR_CODES(X)
#undef X
  }
  return {};
}

}  // namespace aqua::vm

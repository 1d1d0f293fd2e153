#include "air/validator.h"

namespace aqua::air {

std::vector<diagnostics::Diagnostic> validate(const Tree&) { return {}; }

}  // namespace aqua::air

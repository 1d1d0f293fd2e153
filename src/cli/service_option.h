#pragma once

#include <string>

#include "base/result.h"
#include "services/service.h"

namespace aqua::cli {

// Adds what --service says: ID=http://ADDRESS, or ID=COMMAND with its arguments, parted by spaces. It takes the place
// of a service with the same id. The error is a sentence for the user.
base::Result<void, std::string> add_service(const std::string& text, services::Services& services);

}  // namespace aqua::cli

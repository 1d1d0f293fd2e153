#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vm/host.h"

namespace aqua::cli {

// One invocation of the VM as a JSON object; docs/formats/vm-stdio.md.
struct VmRequest {
  std::string id;  // JSON text
  std::string air;
  base::Bytes prev_data;
  base::Bytes data;
  base::Bytes call_results;
  vm::InvokeParameters parameters;
};

struct BadVmRequest {
  std::string id = "null";  // JSON text; as far as it could be read
  std::string error;        // every mistake, for the sender
};

base::Result<VmRequest, BadVmRequest> parse_vm_request(std::string line);

}  // namespace aqua::cli

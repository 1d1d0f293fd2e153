#include <cstdint>
#include <cstdlib>

#include "allocations.h"
#include "net/identify.h"

// What can be read, says the same when it is written and read again.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aqua;
  // A length in the input is a promise; nothing is allocated on it.
  const fuzz::AllocationLimit allocations(1 << 20);
  net::Limits limits;
  limits.identify_addresses_max = 3;
  limits.identify_protocols_max = 3;
  limits.identify_text_bytes_max = 100;
  const auto identify = net::decode_identify({data, size}, limits);
  if (!identify) return 0;
  if (identify->protocols.size() > 3 || identify->listen_addresses.size() > 3) std::abort();
  const auto again = net::decode_identify(net::encode_identify(*identify), limits);
  if (!again || *again != *identify) std::abort();
  return 0;
}

#include <cstdint>
#include <cstdlib>

#include "allocations.h"
#include "net/multiaddr.h"

// Text and binary lead to the same address and back.

namespace {

using namespace aqua;

void check(const net::Multiaddr& address) {
  const auto from_text = net::parse_multiaddr(net::print_multiaddr(address));
  const auto from_bytes = net::decode_multiaddr(net::encode_multiaddr(address));
  // Only its other form may be too long.
  if (from_text ? *from_text != address : from_text.error() != net::MultiaddrError::kTooLong)
    std::abort();
  if (from_bytes ? *from_bytes != address : from_bytes.error() != net::MultiaddrError::kTooLong)
    std::abort();
  const auto endpoint = net::endpoint_of(address);
  if (endpoint && net::endpoint_of(net::multiaddr_of(*endpoint))->host != endpoint->host)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A length in the input is a promise; nothing is allocated on it.
  const fuzz::AllocationLimit allocations(1 << 20);
  const base::ByteView bytes(data, size);
  if (const auto address = net::parse_multiaddr(base::as_text(bytes))) check(*address);
  if (const auto address = net::decode_multiaddr(bytes)) check(*address);
  return 0;
}
